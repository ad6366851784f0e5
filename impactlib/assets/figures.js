// The figures of a month, or what is forecast for one: a row for each metric, and one press that gives all that are filled.

/** @import { Answer, El, Form, Gesture } from './types.d.ts' */
/** @import { Kind } from './wire.d.ts' */

import { $, $$, fitting, moveTo, page, recall, remember, saved, send, the, toast, words } from './page.js';
import { keptAt } from './forms.js';
import { monthOf } from './time.js';

const MONTHS = 12; // that are offered: of figures the last whole one first, of forecasts the next one

/** @param {string} name */
const month = (name) => $(`form[data-form="${name}"]`);
const NAMES = ['readings', 'stages', 'forecasts'];
/** @param {El} row */
const fieldOf = (row) => the('input', row);
/** @type {Record<string, number>} */
const given = {}; // by form, the figures that were kept since the last press

/** Whether an answer is for one of these forms.
 * @param {string | undefined} name */
export const ofMonth = (name) => NAMES.includes(name ?? '');

/** The rows are those of the metrics; one whose metric is gone stays for as long as something is written in it. */
function draw() {
  for (const name of NAMES) {
    const form = month(name);
    if (form) fill(form);
  }
}

/** @param {Form} form */
function fill(form) {
  const list = the('[data-figures]', form);
  const rows = new Map($$('[data-of]', list).map((row) => [row.dataset.of, row]));
  const asks = $$(`[data-asks][data-kind="${form.dataset.rows}"]`);
  asks.forEach((ask, at) => {
    const row = rows.get(ask.dataset.asks) ?? made(form, ask.dataset.asks);
    rows.delete(ask.dataset.asks);
    the('[data-name]', row).textContent = ask.dataset.name;
    the('[data-unit]', row).textContent = ask.dataset.unit;
    const last = the('[data-last]', row);
    if (last.innerHTML !== ask.innerHTML) last.replaceChildren(...ask.cloneNode(true).childNodes);
    if (list.children[at] !== row) moveTo(list, row, /** @type {El | null} */ (list.children[at] ?? null));
  });
  for (const row of rows.values()) if (!fieldOf(row).value) row.remove();
  // The figures of stages have no form of their own beside that of all figures.
  form.hidden = !list.children.length || (form.dataset.form === 'stages' && Boolean(month('readings')));
  offer(form);
}

/** @type {(form: Form, metric: string) => El} */
function made(form, metric) {
  const piece = /** @type {DocumentFragment} */ (the('template', form).content.cloneNode(true));
  const row = the('li', piece);
  row.dataset.of = metric;
  const field = fieldOf(row);
  field.name = `figure:${metric}`;
  field.id = `${form.dataset.rows}-${metric}`;
  the('label', row).htmlFor = field.id;
  the('[data-last]', row).id = `last-${field.id}`;
  the('[data-why]', row).id = `why-${field.id}`;
  field.setAttribute('aria-describedby', `last-${field.id} why-${field.id}`);
  the('[data-figures]', form).append(row);
  field.value = recall(keptAt(form, field));
  return row;
}

/** Bring the month of a button, and the row of its metric, to whoever pressed it.
 * @param {El} button */
export function toMonth(button) {
  const form = the('form[data-form=forecasts]');
  form.elements.as_of.value = button.dataset.month;
  remember(keptAt(form, form.elements.as_of), button.dataset.month);
  const field = $(`[data-of="${button.dataset.note}"] input`, form);
  field?.scrollIntoView({ block: 'center' });
  field?.focus({ preventScroll: true });
}

/** The month that is over is there already, and those before it are offered; for forecasts, the next and those after it.
 * @param {Form} form */
function offer(form) {
  const months = the('datalist', form);
  if (months.children.length) return;
  const now = new Date();
  const names = Array.from({ length: MONTHS }, (_, at) =>
    monthOf(now, form.dataset.kind === 'forecast' ? -at - 1 : at + 1, page.lang),
  );
  months.replaceChildren(...names.map((name) => new Option('', name)));
  form.elements.as_of.value ||= names[0];
}

/** Send what is filled: each figure is a gesture of its own, and what is refused comes back to its row.
 * @param {Form} form */
export function sendFigures(form) {
  const filled = $$('[data-of]', form).filter((row) => fieldOf(row).value.trim());
  const name = form.dataset.form;
  const kind = /** @type {Kind} */ (form.dataset.kind);
  const { as_of: when, quality, source, word } = form.elements;
  const said = the('.send .said', form);
  said.classList.remove('well');
  said.textContent = '';
  tell(when, the('[data-told-when]', form), '');
  for (const row of $$('[data-of]', form)) tell(fieldOf(row), the('[data-why]', row), '');
  if (!filled.length) {
    said.textContent = words('figures.none');
    $('[data-of] input', form)?.focus();
    return;
  }
  given[name] = 0;
  for (const row of filled) {
    const field = fieldOf(row);
    const [about, figure] = [row.dataset.of, field.value.trim()];
    field.value = '';
    remember(keptAt(form, field), '');
    const more = kind === 'reading' ? { quality: quality.value, source: source.value } : {};
    send({ do: 'write', kind, about, figure, as_of: when.value, ...more, text: word.value }, { form: name });
  }
  remember(keptAt(form, when), '');
}

/** @type {(name: string, gesture: Gesture, answer: Answer) => void} */
export function figureAnswered(name, gesture, answer) {
  const form = month(name);
  const { about = '', figure = '' } = /** @type {Record<string, string>} */ (/** @type {unknown} */ (gesture));
  const row = form && $(`[data-of="${about}"]`, form);
  if (!('refused' in answer)) {
    saved(page.unkept ? 'saved.heard' : 'saved.saved');
    given[name] += 1;
    const said = form && the('.send .said', form);
    if (!said) return;
    said.classList.add('well');
    said.textContent = words('figures.kept', { number: given[name] });
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
