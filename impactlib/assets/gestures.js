// Gestures out: a button or a form becomes one; the server's answer comes back to where it was made.

import { $, $$, dress, newId, page, parsed, remember, saved, toast, words } from './page.js';
import { LIMIT, attach, dates, detach, draft, editOf, keptAt, openDialog, typed, unfold, waitFor } from './forms.js';
import { detailAnswered, detailsAt, sendDetails } from './details.js';

const PLAIN = ['do', 'note', 'step', 'person', 'metric', 'value', 'kept', 'round', 'detail', 'was', 'source', 'tied', 'on', 'hidden', 'before', 'other', 'other_was', 'zone', 'metrics'];

export const ASKED = ['note', 'was', 'person', 'metric', 'step', 'other', 'other_was']; // what a dialog keeps of its button
export const picked = (data, names) => Object.fromEntries(names.filter((name) => name in data).map((name) => [name, data[name]]));
const gestureOf = (data) => ({ id: newId(), ...picked(data, PLAIN) });

export function pressed(button) {
  const gesture = gestureOf(button.dataset);
  // The next step's button comes under the pointer that pressed this one's: a double press moves one step.
  if (['start', 'end'].includes(gesture.do)) {
    if (document.body.dataset.resting) return toast(words($('[data-saved]'), 'once'));
    document.body.dataset.resting = 'true';
    setTimeout(() => delete document.body.dataset.resting, 600);
  }
  if (gesture.do === 'open_round' && $('[data-pick]')) {
    gesture.metrics = $$('[data-pick][aria-pressed=true]').map(({ dataset }) => dataset.pick).join(' ');
  }
  // The server empties the reason of a mark when another takes its place, not when it is taken off.
  if (gesture.detail === 'status' && gesture.value && $('[aria-pressed=true]', button.parentNode)) keepReason(button);
  page.send(gesture, { ...picked(button.dataset, ['note', 'step']), undo: button.dataset.undo, done: button.dataset.done });
}

// Another status asks why anew: what was said of the last one waits in the dialog, for whoever only pressed beside.
function keepReason(button) {
  const { note, values } = button.closest('[data-values]').dataset;
  const form = $('form[data-form="reason"]');
  const { reason } = parsed(values);
  if (reason) remember(detailsAt(form, { note }), { reason: { value: reason, was: '' } });
}

export function submitted(form) {
  const said = $('.said', form);
  const text = form.elements.text?.value ?? '';
  const kind = form.dataset.kind ?? '';
  if (form.waiting) return; // the second of two presses
  const blank = !typed(form).some(({ value }) => value.trim());
  if (blank && performance.now() - (form.sentAt ?? -9999) < 1500) return; // the second of two presses
  said.textContent = '';
  if (form.dataset.do === 'details') return sendDetails(form);
  const nothing = form.elements.text ? !text.trim() && kind !== 'answer' : form.matches('.composer') && blank;
  const refusal = text.length >= LIMIT ? 'long' : nothing ? 'empty' : '';
  if (refusal) {
    said.textContent = words($('[data-saved]'), refusal);
    (form.elements.text ?? typed(form)[0]).focus();
    return;
  }
  const values = Object.fromEntries([...new FormData(form)].filter(([, value]) => typeof value === 'string'));
  const gesture = { ...gestureOf(form.dataset), ...values };
  for (const name of ['kind', 'about', 'behalf']) if (form.dataset[name]) gesture[name] = form.dataset[name];
  page.send(gesture, { form: form.dataset.form, text });
  if (form.closest('dialog')) return waitFor(form, 1);
  form.sentAt = performance.now();
  clear(form);
}

function clear(form) {
  // Back to the note that this was about: its form stands further down.
  if (form.dataset.about) $(`[data-id="${form.dataset.about}"]`)?.scrollIntoView({ block: 'nearest' });
  typed(form).forEach((field) => remember(keptAt(field), ''));
  remember(`behalf:${form.dataset.form}`, '');
  form.reset();
  dates(form);
  delete form.dataset.behalf;
  detach(form);
  const anchor = form.closest('[data-anchor]');
  if (anchor) anchor.hidden = true;
  // Who has agreed need not agree again: the fold closes now, not under whatever is pressed next.
  const fold = form.closest('.agree');
  if (fold) {
    fold.open = false;
    $('summary', fold).focus({ preventScroll: true });
  }
  dress(form);
}

// The server's answer to one of my gestures; `about` is what `send` was told of it.
export function answered(gesture, about, answer) {
  if (page.scored?.(gesture, answer)) return;
  const form = about.form && $(`form[data-form="${about.form}"]`);
  if (about.key) return detailAnswered(form, gesture, about, answer);
  const dialog = form?.closest('dialog');
  if (dialog) waitFor(form, 0);
  if (!('refused' in answer)) {
    saved('saved');
    if (gesture.do === 'open_round') page.picks = {};
    if (dialog?.open && !$('.said', form).textContent) dialog.close();
    if (dialog) remember(editOf(gesture.note), '');
    if (about.undo) toast(about.done, { do: about.undo, ...picked(about, ['note', 'step']) });
    return;
  }
  saved(form ? 'back' : 'not');
  // The dialog may have been closed meanwhile, by a reload for one: it opens again with what was refused.
  if (dialog && !dialog.open) openDialog(dialog.dataset.dialog, { set: picked(gesture, ASKED), fill: fieldsOf(form, gesture) });
  if (answer.code === 'changed' && dialog) return conflict(form, answer);
  if (form) {
    if (!dialog) unfold(form);
    $('.said', form).textContent = answer.refused;
    form.dataset.refused = answer.code; // what a form offers only then
    const field = form.elements.text;
    if (field && about.text && !field.value.includes(about.text)) field.value = [about.text, field.value].filter(Boolean).join('\n');
    for (const [name, value] of Object.entries(fieldsOf(form, gesture))) if (name !== 'text') form.elements[name].value = value;
    if (gesture.behalf) form.dataset.behalf = gesture.behalf;
    if (gesture.about) attach(form, gesture.about, '');
    dress(form);
    const anchor = form.closest('[data-anchor]');
    if (anchor) anchor.hidden = false;
    draft(form);
  } else toast(answer.refused);
}

// What a gesture carried of a form's own fields.
const fieldsOf = (form, gesture) => Object.fromEntries([...form.elements].filter(({ name }) => name && gesture[name] != null).map(({ name }) => [name, gesture[name]]));

function conflict(form, answer) {
  const box = $('.conflict', form);
  box.hidden = false;
  $('[data-theirs]', box).textContent = answer.text;
  form.dataset.was = answer.version;
}
