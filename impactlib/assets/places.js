// Where one looks is an entry of the browser's history, with an address of its own: Back returns to it. An open dialog
// is one too: Back closes it, and what was typed in it is kept.

import { $, page } from './page.js';

/** @typedef {{ look: string | null, moment: string | null, dialog?: boolean }} Place */

const entry = () => /** @type {Place | null} */ (history.state);
/** Only a room's own page has addresses: not a notebook that shows its panes, nor a replay. */
const ours = () => document.body.classList.contains('room-page');
const here = () => ({ look: page.look, moment: page.moment });
const named = () => page.look ?? page.moment;
const address = () => location.pathname + location.search + (named() ? `#${named()}` : '');
const same = () => entry()?.look === page.look && entry()?.moment === page.moment;

/** One has gone to look elsewhere: an entry for it. */
export function entered() {
  if (ours() && !same()) history.pushState(here(), '', address());
}

/** The group has gone on, and this page with it: no entry, and the address of where it is now. */
export function followed() {
  if (ours() && !same()) history.replaceState({ ...entry(), ...here() }, '', address());
}

let leaving = false; // the entry of a dialog that was closed is being left

/** @param {HTMLDialogElement} dialog */
export function opened(dialog) {
  if (!ours()) return;
  if (!leaving) history.pushState({ ...here(), dialog: true }, '');
  dialog.addEventListener('close', closed, { once: true });
}

function closed() {
  if ($('dialog[open]') || !entry()?.dialog) return;
  leaving = true;
  history.back();
}

/** The place that the address names, if it names one: that of the link to the page's content does not, nor what
 * somebody else has put there.
 * @returns {Place | null} */
function linked() {
  const name = location.hash.slice(1);
  const named = (/** @type {string} */ data) => name && $(`[${data}="${CSS.escape(name)}"]`);
  if (named('data-look')) return { look: name, moment: null };
  return named('data-look-moment') ? { look: null, moment: name } : null;
}

/** Begin where the address says, and go where Back and Forward say.
 * @param {() => void} show shows the place that the page is at */
export function watchPlaces(show) {
  if (!ours()) return;
  /** @param {Place | null} place */
  const go = (place) => {
    if (place) [page.look, page.moment] = [place.look, place.moment];
    history.replaceState(here(), '');
  };
  go(entry() ?? linked());
  addEventListener('popstate', () => {
    const dialog = $('dialog[open]');
    if (leaving) {
      leaving = false;
      // Another was opened meanwhile: the entry is its own.
      if (dialog) history.pushState({ ...here(), dialog: true }, '');
    } else if (dialog) dialog.close();
    else {
      go(entry() ?? linked());
      show();
    }
  });
}
