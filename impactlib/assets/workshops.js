// Home, for the operator: of all workshops, those that have the words that are typed, in any order, without accents.

import { $$, the, words } from './dom.js';

/** @param {string} text */
const plain = (text) => text.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase();
const find = the('[data-find]');
const found = the('[data-found]');
const lines = $$('[data-workshops] li').map((line) => ({ line, text: plain(line.textContent) }));

find.addEventListener('input', () => {
  const asked = plain(find.value).split(/\s+/);
  for (const { line, text } of lines) line.hidden = !asked.every((word) => text.includes(word));
  found.textContent = lines.every(({ line }) => line.hidden) ? words('workshops.none') : '';
});
