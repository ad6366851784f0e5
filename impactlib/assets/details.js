// Details: a dialog of many fields, and one gesture for each that changed.

/** @import { Answer, El, Field, Form, Gesture, Refused, Values } from './types.d.ts' */

import { $, $$, page, parsed, recall, remember, saved, send, the, toast, unfold } from './page.js';
import { asked, changesOf, decimal, detailsAt } from './drafts.js';
import { showDialog } from './fragments.js';
import { fieldsIn, waitFor, waiting } from './forms.js';

// Its button stands in something that has `data-values` (JSON, by field; `versions` are those of texts) and the ids
// of the notes that these belong to: data-note and, for fields with data-of="metric", data-metric.

const NAMED = 120; // characters that name what a dialog is about

/** @param {Form} form */
const shownIn = (form) => page.shown.get(form) ?? { seen: {}, versions: {} };

/** @type {(form: Form, of?: { note?: string, metric?: string }) => string} */
export const draftOfDetails = (form, of = form.dataset) => detailsAt(form.dataset.form, of);
/** A value as a field shows it.
 * @type {(field: Field, value: string) => string} */
const as = (field, value) => (field.inputMode === 'decimal' ? decimal(value, page.lang) : value);

/** @type {(form: Form, card: El, wanted?: string) => void} */
export function openDetails(form, card, wanted) {
  for (const of of ['note', 'metric']) form.dataset[of] = card.dataset[of] ?? '';
  const kept = parsed(recall(draftOfDetails(form), '{}'));
  const { versions: given, ...seen } = parsed(card.dataset.values);
  const versions = { ...given };
  page.shown.set(form, { seen, versions });
  form.reset();
  waitFor(form, 0);
  the('.said', form).textContent = '';
  const named = $('[data-named]', form);
  if (named)
    named.textContent = $('strong, .strong, .words, .sentence', card)?.textContent?.trim().slice(0, NAMED) ?? '';
  $$('[data-for]', form).forEach((part) => {
    part.hidden = !form.dataset[part.dataset.for];
  });
  for (const field of fieldsIn(form)) {
    const mine = kept[field.name];
    if (mine) [seen[field.name], versions[field.name]] = [mine.was, mine.version];
    field.value = as(field, mine?.value ?? seen[field.name] ?? '');
    tell(form, field.name);
  }
  const dialog = form.closest('dialog');
  if (dialog) showDialog(dialog);
  const field = wanted && form.elements[wanted];
  if (!field) return;
  unfold(field);
  field.focus();
}

/** @param {Form} form */
const changesIn = (form) => {
  const { seen, versions } = shownIn(form);
  const values = Object.fromEntries(fieldsIn(form).map(({ name, value }) => [name, value]));
  return changesOf(values, seen, versions, (name, value) => as(form.elements[name], value));
};

/** @param {Form} form */
export function keepDetails(form) {
  const changes = changesIn(form);
  saved(remember(draftOfDetails(form), Object.keys(changes).length ? changes : '') ? 'saved.draft' : '');
}

/** @param {Form} form */
export function sendDetails(form) {
  for (const { name } of fieldsIn(form)) tell(form, name); // what was refused before may be as it was again
  const noteOf = (/** @type {string} */ name) => form.dataset[form.elements[name].dataset.of ?? 'note'];
  const sent = asked(changesIn(form), noteOf, form.dataset.note);
  waitFor(form, sent.length);
  if (!sent.length) form.closest('dialog')?.close();
  const key = draftOfDetails(form);
  for (const [values, gesture] of sent) send(gesture, { form: form.dataset.form, key, values });
}

/** @type {(form: Form | null, gesture: Gesture, about: { key: string, values: Values }, answer: Answer) => void} */
export function detailAnswered(form, gesture, { key, values }, answer) {
  const refused = 'refused' in answer;
  const names = Object.keys(values);
  saved(refused ? 'saved.back' : 'saved.saved');
  const kept = parsed(recall(key, '{}'));
  if (!refused) for (const name of names) delete kept[name];
  remember(key, Object.keys(kept).length ? kept : '');
  // A lost connection, or a reload, has closed the dialog meanwhile: it opens again with what was refused.
  const card =
    refused &&
    form &&
    !$('dialog[open]') &&
    $$('[data-values]').find((one) => draftOfDetails(form, one.dataset) === key);
  if (form && card) openDetails(form, card, names[0]);
  const dialog = form?.closest('dialog');
  if (!form || !dialog?.open || draftOfDetails(form) !== key) {
    if (refused) toast(answer.refused);
    return;
  }
  waitFor(form, Math.max(0, waiting(form) - 1));
  if (refused) {
    const name = answer.field ?? names[0];
    tell(form, name, answer.refused, answer.code === 'changed' ? answer : undefined);
    form.elements[name].focus();
    return;
  }
  // What was taken is what one changes next, in this version.
  const { seen, versions } = shownIn(form);
  Object.assign(seen, values);
  if (gesture.do === 'edit') versions[names[0]] = +gesture.was + 1;
  if (gesture.do === 'draft') [form.dataset.metric, versions.metric] = [gesture.id, 1];
  if (!waiting(form) && !$('[data-told]:not([hidden])', form) && !the('.said', form).textContent) dialog.close();
}

// Beside a field: why it was refused, and what somebody else put there meanwhile.
/** @type {(form: Form, name: string, why?: string, theirs?: Refused) => void} */
function tell(form, name, why = '', theirs) {
  const box = $(`[data-told="${name}"]`, form);
  if (!box) {
    if (why) the('.said', form).textContent = why;
    return;
  }
  const field = form.elements[name];
  // A field is heard with what is refused of it.
  box.id = `told-${form.dataset.form}-${name}`;
  const others = (field.getAttribute('aria-describedby') ?? '').split(' ').filter((id) => id && id !== box.id);
  field.setAttribute('aria-describedby', [...others, ...(why ? [box.id] : [])].join(' '));
  field.setAttribute('aria-invalid', String(Boolean(why)));
  box.hidden = !why;
  the('span', box).textContent = why;
  for (const part of $$('q, button', box)) part.hidden = !theirs;
  if (!theirs) return;
  const { text = '', version = 0 } = theirs;
  const { seen, versions } = shownIn(form);
  [seen[name], versions[name]] = [text, version];
  the('q', box).textContent = [...(field.options ?? [])].find(({ value }) => value === text)?.text ?? as(field, text);
}

/** @type {(field: { name: string, form: Form }) => void} */
export function takeTheirs({ name, form }) {
  form.elements[name].value = as(form.elements[name], shownIn(form).seen[name]);
  tell(form, name);
  keepDetails(form);
}
