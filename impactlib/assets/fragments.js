/*! With idiomorph 0.7.4, https://github.com/bigskysoftware/idiomorph: Zero-Clause BSD. */
// Fragments in: patches put each where it belongs, and move neither the focus nor what somebody types or presses.
// The rules are those of rooms/fragments.py: "*" is the whole, "?" before an id is for pages that show that fragment.

/** @import { Changes, El } from './types.d.ts' */

import { Idiomorph } from 'idiomorph';
import { isOurs } from './elements.js';
import { inert } from './inert.js';
import { $, $$, dress, focused, moveTo } from './page.js';
import { opened } from './places.js';

// While a pointer is down nothing moves: a note that arrived then would slide the button from under it, and the
// click, which needs both its ends on one element, would be lost without a word.
let pressing = false;
/** @type {[ParentNode, Changes][]} */
const meanwhile = [];
/** @type {ReturnType<typeof setTimeout> | undefined} */
let letGo;
const PRESS = 3000; // ms: a scrollbar's press never says that it ended

/** @type {(root: ParentNode, changes: Changes) => void} */
export function put(root, changes) {
  if (pressing) meanwhile.push([root, changes]);
  else putNow(root, changes);
}

// `ms` from now the pointer is taken to be up.
/** @param {number} ms */
function release(ms) {
  clearTimeout(letGo);
  letGo = setTimeout(() => {
    pressing = false;
    for (const [root, changes] of meanwhile.splice(0)) putNow(root, changes);
  }, ms);
}

// Whoever types in a form keeps it where it is, whatever comes above.
/** @param {() => void} change */
function anchored(change) {
  const form = focused()?.closest('form');
  const before = form?.getBoundingClientRect().top ?? 0;
  change();
  if (form?.offsetParent && !form.closest('dialog'))
    scrollBy({ top: form.getBoundingClientRect().top - before, behavior: 'instant' });
}

/** @type {(root: ParentNode, changes: Changes) => void} */
function putNow(root, changes) {
  const had = focused();
  const keep = had?.matches('[data-keep] > summary') && had.closest('details')?.dataset.keep;
  anchored(() => {
    change(root, changes);
    dress(root);
  });
  if (had === document.body) return;
  // What was moved takes the focus along.
  const moved = had?.isConnected ? had : keep && $(`[data-keep="${keep}"] > summary`);
  if (moved && document.activeElement === document.body) moved.focus({ preventScroll: true });
  requestAnimationFrame(() => setTimeout(keepPlace));
}

// What had the focus may have gone from sight: then the page has it, rather than nothing.
function keepPlace() {
  if (document.activeElement === document.body) $('#main')?.focus({ preventScroll: true });
}

// A fragment's id says its place, which others may take: a card stays that of its note.
/** @type {(id: string, inside: ParentNode) => string} */
const cardOf = (id, inside) => (!id.endsWith('/') && $('[data-id]', inside)?.dataset.id) || id;

/** @type {(root: ParentNode, changes: Changes) => void} */
function change(root, changes) {
  const whole = '*' in changes;
  for (const zone of $$('[data-zone]', root)) {
    const ours = Object.entries(changes).filter(([id]) => bare(id).split('/')[0] === zone.dataset.zone);
    if (whole || ours.length) changeZone(zone, ours, whole);
  }
}

/** @param {string} id */
const bare = (id) => id.replace(/^\?/, '');

