// The links page: copy, renew, and bring in a session notebook.

import { upload } from './upload.js';

const toast = document.querySelector('[data-toast]');
const say = (text) => {
  toast.textContent = text;
  toast.hidden = false;
};

document.addEventListener('click', async (event) => {
  const button = event.target.closest('button');
  if (button?.dataset.copy) {
    const field = document.getElementById(button.dataset.copy);
    field.closest('details')?.setAttribute('open', '');
    field.select();
    // The clipboard's own interface asks for https; a workshop on a local network often has none.
    try {
      await navigator.clipboard.writeText(field.value);
    } catch {
      document.execCommand('copy');
    }
    say(toast.dataset.wCopied);
  }
  if (button?.dataset.renew) {
    const response = await fetch(`${document.body.dataset.room}/links`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify({ role: button.dataset.renew }),
    }).catch(() => null);
    if (response?.ok) location.reload();
    else say(toast.dataset.wFailed);
  }
});
const merge = document.querySelector('[data-upload=merge]');
if (merge) merge.querySelector('button').disabled = false;
merge?.addEventListener('submit', async (event) => {
  event.preventDefault();
  const answer = await upload(merge);
  const line = document.querySelector('[data-added]');
  line.textContent = !answer ? '' : answer.added ? line.dataset.wSome + answer.added : line.dataset.wNone;
});
// A hub stops a server that nobody asks anything: an open page is somebody.
setInterval(() => fetch(`${document.body.dataset.base}api`).catch(() => null), 60000);
document.body.dataset.ready = '1';
