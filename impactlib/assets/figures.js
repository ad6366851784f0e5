// The figures of a month: a row for each metric of the team, and one press that gives all those that are filled.

/** @import { Answer, El, Form, Gesture } from './types.d.ts' */

import { $, $$, fitting, moveTo, page, recall, remember, saved, send, the, toast, words } from './page.js';
import { keptAt } from './forms.js';
import { monthOf } from './time.js';

const MONTHS = 12; // that are offered, the last whole one first

const month = () => $('form[data-form="readings"]');
/** @param {El} row */
const fieldOf = (row) => the('input', row);
let given = 0; // figures that were kept since the last press

/** The rows are those of the metrics; one whose metric is gone stays for as long as something is written in it. */
function draw() {
  const form = month();
  if (!form) return;
  const list = the('[data-figures]', form);
  const rows = new Map($$('[data-of]', list).map((row) => [row.dataset.of, row]));
  const asks = $$('[data-asks]');
  asks.forEach((ask, at) => {
    const row = rows.get(ask.dataset.asks) ?? made(form, ask.dataset.asks);
    rows.delete(ask.dataset.asks);
    the('[data-name]', row).textContent = ask.dataset.name;
    the('[data-unit]', row).textContent = ask.dataset.unit;
    const last = the('[data-last]', row);
    if (last.innerHTML !== ask.innerHTML) last.innerHTML = ask.innerHTML;
    if (list.children[at] !== row) moveTo(list, row, /** @type {El | null} */ (list.children[at] ?? null));
  });
  for (const row of rows.values()) if (!fieldOf(row).value) row.remove();
  form.hidden = !list.children.length;
  offer(form);
}

/** @type {(form: Form, metric: string) => El} */
function made(form, metric) {
  const piece = /** @type {DocumentFragment} */ (the('template', form).content.cloneNode(true));
  const row = the('li', piece);
  row.dataset.of = metric;
  const field = fieldOf(row);
  field.name = `figure:${metric}`;
  field.id = `figure-${metric}`;
  the('label', row).htmlFor = field.id;
  the('[data-last]', row).id = `last-${metric}`;
  the('[data-why]', row).id = `why-${metric}`;
  field.setAttribute('aria-describedby', `last-${metric} why-${metric}`);
  the('[data-figures]', form).append(row);
  field.value = recall(keptAt(form, field));
  return row;
}

/** The month that is over is there already, and those before it are offered.
 * @param {Form} form */
function offer(form) {
  const months = the('datalist', form);
  if (months.children.length) return;
  const now = new Date();
  const names = Array.from({ length: MONTHS }, (_, back) => monthOf(now, back + 1, page.lang));
  months.replaceChildren(...names.map((name) => new Option('', name)));
  form.elements.as_of.value ||= names[0];
}

/** Send what is filled: each figure is a gesture of its own, and what is refused comes back to its row.
 * @param {Form} form */
export function sendFigures(form) {
  const filled = $$('[data-of]', form).filter((row) => fieldOf(row).value.trim());
  const { as_of: when, quality, source, word } = form.elements;
  const said = the('.send .said', form);
  said.classList.remove('well');
  tell(when, the('[data-told-when]', form), '');
  for (const row of $$('[data-of]', form)) tell(fieldOf(row), the('[data-why]', row), '');
  if (!filled.length) {
    said.textContent = words('figures.none');
    $('[data-of] input', form)?.focus();
    return;
  }
  given = 0;
  for (const row of filled) {
    const field = fieldOf(row);
    const [about, figure] = [row.dataset.of, field.value.trim()];
    field.value = '';
    remember(keptAt(form, field), '');
    const more = { quality: quality.value, source: source.value, text: word.value };
    send({ do: 'write', kind: 'reading', about, figure, as_of: when.value, ...more }, { form: 'readings' });
  }
  remember(keptAt(form, when), '');
}

/** @type {(gesture: Gesture, answer: Answer) => void} */
export function figureAnswered(gesture, answer) {
  const form = month();
  const { about = '', figure = '' } = /** @type {Record<string, string>} */ (/** @type {unknown} */ (gesture));
  const row = form && $(`[data-of="${about}"]`, form);
  if (!('refused' in answer)) {
    saved(page.unkept ? 'saved.heard' : 'saved.saved');
    given += 1;
    const said = form && the('.send .said', form);
    if (!said) return;
    said.classList.add('well');
    said.textContent = words('figures.kept', { number: given });
    return;
  }
  saved('saved.back');
  if (!form || !row) return toast(answer.refused);
  const field = fieldOf(row);
  field.value ||= figure;
  remember(keptAt(form, field), field.value);
  const first = !$('[aria-invalid=true]', form);
  const when = answer.field === 'as_of';
  const wrong = when ? form.elements.as_of : field;
  tell(wrong, the(when ? '[data-told-when]' : '[data-why]', when ? form : row), answer.refused);
  if (first) wrong.focus();
}

/** @type {(field: HTMLElement, box: El, why: string) => void} */
function tell(field, box, why) {
  box.textContent = why;
  field.setAttribute('aria-invalid', String(Boolean(why)));
}

fitting.push(draw);
