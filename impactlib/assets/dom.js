// Elements, and the words that come with a page.

/** @import { El, Found } from './types.d.ts' */

import { speak } from './words.js';

export { words } from './words.js';

/** What a selector finds first, or null.
 * @type {<S extends string>(selector: S, root?: ParentNode | null) => Found<S> | null} */
export const $ = (selector, root = document) => /** @type {any} */ (root?.querySelector(selector) ?? null);
/** All that a selector finds.
 * @type {<S extends string>(selector: S, root?: ParentNode | null) => Found<S>[]} */
export const $$ = (selector, root = document) => /** @type {any} */ ([...(root?.querySelectorAll(selector) ?? [])]);
/** What a selector finds first, where the templates say that there is one.
 * @type {<S extends string>(selector: S, root?: ParentNode | null) => Found<S>} */
export const the = (selector, root = document) => {
  const found = $(selector, root);
  if (!found) throw new Error(`no ${selector}`);
  return found;
};
/** Where an event began.
 * @param {Event} event */
export const origin = (event) => /** @type {El} */ (event.target);
/** What has the focus. */
export const focused = () => /** @type {El | null} */ (document.activeElement);

/** Says something in a live region: what it says already is not said again.
 * @type {(line: Element, text: string) => void} */
export const sayOnce = (line, text) => {
  if (line.textContent !== text) line.textContent = text;
};

/** Whether what a field holds was refused: it is heard with the field, whose `aria-describedby` says why.
 * @type {(field: Element | null | undefined, is: boolean) => void} */
export const invalid = (field, is) => {
  if (is) field?.setAttribute('aria-invalid', 'true');
  else field?.removeAttribute('aria-invalid');
};

/** Opens all the folds that an element is in.
 * @param {El} element */
export function unfold(element) {
  /** @type {HTMLDetailsElement | null | undefined} */
  let fold = element.closest('details');
  for (; fold; fold = fold.parentElement?.closest('details')) fold.open = true;
}

/** Puts an element elsewhere with what it holds, the focus and a selection for some, where the browser can.
 * @type {(parent: Element, element: Element, before: Node | null) => void} */
export function moveTo(parent, element, before) {
  const can = element.isConnected && 'moveBefore' in parent;
  /** @type {any} */ (parent)[can ? 'moveBefore' : 'insertBefore'](element, before);
}

// Not crypto.randomUUID: a workshop on a local network is often served in plain http.
export const newId = () =>
  [...crypto.getRandomValues(new Uint8Array(16))].map((b) => b.toString(16).padStart(2, '0')).join('');

const given = $('script#words');
if (given) speak(JSON.parse(given.textContent), document.documentElement.lang);
