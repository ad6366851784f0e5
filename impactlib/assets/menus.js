// A card's menu, a native fold: it closes on Escape, on a press elsewhere and after a choice, and the focus goes back.
// What the facilitator adjusts is a fold too, which a choice leaves open: one makes several. Nor does the focus close it, which
// leaves it when a patch takes away the button that was pressed.

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

function leaveAdjust() {
  const open = /** @type {El<HTMLDetailsElement> | null} */ ($('details.adjust[open]'));
  if (!open) return false;
  open.open = false;
  the('summary', open).focus({ preventScroll: true });
  return true;
}

/** @param {Event} event */
function closeOthers(event) {
  const at = origin(event);
  // A press on what a patch has replaced meanwhile was no press elsewhere, nor one in the dialog that it opened.
  if (!at.isConnected || at.closest('dialog')) return;
  const away = event.type === 'click' ? 'details:is(.menu,.adjust)[open]' : 'details.menu[open]';
  for (const menu of $$(away)) if (!menu.contains(at)) menu.open = false;
}

export function watchMenus() {
  for (const away of ['click', 'focusin']) document.addEventListener(away, closeOthers);
  document.addEventListener('keydown', (event) => {
    if (event.key !== 'Escape' || $('dialog[open]')) return;
    const at = focused()?.closest('.menu[open]');
    if (at ? leaveMenu(at) : leaveAdjust()) event.preventDefault();
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
