// The links page: copy, renew, and bring in a session notebook.

/** @import { El } from './types.d.ts' */

import { $, $$, newId, origin, the, words } from './dom.js';
import { postJson, stayAwake } from './http.js';
import { upload } from './upload.js';

const { base = '', room = '' } = document.body.dataset;

/** Said beside the button: nothing else moves, nothing is covered.
 * @type {(button: El, text: string) => void} */
const say = (button, text) => {
  for (const line of $$('[data-status]')) line.textContent = '';
  the('[data-status]', button.closest('.invitation')).textContent = text;
};

/** @type {(button: El, text: string) => Promise<void>} */
async function copy(button, text) {
  // The clipboard's own interface asks for https; a workshop on a local network often has none.
  try {
    return await navigator.clipboard.writeText(text);
  } catch {
    /* the former way */
  }
  const field = Object.assign(document.createElement('textarea'), { value: text, className: 'sr' });
  button.after(field); // the page does not scroll to it
  field.select();
  document.execCommand('copy');
  field.remove();
  button.focus();
}

document.addEventListener('click', async (event) => {
  const button = origin(event).closest('button');
  if (button?.dataset.copy) {
    const field = /** @type {HTMLTextAreaElement} */ (document.getElementById(button.dataset.copy));
    await copy(button, field.value);
    say(button, button.dataset.done);
  }
  if (button?.dataset.renew) {
    const response = await postJson(`${room}/links`, { role: button.dataset.renew }).catch(() => null);
    if (response?.ok) location.reload();
    else say(button, words('http.failed'));
  }
  if (button && 'erase' in button.dataset) {
    const response = await postJson(`${room}/links`, { erase: true }).catch(() => null);
    if (response?.ok) location.href = base;
    else say(button, words('http.failed'));
  }
});
$('[data-erase-on]')?.addEventListener('submit', async (event) => {
  event.preventDefault();
  const form = origin(event);
  const asked = /** @type {HTMLButtonElement | null} */ (event.submitter);
  const on = asked?.name ? asked.value : the('input', form).value;
  const response = await postJson(`${room}/gestures`, { id: newId(), do: 'erase_on', on }).catch(() => null);
  if (response?.ok) return location.reload();
  say(form, (await response?.json().catch(() => null))?.refused ?? words('http.failed'));
});
const merge = $('[data-upload=merge]');
if (merge) the('button', merge).disabled = false;
merge?.addEventListener('submit', async (event) => {
  event.preventDefault();
  const answer = await upload(merge);
  const line = the('[data-added]');
  const added = answer?.added ? `${words('links.some')} ${answer.added}.` : words('links.none');
  line.textContent = answer ? [added, answer.said].filter(Boolean).join(' ') : '';
  // Which of two texts stands follows their times: whoever brought the file reads the other one here.
  const list = the('[data-two-texts]');
  list.replaceChildren(
    ...(answer?.texts ?? []).map((/** @type {Record<'stands' | 'gave_way', string>} */ text) =>
      Object.assign(document.createElement('li'), { textContent: words('links.two', text) }),
    ),
  );
});
stayAwake(base);
document.body.dataset.ready = '1';
