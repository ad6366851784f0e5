// Details: a dialog of many fields, and one gesture for each that changed.

import { $, $$, newId, page, parsed, recall, remember, saved, toast } from './page.js';
import { showDialog } from './fragments.js';
import { waitFor } from './forms.js';

// Its button stands in something that has `data-values` (JSON, by field; `versions` are those of texts) and the ids
// of the notes that these belong to: data-note and, for fields with data-of="metric", data-metric.

const fieldsIn = (form) => [...form.elements].filter(({ name }) => name);
export const detailsAt = (form, { note, metric } = form.dataset) =>
  `draft:${form.dataset.form}:${note ?? ''}/${metric ?? ''}`;
const decimal = (field, value) =>
  field.inputMode === 'decimal' && page.lang === 'fr' ? value.replace('.', ',') : value;

export function openDetails(form, card, wanted) {
  for (const of of ['note', 'metric']) form.dataset[of] = card.dataset[of] ?? '';
  const kept = parsed(recall(detailsAt(form), '{}'));
  form.seen = parsed(card.dataset.values);
  form.versions = { ...form.seen.versions };
  form.reset();
  waitFor(form, 0);
  $('.said', form).textContent = '';
  $$('[data-for]', form).forEach((part) => {
    part.hidden = !form.dataset[part.dataset.for];
  });
  for (const field of fieldsIn(form)) {
    const mine = kept[field.name];
    if (mine) [form.seen[field.name], form.versions[field.name]] = [mine.was, mine.version];
    field.value = decimal(field, mine?.value ?? form.seen[field.name] ?? '');
    tell(form, field.name);
  }
  showDialog(form.closest('dialog'));
  const field = form.elements[wanted];
  for (let fold = field?.closest('details'); fold; fold = fold.parentElement.closest('details')) fold.open = true;
  field?.focus();
}

const changesIn = (form) =>
  Object.fromEntries(
    fieldsIn(form)
      .map((field) => [
        field.name,
        { value: field.value, was: form.seen[field.name] ?? '', version: form.versions[field.name] },
        field,
      ])
      .filter(([, { value, was }, field]) => value.trim() !== decimal(field, was)),
  );

export function keepDetails(form) {
  const changes = changesIn(form);
  saved(remember(detailsAt(form), Object.keys(changes).length ? changes : '') ? 'draft' : '');
}

export function sendDetails(form) {
  fieldsIn(form).forEach(({ name }) => tell(form, name)); // what was refused before may be as it was again
  const sent = [];
  const born = {}; // what is said of a metric that is not there yet
  for (const [name, { value, was, version }] of Object.entries(changesIn(form))) {
    const note = form.dataset[form.elements[name].dataset.of ?? 'note'];
    if (!note) born[name] = value;
    else
      sent.push([
        { [name]: value },
        version ? { do: 'edit', note, text: value, was: version } : { do: 'detail', note, detail: name, value, was },
      ]);
  }
  if (Object.keys(born).length) sent.push([born, { do: 'draft', about: form.dataset.note, ...born }]);
  waitFor(form, sent.length);
  if (!sent.length) form.closest('dialog').close();
  const key = detailsAt(form);
  for (const [values, gesture] of sent)
    page.send({ id: newId(), ...gesture }, { form: form.dataset.form, key, values });
}

export function detailAnswered(form, gesture, { key, values }, answer) {
  const refused = 'refused' in answer;
  const names = Object.keys(values);
  saved(refused ? 'back' : 'saved');
  const kept = parsed(recall(key, '{}'));
  if (!refused) names.forEach((name) => delete kept[name]);
  remember(key, Object.keys(kept).length ? kept : '');
  // A lost connection, or a reload, has closed the dialog meanwhile: it opens again with what was refused.
  const card =
    refused && form && !$('dialog[open]') && $$('[data-values]').find((one) => detailsAt(form, one.dataset) === key);
  if (card) openDetails(form, card, names[0]);
  const dialog = form?.closest('dialog');
  if (!dialog?.open || detailsAt(form) !== key) return refused && toast(answer.refused);
  waitFor(form, Math.max(0, form.waiting - 1));
  if (refused) {
    const name = answer.field ?? names[0];
    tell(form, name, answer.refused, answer.code === 'changed' ? answer : undefined);
    form.elements[name].focus();
    return;
  }
  // What was taken is what one changes next, in this version.
  Object.assign(form.seen, values);
  if (gesture.do === 'edit') form.versions[names[0]] = +gesture.was + 1;
  if (gesture.do === 'draft') [form.dataset.metric, form.versions.metric] = [gesture.id, 1];
  if (!form.waiting && !$('[data-told]:not([hidden])', form) && !$('.said', form).textContent) dialog.close();
}

// Beside a field: why it was refused, and what somebody else put there meanwhile.
function tell(form, name, why = '', theirs) {
  const box = $(`[data-told="${name}"]`, form);
  if (!box) return why && ($('.said', form).textContent = why);
  const field = form.elements[name];
  box.hidden = !why;
  $('span', box).textContent = why;
  for (const part of $$('q, button', box)) part.hidden = !theirs;
  if (!theirs) return;
  [form.seen[name], form.versions[name]] = [theirs.text, theirs.version];
  $('q', box).textContent =
    [...(field.options ?? [])].find(({ value }) => value === theirs.text)?.text ?? decimal(field, theirs.text);
}

export function takeTheirs({ name, form }) {
  form.elements[name].value = decimal(form.elements[name], form.seen[name]);
  tell(form, name);
  keepDetails(form);
}
