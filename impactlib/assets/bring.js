// A team's hypotheses, brought in a file of its spreadsheet or pasted: what came in, how it was read, what could not be.

/** @import { El } from './types.d.ts' */

import { $, $$, the, words } from './dom.js';
import { origin, toast } from './page.js';

/** Gives a file with what is asked of it, and answers what was made of it.
 * @typedef {(asked: Record<string, string>, file: File) => Promise<any>} Give */

/** Wires the form, where the page, or the pane that is not in it yet, has one.
 * @type {(give: Give, root?: ParentNode) => void} */
export function bringHypotheses(give, root = document) {
  const file = $('[data-sheet]', root);
  if (!file) return;
  const [pasted, paste, other] = [the('[data-pasted]', root), the('[data-paste]', root), the('#other-sheet', root)];
  /** The last file, of which another sheet may be asked for. @type {File | undefined} */
  let last;
  for (const control of [file, pasted, paste]) control.disabled = false;

  file.addEventListener('change', () => {
    last = file.files?.[0];
    if (last) bring(give, { name: last.name }, last);
    file.value = '';
  });
  other.addEventListener('change', () => {
    if (last) bring(give, { name: last.name, sheet: other.value }, last);
  });
  the('[data-asked]', root).addEventListener('click', settle);
  paste.addEventListener('click', async () => {
    last = undefined;
    if (await bring(give, { pasted: '1' }, new File([pasted.value], 'pasted'))) pasted.value = '';
  });
}

/** Sends a file and shows what was made of it; answers whether it was read.
 * @param {Give} give
 * @param {Record<string, string>} asked
 * @param {File} file */
async function bring(give, asked, file) {
  const box = the('[data-sheet-said]');
  const [said, table, rows, decided, updated, questions] = [
    the('.said', box),
    the('.scroll', box),
    the('tbody', box),
    the('[data-decided]'),
    the('[data-updated]'),
    the('[data-asked]'),
  ];
  said.textContent = words('saved.sending');
  table.hidden = decided.hidden = updated.hidden = questions.hidden = true;
  try {
    const answer = await give(asked, file);
    said.textContent = answer.refused ?? answer.said;
    said.classList.toggle('well', 'said' in answer);
    // What came in has pushed this line out of sight: it is said where one looks, too.
    if ('said' in answer) toast(answer.said);
    list(decided, decided, answer.decided);
    list(updated, the('ul', updated), answer.updated);
    ask(questions, answer.asked ?? []);
    rows.replaceChildren(...(answer.problems ?? []).map(problemRow));
    table.hidden = !answer.problems?.length;
    offer(answer.sheets ?? [], answer.sheet ?? '');
    return !('refused' in answer);
  } catch {
    said.textContent = words('http.retry');
    return false;
  }
}

/** @type {(box: El, list: El, texts?: string[]) => void} */
function list(box, list, texts = []) {
  list.replaceChildren(...texts.map((text) => element('li', text)));
  box.hidden = !texts.length;
}

/** A cell that the file and the page say differently: what it is, both wordings, and the gesture that settles it.
 * @typedef {Record<'column' | 'of' | 'ours' | 'theirs' | 'line' | 'note' | 'detail' | 'value' | 'was', string>} Question */

/** Asks of each such cell which wording stays.
 * @type {(box: El, asked: Question[]) => void} */
function ask(box, asked) {
  the('ol', box).replaceChildren(
    ...asked.map((one) => {
      const item = /** @type {DocumentFragment} */ (the('template', box).content.cloneNode(true));
      for (const name of /** @type {const} */ (['column', 'of', 'ours', 'theirs', 'line']))
        the(`[data-${name}]`, item).textContent = `${one[name]}`;
      for (const button of $$('button', item)) {
        const { note, detail, value, was } = one;
        Object.assign(button.dataset, { note, detail, value, was });
        the('.sr', button).textContent = ` ${one.column}, ${one.of}`;
      }
      return item;
    }),
  );
  box.hidden = !asked.length;
  the('[data-all]', box).hidden = asked.length < 2;
}

/** A cell that is settled leaves the list; its gesture is sent as any other button's. @param {Event} event */
function settle(event) {
  const box = the('[data-asked]');
  const button = origin(event).closest('button');
  if (button?.dataset.settle) {
    for (const each of $$(`[data-kept=${button.dataset.settle}]`, box)) each.click();
  } else if (button) {
    const item = button.closest('li');
    const next = item?.nextElementSibling ?? item?.previousElementSibling;
    // After the page has read the gesture off the button.
    setTimeout(() => {
      item?.remove();
      const left = $$('li', box).length;
      the('[data-all]', box).hidden = left < 2;
      box.hidden = !left;
      (next ? $('button', next) : the('[data-sheet]'))?.focus();
    });
  }
}

/** Offers the sheets of a workbook that has several.
 * @param {string[]} sheets
 * @param {string} read */
function offer(sheets, read) {
  const other = the('#other-sheet');
  the('[data-other-sheet]').hidden = sheets.length < 2;
  other.replaceChildren(...sheets.map((name) => new Option(name, name, name === read, name === read)));
}

/** @param {{ line: number, column: string, why: string, there: string }} problem */
function problemRow({ line, column, why, there }) {
  const row = document.createElement('tr');
  row.append(...[line, column, why].map((text) => element('td', `${text ?? ''}`)));
  // What stands in the cell: one finds it by that.
  if (there) row.lastElementChild?.append(' ', Object.assign(element('span', `(${there})`), { className: 'soft' }));
  return row;
}

/** @param {string} name
 * @param {string} text */
function element(name, text) {
  return Object.assign(document.createElement(name), { textContent: text });
}
