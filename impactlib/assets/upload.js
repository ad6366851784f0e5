// A file sent to the server from a form: `<form data-upload action=URL data-largest=BYTES>` with one file field.

/** @import { Form } from './types.d.ts' */
/** @import { Word } from './wire.d.ts' */

import { the, words } from './dom.js';
import { postFile } from './http.js';

/** Sends the form's file; answers what the server said, or null once the form says why not.
 * @type {(form: Form) => Promise<any>} */
export async function upload(form) {
  const said = the('.said', form);
  const button = the('button', form);
  const [file] = the('[type=file]', form).files ?? [];
  said.textContent = '';
  if (!file) return say(said, 'file.none');
  if (file.size > +form.dataset.largest) return say(said, 'file.large');
  button.disabled = true;
  try {
    const response = await postFile(form.action, file);
    const answer = await response.json();
    if (response.ok) return answer;
    said.textContent = answer.refused;
  } catch {
    say(said, 'http.retry');
  } finally {
    button.disabled = false;
  }
  return null;
}

/** @type {(said: HTMLElement, why: Word) => null} */
function say(said, why) {
  said.textContent = words(why);
  return null;
}
