// A card's menu, a native fold: it closes on Escape, on a press elsewhere and after a choice, and the focus goes back.

/** @import { El } from './types.d.ts' */

import { $, $$, focused, origin, the } from './page.js';

/** Hide the menus of which nobody here may choose anything: once it is known what is mine.
 * @param {ParentNode} root */
export function fitMenus(root) {
  for (const menu of $$('.menu', root)) menu.hidden = !$('.choices > :not([hidden])', menu);
}

/** @param {El} within */
export function leaveMenu(within) {
  const menu = /** @type {El<HTMLDetailsElement> | null} */ (within.closest('.menu'));
  if (!menu) return false;
  menu.open = false;
  the('summary', menu).focus({ preventScroll: true });
  return true;
}

/** @param {Event} event */
function closeOthers(event) {
  for (const menu of $$('details.menu[open]')) if (!menu.contains(origin(event))) menu.open = false;
}

export function watchMenus() {
  for (const away of ['click', 'focusin']) document.addEventListener(away, closeOthers);
  document.addEventListener('keydown', (event) => {
    const at = focused()?.closest('.menu[open]');
    if (event.key === 'Escape' && at && leaveMenu(at)) event.preventDefault();
  });
  // A toggle does not bubble.
  document.addEventListener(
    'toggle',
    (event) => {
      const menu = origin(event);
      if (menu.matches('.menu[open]')) the('.choices', menu).scrollIntoView({ block: 'nearest' });
    },
    true,
  );
}
