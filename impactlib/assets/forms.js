// Forms: what is typed in them is kept as a draft, what they are about, for whom, and the dialogs that buttons open.

import { $, $$, announce, fitting, page, recall, remember, saved } from './page.js';
import { showDialog } from './fragments.js';
import { uncover } from './steps.js';

export const LIMIT = 20000; // characters: what the server would refuse the page refuses at once
const DRAFT = 10 * LIMIT; // a book pasted by accident must not take the room that a browser gives to all drafts

// An answer's draft belongs to its question, an edit's to its note.
export const editOf = (note) => `draft:edit:${note}`;
export const draftOf = (form) => (form.closest('dialog') ? editOf(form.dataset.note) : form.closest('[data-anchor]') ? `draft:${form.dataset.form}:${form.dataset.about ?? ''}` : `draft:${form.dataset.form}`);

// The lines of a form that is no dialog: each is kept as it is typed.
export const typed = (form) => $$('textarea, input:not([type])', form).filter(({ name }) => name);
export const keptAt = (field) => draftOf(field.form) + (field.name === 'text' ? '' : `:${field.name}`);

export function draft(form) {
  const text = form.elements.text?.value ?? '';
  const kept = text.length < DRAFT && remember(draftOf(form), text);
  if (text) saved(kept ? 'draft' : '');
}

export function dates(root = document) {
  $$('[data-in-days]', root).forEach((field) => {
    const day = new Date();
    day.setDate(day.getDate() + +field.dataset.inDays);
    while (day.getDay() % 6 === 0) day.setDate(day.getDate() + 1); // no weekend
    field.value = [day.getFullYear(), day.getMonth() + 1, day.getDate()].map((n) => String(n).padStart(2, '0')).join('-');
  });
}

export function attach(form, note, label) {
  form.dataset.about = note;
  const line = $('.about', form);
  if (!line) return;
  line.hidden = false;
  if (label) $('[data-about-text]', line).textContent = label;
}

export function detach(form) {
  delete form.dataset.about;
  const line = $('.about', form);
  if (line) line.hidden = true;
}

// "Answer" and its like: the form comes below the note that it is about.
export function replyTo(button) {
  const form = $(`form[data-form="${button.dataset.into}"]`);
  if (!form) return;
  attach(form, button.dataset.about, button.dataset.label);
  reveal(form);
  if (form.closest('[data-anchor]')) form.elements.text.value = recall(draftOf(form));
  const anchor = form.closest('[data-anchor]');
  if (anchor) {
    anchor.hidden = false;
    anchor.scrollIntoView({ block: 'nearest' });
  }
  form.elements.text.focus();
}

// A form may stand in another step, or folded.
function reveal(form) {
  uncover(form);
  unfold(form);
}

export function unfold(form) {
  for (let fold = form.closest('details'); fold; fold = fold.parentElement.closest('details')) fold.open = true;
}

// While the consultants speak all that the team does in a step rests, with what was begun in it; but for its scores.
function rest() {
  const resting = Boolean($('[data-rest]'));
  if (!resting && !page.resting) return;
  if (resting && !page.resting) announce($('[data-rest] p').textContent, () => page.resting);
  page.resting = resting;
  for (const form of $$('main form[data-do], dialog form')) {
    form.classList.toggle('resting', resting);
    for (const field of form.elements) if (!field.matches('[data-act=close]')) field[field.matches('textarea, input') ? 'readOnly' : 'disabled'] = resting;
    if (form.closest('dialog[open]')) $('.said', form).textContent = resting ? $('[data-rest] p').textContent : '';
  }
  $$('[data-section] :is([data-do], [data-act], [data-into]):is(button)').forEach((button) => { button.disabled = resting; });
}

// ---- dialogs ------------------------------------------------------------------------------

// So many answers to what a dialog sent are still waited for: a second press sends nothing more.
export function waitFor(form, answers) {
  form.waiting = answers;
  form.setAttribute('aria-busy', String(answers > 0));
}

export function openDialog(name, data) {
  const dialog = $(`dialog[data-dialog="${name}"]`);
  const form = $('form', dialog);
  form.reset();
  waitFor(form, 0);
  $('.said', form).textContent = '';
  delete form.dataset.refused;
  for (const [name, value] of Object.entries(data.set)) if (value != null) form.dataset[name] = value;
  for (const [field, value] of Object.entries(data.fill)) form.elements[field].value = value;
  const box = $('.conflict', form);
  if (box) box.hidden = true;
  showDialog(dialog);
}

fitting.push(rest, (root) => $$('[data-speaker]', root).forEach((button) => {
  button.setAttribute('aria-pressed', String(button.closest('form')?.dataset.behalf === button.dataset.speaker));
}));
