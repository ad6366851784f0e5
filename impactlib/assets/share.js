// The names in a session that is shared: what is replaced and what is left, each with its sentence, to be decided before
// the file is made.

import { $, the, words } from './dom.js';
import { origin } from './page.js';

/** A place where a name stands, and what would stand there instead.
 * @typedef {{ key: string, label: string, sure: boolean, before: string, words: string, after: string }} Name */
/** @typedef {{ back: string[], more: string[], words: string[] }} Choice */
/** Lists the names, and makes the file; both throw when they cannot.
 * @typedef {{ names: () => Promise<Name[]>, make: (choice: Choice) => Promise<void> }} Source */

/** Wires the dialog, where the page has one.
 * @param {Source} source @param {ParentNode} [root] */
export function shareNames(source, root = document) {
  const dialog = $('dialog[data-dialog=share]', root);
  if (!dialog) return;
  const form = the('form', dialog);
  /** @type {Name[]} */
  let names = [];
  root.addEventListener('click', async (event) => {
    if (!origin(/** @type {MouseEvent} */ (event)).closest('[data-share]')) return;
    the('[data-names]', dialog).hidden = true;
    const said = the('.said', dialog);
    said.textContent = words('share.looking');
    try {
      names = await source.names();
      list(dialog, names);
      said.textContent = '';
    } catch {
      said.textContent = words('http.retry');
    }
  });
  form.addEventListener('submit', async (event) => {
    event.preventDefault();
    const button = the('.send button:last-child', form);
    const said = the('.said', form);
    button.disabled = true;
    said.textContent = words('share.making');
    try {
      await source.make(chosen(form, names));
      dialog.close();
    } catch {
      said.textContent = words('http.retry');
    }
    button.disabled = false;
  });
}

/** @param {import('./types.d.ts').Form} form @param {Name[]} names @returns {Choice} */
function chosen(form, names) {
  const ticked = new Set([...form.querySelectorAll('input:checked')].map((box) => /** @type {any} */ (box).value));
  return {
    back: names.filter((name) => name.sure && !ticked.has(name.key)).map((name) => name.key),
    more: names.filter((name) => !name.sure && ticked.has(name.key)).map((name) => name.key),
    words: form.elements.words.value.split(/[,;\n]/),
  };
}

/** @param {HTMLElement} dialog @param {Name[]} names */
function list(dialog, names) {
  the('[data-names]', dialog).hidden = false;
  for (const [which, sure] of /** @type {const} */ ([
    ['sure', true],
    ['unsure', false],
  ])) {
    const found = names.filter((name) => name.sure === sure);
    const box = the(`[data-${which}]`, dialog);
    box.hidden = !found.length;
    the('ul', box).replaceChildren(...found.map((name) => line(name, sure)));
  }
  the('[data-no-names]', dialog).hidden = names.length > 0;
}

/** @param {Name} name @param {boolean} checked */
function line(name, checked) {
  const box = Object.assign(document.createElement('input'), { type: 'checkbox', value: name.key, checked });
  const mark = Object.assign(document.createElement('mark'), { textContent: name.words });
  const becomes = Object.assign(document.createElement('strong'), { textContent: ` → ${name.label}` });
  const label = document.createElement('label');
  label.className = 'check';
  const sentence = document.createElement('span');
  sentence.append(name.before, mark, name.after, becomes);
  label.append(box, sentence);
  const item = document.createElement('li');
  item.append(label);
  return item;
}
