// Fragments in: patches put each where it belongs, and move neither the focus nor what somebody types or presses.
// The rules are those of rooms/fragments.py: "*" is the whole, "?" before an id is for pages that show that fragment.

/** @import { Changes, El } from './types.d.ts' */

import { $, $$, dress, focused } from './page.js';
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
  const focus = held(had);
  anchored(() => {
    if ('*' in changes) $$('.fragment', root).forEach((old) => !(old.id in changes) && old.remove());
    for (const [id, html] of Object.entries(changes)) if (id !== '*') putOne(root, id, html);
    dress(root);
  });
  focus?.();
  if (had !== document.body) requestAnimationFrame(() => setTimeout(keepPlace));
}

// What had the focus may have gone from sight: then the page has it, rather than nothing.
function keepPlace() {
  if (document.activeElement === document.body) $('#main')?.focus({ preventScroll: true });
}

/** @type {(root: ParentNode, named: string, html: string) => void} */
function putOne(root, named, html) {
  const id = named.replace(/^\?/, '');
  const zone = $(`[data-zone="${id.split('/')[0]}"]`, root);
  if (!zone) return;
  let fragment = [...zone.children].find((child) => child.id === id);
  if (!html) return fragment?.remove();
  if (named !== id && !fragment) return;
  if (!fragment) {
    fragment = document.createElement(zone.tagName === 'UL' ? 'li' : 'div');
    fragment.id = id;
    fragment.className = 'fragment new';
    zone.insertBefore(fragment, [...zone.children].find((child) => child.id > id) ?? null);
  }
  const open = new Map(folds(fragment).map(([name, details]) => [name, details.open]));
  fragment.innerHTML = html;
  for (const [name, details] of folds(fragment)) details.open = open.get(name) ?? details.open;
}

// What is open stays so: by its name, or by its place if it has none.
/** @param {ParentNode} fragment */
const folds = (fragment) =>
  $$('details', fragment).map((details, i) => /** @type {const} */ ([details.dataset.keep ?? i, details]));

// A patch replaces the button that has the focus by its like: the focus goes on there.
/** @param {El | null} element */
function held(element) {
  const fragment = element?.closest('.fragment');
  if (!element || !fragment) return null;
  const at = $$('button, a, summary', fragment).indexOf(element);
  const keep = element.matches('[data-keep] > summary') && element.closest('details')?.dataset.keep;
  return () => {
    if (document.contains(element)) return;
    // A note that was moved takes the focus along.
    const moved = keep && $(`[data-keep="${keep}"] > summary`);
    if (moved) return moved.focus({ preventScroll: true });
    const now = document.getElementById(fragment.id);
    const like = now && at >= 0 ? $$('button, a, summary', now) : [];
    const same = like.find((one) => one.textContent === element.textContent) ?? like[Math.min(at, like.length - 1)];
    (same ?? $('#main'))?.focus({ preventScroll: true });
  };
}

// Open a dialog; once it is closed the focus goes back to what opened it, or to its like if a patch has replaced it.
/** @param {HTMLDialogElement} dialog */
export function showDialog(dialog) {
  const back = held(focused());
  if (back) dialog.addEventListener('close', back, { once: true });
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
