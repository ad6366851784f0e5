// A workshop that the server does not know, and that this browser keeps a copy of: put it back, or save it as a file.

/** @import { Mirror } from './mirror.js' */

import { words } from './words.js';
import { save } from './http.js';
import { dayOf, hourOf } from './time.js';
import { notebook } from './mirror.js';

/** @param {string} text */
function paragraph(text) {
  return Object.assign(document.createElement('p'), { textContent: text });
}

/** @type {(label: string, press: () => unknown, quiet?: boolean) => HTMLButtonElement} */
function button(label, press, quiet = false) {
  const made = Object.assign(document.createElement('button'), { type: 'button', textContent: label });
  made.className = quiet ? 'btn quiet' : 'btn';
  made.addEventListener('click', press);
  return made;
}

/** The day and the hour at which a copy was last brought up to date.
 * @param {Mirror} mirror */
function asOf({ at }) {
  const { lang } = document.documentElement;
  return words('mirror.at', { day: dayOf(new Date(at), lang), hour: hourOf(at / 1000, lang) });
}

/** What one may do with a copy, under a sentence that says of what; `more` are other buttons.
 * @type {(base: string, mirror: Mirror, more?: HTMLButtonElement[]) => HTMLElement[]} */
export function offer(base, mirror, more = []) {
  const file = () => notebook(mirror, words('mirror.cell', { team: mirror.team, when: asOf(mirror) }));
  const said = Object.assign(paragraph(''), { className: 'said', role: 'alert' });
  const restore = button(words('mirror.restore'), async () => {
    restore.disabled = true;
    said.textContent = '';
    try {
      const response = await fetch(`${base}import`, {
        method: 'POST',
        headers: { 'Content-Type': 'application/octet-stream' },
        body: file(),
      });
      const answer = await response.json();
      if (response.ok) return location.assign(answer.go);
      said.textContent = `${answer.refused} ${words('mirror.refused')}`;
    } catch {
      said.textContent = words('http.retry');
    }
    restore.disabled = false;
  });
  const saves = button(words('mirror.save'), () => save(new Blob([file()]), mirror.name), true);
  const buttons = Object.assign(document.createElement('div'), { className: 'send' });
  buttons.append(restore, saves, ...more);
  return [paragraph(words('mirror.of', { team: mirror.team, when: asOf(mirror) })), buttons, said];
}

/** The button that erases a copy.
 * @param {() => unknown} press */
export const eraser = (press) => button(words('mirror.erase'), press, true);
