// The links page: copy, renew, and bring in a session notebook.

import { upload } from './upload.js';

// Said beside the button: nothing else moves, nothing is covered.
const say = (button, text) => {
  for (const line of document.querySelectorAll('[data-status]')) line.textContent = '';
  button.closest('.invitation').querySelector('[data-status]').textContent = text;
};

async function copy(button, text) {
  // The clipboard's own interface asks for https; a workshop on a local network often has none.
  try { return await navigator.clipboard.writeText(text); } catch { /* the former way */ }
  const field = Object.assign(document.createElement('textarea'), { value: text, className: 'sr' });
  button.after(field); // the page does not scroll to it
  field.select();
  document.execCommand('copy');
  field.remove();
  button.focus();
}

document.addEventListener('click', async (event) => {
  const button = event.target.closest('button');
  if (button?.dataset.copy) {
    await copy(button, document.getElementById(button.dataset.copy).value);
    say(button, button.dataset.wCopied);
  }
  if (button?.dataset.renew) {
    const response = await fetch(`${document.body.dataset.room}/links`, {
      method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify({ role: button.dataset.renew }),
    }).catch(() => null);
    if (response?.ok) location.reload();
    else say(button, document.querySelector('main').dataset.wFailed);
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