/** @type {(zone: El, changes: [string, string][], whole: boolean) => void} */
function changeZone(zone, changes, whole) {
  const ids = new Set(changes.map(([id]) => bare(id)));
  const shown = new Map(
    $$(':scope > .fragment', zone).flatMap((one) => (whole || ids.has(one.id) ? [[one.id, one]] : [])),
  );
  /** @type {Map<string, El>} */
  const old = new Map();
  for (const [id, one] of shown) old.set(old.has(cardOf(id, one)) ? id : cardOf(id, one), one);
  const fresh = changes.filter(([id, html]) => html && (id === bare(id) || shown.has(bare(id))));
  const drawn = fresh.map(([named, html]) => {
    const id = bare(named);
    const content = inert(html);
    const card = cardOf(id, content);
    const fragment = old.get(card) ?? made(zone);
    old.delete(card);
    return { id, content, fragment };
  });
  for (const gone of old.values()) gone.remove();
  for (const { id, content, fragment } of drawn) {
    fragment.id = id;
    morph(fragment, content);
  }
  // In the order of their ids: whatever is in its place is not moved.
  const all = [...new Set([...$$(':scope > .fragment', zone), ...drawn.map(({ fragment }) => fragment)])];
  all.sort((a, b) => (a.id < b.id ? -1 : 1));
  all.reduceRight((next, one) => place(zone, one, next), /** @type {El | null} */ (null));
}

// The tag of a fragment follows its zone's.
/** @type {Record<string, string>} */
const FRAGMENT = { UL: 'li', SPAN: 'span' };

/** @param {El} zone */
const made = ({ tagName }) =>
  /** @type {El} */ (Object.assign(document.createElement(FRAGMENT[tagName] ?? 'div'), { className: 'fragment new' }));

/** @type {(zone: El, one: El, next: El | null) => El} */
function place(zone, one, next) {
  let after = one.nextElementSibling;
  while (after && !after.matches('.fragment')) after = after.nextElementSibling;
  if (one.parentNode !== zone || after !== next) moveTo(zone, one, next);
  return one;
}

// ---- what stays itself ------------------------------------------------------------------------

// A fold is known by its name, a note by its id, a button by its words, and stays what it is wherever it comes to stand:
// idiomorph, which knows elements by their ids, is lent some. Of an element of ours a patch changes the data alone.
/** @param {El} element */
const nameOf = (element) =>
  [
    element.tagName,
    element.dataset.keep ?? element.dataset.id ?? ($('summary', element) ?? element).textContent,
  ].join();

/** The elements of a name that no other bears.
 * @type {(part: ParentNode) => Map<string, El | null>} */
function named(part) {
  const found = new Map();
  for (const one of $$('details, [data-id], button, a, summary', part)) {
    const name = nameOf(one);
    found.set(name, found.has(name) || one.id ? null : one);
  }
  return found;
}

const callbacks = {
  // Who opened a fold, or closed it, is the reader.
  beforeAttributeUpdated: (/** @type {string} */ name, /** @type {Element} */ element) =>
    isOurs(element) ? name.startsWith('data-') : !(name === 'open' && element.tagName === 'DETAILS'),
  beforeNodeRemoved: (/** @type {Node} */ { parentNode }) => !isOurs(parentNode),
};

/** @type {(fragment: El, content: DocumentFragment) => void} */
function morph(fragment, content) {
  const fresh = named(content);
  const stay = [...named(fragment)].filter(([name, one]) => one && fresh.get(name));
  for (const [i, [name, one]] of stay.entries())
    for (const element of [one, fresh.get(name)]) element?.setAttribute('id', `stays-${i}`);
  Idiomorph.morph(fragment, content, { morphStyle: 'innerHTML', callbacks });
  for (const [, one] of stay) one?.removeAttribute('id');
}

// Open a dialog; once it is closed the browser gives the focus back to what opened it, if that is still there.
/** @param {HTMLDialogElement} dialog */
export function showDialog(dialog) {
  const said = $('.said[id]', dialog);
  for (const field of $$('input, textarea, select', dialog))
    if (said && !field.hasAttribute('aria-describedby')) field.setAttribute('aria-describedby', said.id);
  dialog.addEventListener('close', keepPlace, { once: true });
  dialog.showModal();
  opened(dialog);
}

export function watchPointer() {
  document.addEventListener('pointerdown', () => {
    pressing = true;
    release(PRESS);
  });
  // The click comes after the pointer is up; a finger's somewhat later.
  for (const up of ['pointerup', 'pointercancel']) document.addEventListener(up, () => release(80));
}
