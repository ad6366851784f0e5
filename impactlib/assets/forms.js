// Forms: what is typed in them is kept as a draft, what they are about, for whom, and the dialogs that buttons open.

/** @import { El, Field, Form } from './types.d.ts' */

import {
  $,
  $$,
  announce,
  dress,
  fitting,
  invalid,
  moveTo,
  page,
  recall,
  remember,
  saved,
  the,
  unfold,
} from './page.js';
import { draftAt, editOf } from './drafts.js';
import { showDialog } from './fragments.js';
import { uncover } from './steps.js';
import { isoOf } from './time.js';

export const LIMIT = 20000; // characters: what the server would refuse the page refuses at once
const DRAFT = 10 * LIMIT; // a book pasted by accident must not take the room that a browser gives to all drafts

/** @param {Form} form */
export const draftOf = (form) => {
  const { form: name, note, about } = form.dataset;
  return form.closest('dialog')
    ? editOf(note)
    : draftAt({ name, about, anchored: form.closest('[data-anchor]') !== null });
};

/** Where it is kept for whom a form is written: with its text.
 * @param {Form} form */
export const behalfAt = (form) => `behalf:${draftOf(form)}`;

/** A form that has come to another note shows what was begun on that one.
 * @param {Form} form */
export function takeUp(form) {
  for (const select of $$('select', form)) select.value = '';
  for (const field of typed(form)) field.value = recall(keptAt(form, field));
  form.dataset.behalf = form.elements.text.value && recall(behalfAt(form));
}

/** The fields of a form that have a name.
 * @param {Form} form */
export const fieldsIn = (form) => /** @type {Field[]} */ ([...form.elements]).filter(({ name }) => name);

/** The form that a field stands in, if it is in one.
 * @param {EventTarget | null} field */
export const formOf = (field) => /** @type {Form | null} */ (/** @type {Partial<Field>} */ (field).form ?? null);

/** The lines of a form that is no dialog: each is kept as it is typed.
 * @param {Form} form */
export const typed = (form) => $$('textarea, input:not([type])', form).filter(({ name }) => name);
/** @type {(form: Form, field: Field) => string} */
export const keptAt = (form, field) => draftOf(form) + (field.name === 'text' ? '' : `:${field.name}`);

/** @param {Form} form */
export function draft(form) {
  const text = form.elements.text?.value ?? '';
  const kept = text.length < DRAFT && remember(draftOf(form), text);
  if (text) saved(kept ? 'saved.draft' : '');
}

/** @param {ParentNode} root */
export function dates(root = document) {
  $$('[data-in-days]', root).forEach((field) => {
    const day = new Date();
    day.setDate(day.getDate() + +field.dataset.inDays);
    while (day.getDay() % 6 === 0) day.setDate(day.getDate() + 1); // no weekend
    field.value = isoOf(day).slice(0, 10);
  });
}

/** @type {(form: Form, note: string, label: string) => void} */
export function attach(form, note, label) {
  form.dataset.about = note;
  const line = $('.about', form);
  if (!line) return;
  line.hidden = false;
  if (label) the('[data-about-text]', line).textContent = label;
}

/** @param {Form} form */
export function detach(form) {
  delete form.dataset.about;
  const line = $('.about', form);
  if (line) line.hidden = true;
}

/** Leave what a form is about: one that stands under it goes, and its draft stays.
 * @param {Form} form */
export function leave(form) {
  const anchor = form.closest('[data-anchor]');
  const { about, form: name } = form.dataset;
  detach(form);
  if (!anchor) return;
  anchor.hidden = true;
  $(`[data-into="${name}"][data-about="${about}"]`)?.focus();
}

// "Answer" and its like: the form comes below the note that it is about, after its card where it has a home to leave.
/** @param {El} button */
export function replyTo(button) {
  const form = $(`form[data-form="${button.dataset.into}"]`);
  if (!form) return;
  const same = form.dataset.about === button.dataset.about;
  attach(form, button.dataset.about, button.dataset.label);
  reveal(form);
  const anchor = form.closest('[data-anchor]');
  if (anchor && !same) takeUp(form);
  dress(form);
  if (anchor) {
    const fragment = button.closest('.fragment');
    if (fragment?.parentElement && $(`[data-home="${anchor.dataset.anchor}"]`))
      moveTo(fragment.parentElement, anchor, fragment.nextSibling);
    anchor.hidden = false;
    anchor.scrollIntoView({ block: 'nearest' });
  }
  form.elements.text.focus();
}

// A form may stand in another step, or folded.
/** @param {Form} form */
function reveal(form) {
  uncover(form);
  unfold(form);
}

// While the consultants speak all that the team does in a step rests, with what was begun in it; but for its scores.
function rest() {
  const resting = Boolean($('[data-rest]'));
  if (!resting && !page.resting) return;
  if (resting && !page.resting) announce(the('[data-rest] p').textContent, () => page.resting);
  page.resting = resting;
  for (const form of $$('main form[data-do], dialog form')) {
    form.classList.toggle('resting', resting);
    for (const field of /** @type {Iterable<Field>} */ (form.elements))
      if (!field.matches('[data-act=close]'))
        field[field.matches('textarea, input') ? 'readOnly' : 'disabled'] = resting;
    if (form.closest('dialog[open]')) the('.said', form).textContent = resting ? the('[data-rest] p').textContent : '';
  }
  for (const button of $$('[data-section] button'))
    if (button.matches('[data-do], [data-act], [data-into]')) button.disabled = resting;
}

/** Says why a form was refused, and of which of its fields.
 * @type {(form: Form, why: string, name?: string) => Field} */
export function refuse(form, why, name = '') {
  the('.said', form).textContent = why;
  const field = form.elements[name] ?? form.elements.text ?? typed(form)[0];
  invalid(field, true);
  return field;
}

/** Whatever was refused of a form is forgotten.
 * @param {Form} form */
export function forgive(form) {
  the('.said', form).textContent = '';
  for (const field of fieldsIn(form)) invalid(field, false);
}

// ---- dialogs ------------------------------------------------------------------------------

/** @param {Form} form */
export const waiting = (form) => page.waiting.get(form) ?? 0;
/** So many answers are waited for: a second press sends nothing more.
 * @type {(form: Form, answers: number) => void} */
export function waitFor(form, answers) {
  page.waiting.set(form, answers);
  form.setAttribute('aria-busy', String(answers > 0));
}

/** `set` are data of the dialog's form, `fill` the values of its fields.
 * @type {(name: string, data: { set: Record<string, string | undefined>, fill: Record<string, string> }) => void} */
export function openDialog(name, data) {
  const dialog = the(`dialog[data-dialog="${name}"]`);
  const form = the('form', dialog);
  form.reset();
  waitFor(form, 0);
  forgive(form);
  delete form.dataset.refused;
  for (const [name, value] of Object.entries(data.set)) if (value != null) form.dataset[name] = value;
  for (const [field, value] of Object.entries(data.fill)) form.elements[field].value = value;
  const box = $('.conflict', form);
  if (box) box.hidden = true;
  showDialog(dialog);
}

fitting.push(rest, (root) =>
  $$('[data-speaker]', root).forEach((button) => {
    button.setAttribute('aria-pressed', String(button.closest('form')?.dataset.behalf === button.dataset.speaker));
  }),
);
