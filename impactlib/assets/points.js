// One question at a time, of those that would make hypotheses more precise: the first, or the next when one passes.

/** @import { Form } from './types.d.ts' */

import { $, $$, fitting, recall, remember, send, the, toast, words } from './page.js';
import { keptAt, refuse } from './forms.js';

let at = ''; // the question that is shown

const asks = () => $$('[data-ask]');
/** @param {string} ask */
const rank = (ask) => +(ask.split(' ')[1] ?? 0);

/** The question that is shown, else the next one: what was answered is asked no more. */
function current() {
  const all = asks();
  const same = all.find(({ dataset }) => dataset.ask === at);
  return same ?? (at ? all.find(({ dataset }) => rank(dataset.ask) > rank(at)) : null) ?? all[0];
}

function settle() {
  const form = /** @type {Form | null} */ ($('form[data-form="point"]'));
  if (!form) return;
  at ||= recall('point');
  const ask = current();
  const { about } = form.dataset;
  // Somebody else has answered meanwhile: what was begun stays under its own question.
  if (form.elements.value.value && about && about !== ask?.dataset.ask) return;
  for (const one of asks()) one.hidden = one !== ask;
  at = ask?.dataset.ask ?? '';
  if (about !== at) remember('point', at);
  form.hidden = !ask?.dataset.field;
  form.dataset.about = at;
  the('label', form).textContent = ask?.dataset.question ?? '';
}

/** What was typed is sent, or passed over: it comes back under no other question.
 * @param {Form} form */
function clear(form) {
  remember(keptAt(form, form.elements.value), '');
  form.reset();
}

export function passPoint() {
  const all = asks();
  const form = /** @type {Form | null} */ ($('form[data-form="point"]'));
  const place = all.findIndex(({ dataset }) => dataset.ask === at);
  at = all[(place + 1) % all.length]?.dataset.ask ?? '';
  if (form) clear(form);
  settle();
  if (form && !form.hidden) form.elements.value.focus();
}

/** Send the answer to each of the notes that it is for.
 * @param {Form} form */
export function sendPoint(form) {
  const ask = asks().find(({ dataset }) => dataset.ask === form.dataset.about);
  const field = form.elements.value;
  const value = field.value.trim();
  if (!ask) return toast(words('page.answered'));
  const notes = $$('[data-of]', ask).filter((one) => one.getAttribute('aria-pressed') !== 'false');
  if (!value || !notes.length) {
    refuse(form, words('unsent.empty'), 'value').focus();
    return;
  }
  for (const { dataset } of notes)
    send({ do: 'detail', note: dataset.of, detail: ask.dataset.field ?? '', value, was: '' }, { form: 'point' });
  clear(form);
  field.focus();
}

fitting.push(settle);
