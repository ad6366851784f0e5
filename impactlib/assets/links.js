// The links page: copy, renew, and bring in a session notebook.

import { $, origin, the, words } from './dom.js';
import { postJson, stayAwake } from './http.js';
import { upload } from './upload.js';

const { base = '', room = '' } = document.body.dataset;
const toast = the('[data-toast]');
/** @param {string} text */
const say = (text) => {
  toast.textContent = text;
  toast.hidden = false;
};

document.addEventListener('click', async (event) => {
  const button = origin(event).closest('button');
  if (button?.dataset.copy) {
    const field = /** @type {HTMLTextAreaElement} */ (document.getElementById(button.dataset.copy));
    field.closest('details')?.setAttribute('open', '');
    field.select();
    // The clipboard's own interface asks for https; a workshop on a local network often has none.
    try {
      await navigator.clipboard.writeText(field.value);
    } catch {
      document.execCommand('copy');
    }
    say(words(toast, 'copied'));
  }
  if (button?.dataset.renew) {
    const response = await postJson(`${room}/links`, { role: button.dataset.renew }).catch(() => null);
    if (response?.ok) location.reload();
    else say(words(toast, 'failed'));
  }
});
const merge = $('[data-upload=merge]');
if (merge) the('button', merge).disabled = false;
merge?.addEventListener('submit', async (event) => {
  event.preventDefault();
  const answer = await upload(merge);
  const line = the('[data-added]');
  line.textContent = !answer ? '' : answer.added ? line.dataset.wSome + answer.added : line.dataset.wNone;
});
stayAwake(base);
document.body.dataset.ready = '1';
