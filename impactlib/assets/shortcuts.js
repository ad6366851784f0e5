// The list of what the keyboard does here: its button opens it, and so does `?` outside of fields, unless one has asked
// that this key does nothing.

import { $, origin, recall, remember, the } from './page.js';
import { showDialog } from './fragments.js';

const OFF = 'no-shortcut'; // where the browser keeps that `?` does nothing
const FIELDS = 'input:not([type=checkbox], [type=radio], [type=range]), textarea, select, [contenteditable]';

/** @param {HTMLDialogElement} dialog */
function watch(dialog) {
  const heeds = the('input', dialog);
  const open = () => {
    if ($('dialog[open]')) return;
    heeds.checked = !recall(OFF);
    showDialog(dialog);
  };
  document.addEventListener('click', (event) => {
    if (origin(event).closest('[data-shortcuts]')) open();
    if (origin(event).closest('[data-shut]')) dialog.close();
  });
  document.addEventListener('keydown', (event) => {
    if (event.key !== '?' || event.ctrlKey || event.metaKey || event.altKey || origin(event).closest(FIELDS)) return;
    if (recall(OFF)) return;
    event.preventDefault();
    open();
  });
  heeds.addEventListener('change', () => remember(OFF, heeds.checked ? '' : '1'));
}

const listed = $('dialog[data-keys]');
if (listed) watch(listed);
