// Home, for the operator: of all workshops, those that have the words that are typed, in any order, without accents;
// and one that is opened again, as it was opened.

import { $$, sayOnce, the, words } from './dom.js';
import { opened } from './http.js';

/** @param {string} text */
const plain = (text) => text.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase();
const find = the('[data-find]');
const found = the('[data-found]');
const lines = $$('[data-workshops] li').map((line) => ({ line, text: plain(line.textContent) }));

find.addEventListener('input', () => {
  const asked = plain(find.value).split(/\s+/);
  for (const { line, text } of lines) line.hidden = !asked.every((word) => text.includes(word));
  sayOnce(found, lines.every(({ line }) => line.hidden) ? words('workshops.none') : '');
});

// "again" opens a workshop as another was opened, "after" the one that follows it.
for (const way of ['again', 'after']) {
  const dialog = the(`dialog[data-dialog=${way}]`);
  const form = the('form', dialog);
  let of = '';
  for (const button of $$(`button[data-${way}]`)) {
    button.addEventListener('click', () => {
      of = button.dataset[way] ?? '';
      // A workshop that recurs comes again as it was.
      const { agenda } = form.elements;
      if (agenda) agenda.value = button.dataset.recurs === undefined ? (agenda.options?.[0]?.value ?? '') : 'same';
      dialog.showModal();
    });
  }
  // The page of a team's figures leads here, to go on after that workshop.
  const asked = new URLSearchParams(location.search).get(way);
  $$(`button[data-${way}]`)
    .find((button) => button.dataset[way] === asked)
    ?.click();
  the('button[data-act=close]', dialog).addEventListener('click', () => dialog.close());
  form.addEventListener('submit', async (event) => {
    event.preventDefault();
    const { starts, agenda } = form.elements;
    const at = starts.value ? new Date(starts.value).getTime() / 1000 : null;
    const asked = { [way]: of, starts: at, ...(agenda ? { agenda: agenda.value } : {}) };
    const answer = await opened(`${document.body.dataset.base}workshops`, asked, the('.said', form));
    if (answer) location.assign(answer.go);
  });
}
