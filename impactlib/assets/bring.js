// A team's hypotheses, brought in a file of its spreadsheet or pasted: what came in, how it was read, what could not be.

import { $, the, words } from './dom.js';
import { toast } from './page.js';

/** Gives a file with what is asked of it, and answers what was made of it.
 * @typedef {(asked: Record<string, string>, file: File) => Promise<any>} Give */

/** Wires the form, where the page has one.
 * @param {Give} give */
export function bringHypotheses(give) {
  const file = $('[data-sheet]');
  if (!file) return;
  const [pasted, paste, other] = [the('[data-pasted]'), the('[data-paste]'), the('#other-sheet')];
  /** The last file, of which another sheet may be asked for. @type {File | undefined} */
  let last;
  for (const control of [file, pasted, paste]) control.disabled = false;

  file.addEventListener('change', () => {
    last = file.files?.[0];
    if (last) bring(give, {}, last);
    file.value = '';
  });
  other.addEventListener('change', () => {
    if (last) bring(give, { sheet: other.value }, last);
  });
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
  const [said, table, rows, decided] = [
    the('.said', box),
    the('.scroll', box),
    the('tbody', box),
    the('[data-decided]'),
  ];
  said.textContent = words('saved.sending');
  table.hidden = decided.hidden = true;
  try {
    const answer = await give(asked, file);
    said.textContent = answer.refused ?? answer.said;
    said.classList.toggle('well', 'said' in answer);
    // What came in has pushed this line out of sight: it is said where one looks, too.
    if ('said' in answer) toast(answer.said);
    decided.replaceChildren(.../** @type {string[]} */ (answer.decided ?? []).map((text) => element('li', text)));
    decided.hidden = !answer.decided?.length;
    rows.replaceChildren(...(answer.problems ?? []).map(problemRow));
    table.hidden = !answer.problems?.length;
    offer(answer.sheets ?? [], answer.sheet ?? '');
    return !('refused' in answer);
  } catch {
    said.textContent = words('http.retry');
    return false;
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

/** @param {{ line: number, column: string, why: string }} problem */
function problemRow({ line, column, why }) {
  const row = document.createElement('tr');
  row.append(...[line, column, why].map((text) => element('td', `${text ?? ''}`)));
  return row;
}

/** @param {string} name
 * @param {string} text */
function element(name, text) {
  return Object.assign(document.createElement(name), { textContent: text });
}
