// Gestures out: a button or a form becomes one; the server's answer comes back to where it was made.

/** @import { About, Answer, Asked, El, Form, Gesture, Refused } from './types.d.ts' */
/** @import { FieldName } from './wire.d.ts' */

import { $, $$, dress, newId, page, parsed, remember, saved, send, the, toast, unfold, words } from './page.js';
import { editOf } from './drafts.js';
import {
  LIMIT,
  attach,
  behalfAt,
  dates,
  detach,
  draft,
  fieldsIn,
  forgive,
  keptAt,
  openDialog,
  refuse,
  typed,
  waitFor,
  waiting,
} from './forms.js';
import { adviceForm } from './subjects.js';
import { figureAnswered, ofMonth, sendFigures } from './figures.js';
import { sendPoint } from './points.js';
import { detailAnswered, draftOfDetails, sendDetails } from './details.js';

/** The fields of a gesture that a button or a form has among its data.
 * @type {('do' | FieldName)[]} */
const PLAIN = [
  'do',
  'note',
  'step',
  'person',
  'browser',
  'metric',
  'value',
  'kept',
  'round',
  'detail',
  'was',
  'source',
  'tied',
  'on',
  'hidden',
  'before',
  'other',
  'other_was',
  'zone',
  'metrics',
  'words',
];

/** @type {FieldName[]} */
const UNDONE = ['note', 'step', 'person', 'words']; // what the gesture that undoes another has of it
/** @type {FieldName[]} */
export const ASKED = ['note', 'was', 'person', 'metric', 'step', 'other', 'other_was']; // what a dialog keeps of its button
/** @type {(data: Record<string, any>, names: string[]) => Record<string, string>} */
export const picked = (data, names) =>
  Object.fromEntries(names.filter((name) => name in data).map((name) => [name, data[name]]));
/** What the templates wrote: the server checks it.
 * @type {(data: Record<string, string>, more?: Record<string, string>) => Gesture} */
const gestureOf = (data, more) => /** @type {any} */ ({ id: newId(), ...picked(data, PLAIN), ...more });

/** @param {El} button */
export function pressed(button) {
  const gesture = gestureOf(button.dataset);
  // The next step's button comes under the pointer that pressed this one's: a double press moves one step.
  if (['start', 'end'].includes(gesture.do)) {
    if (document.body.dataset.resting) return toast(words('unsent.once'));
    document.body.dataset.resting = 'true';
    setTimeout(() => delete document.body.dataset.resting, 600);
  }
  if (gesture.do === 'open_round' && $('[data-pick]')) {
    gesture.metrics = $$('[data-pick][aria-pressed=true]')
      .map(({ dataset }) => dataset.pick)
      .join(' ');
  }
  // The server empties the reason of a mark when another takes its place, not when it is taken off.
  if (gesture.do === 'detail' && gesture.detail === 'status' && gesture.value)
    if ($('[aria-pressed=true]', button.parentNode)) keepReason(button);
  send(gesture, {
    ...picked(button.dataset, UNDONE),
    undo: button.dataset.undo,
    done: button.dataset.done,
  });
}

// Another status asks why anew: what was said of the last one waits in the dialog, for whoever only pressed beside.
/** @param {El} button */
function keepReason(button) {
  const { note, values } = button.closest('[data-values]')?.dataset ?? {};
  const form = the('form[data-form="reason"]');
  const { reason } = parsed(values);
  if (reason) remember(draftOfDetails(form, { note }), { reason: { value: reason, was: '' } });
}

/** When a form that stays open was last sent.
 * @type {WeakMap<Form, number>} */
const sentAt = new WeakMap();

/** @param {Form} form */
export function submitted(form) {
  const text = form.elements.text?.value ?? '';
  const kind = form.dataset.kind ?? '';
  if (waiting(form)) return; // the second of two presses
  const blank = !typed(form).some(({ value }) => value.trim());
  if (blank && performance.now() - (sentAt.get(form) ?? -9999) < 1500) return; // the second of two presses
  forgive(form);
  if (form.dataset.do === 'details') return sendDetails(form);
  if (form.dataset.do === 'point') return sendPoint(form);
  if (form.dataset.do === 'readings') return sendFigures(form);
  const nothing = form.elements.text ? !text.trim() && kind !== 'answer' : form.matches('.composer') && blank;
  const refusal = text.length >= LIMIT ? 'unsent.long' : nothing ? 'unsent.empty' : '';
  if (refusal) return refuse(form, words(refusal)).focus();
  const values = Object.fromEntries([...new FormData(form)].filter(([, value]) => typeof value === 'string'));
  const set = ['kind', 'about', 'behalf'].filter((name) => form.dataset[name]);
  send(gestureOf(form.dataset, { .../** @type {any} */ (values), ...picked(form.dataset, set) }), {
    form: form.dataset.form,
    text,
  });
  if (form.closest('dialog')) return waitFor(form, 1);
  sentAt.set(form, performance.now());
  clear(form);
}

/** @param {Form} form */
function clear(form) {
  // Back to the note that this was about: its form stands further down.
  if (form.dataset.about) $(`[data-id="${form.dataset.about}"]`)?.scrollIntoView({ block: 'nearest' });
  for (const field of typed(form)) remember(keptAt(form, field), '');
  remember(behalfAt(form), '');
  form.reset();
  dates(form);
  delete form.dataset.behalf;
  detach(form);
  const anchor = form.closest('[data-anchor]');
  if (anchor) anchor.hidden = true;
  // Who has agreed need not agree again: the fold closes now, not under whatever is pressed next.
  const fold = form.closest('details.agree');
  if (fold) {
    fold.open = false;
    the('summary', fold).focus({ preventScroll: true });
  }
  dress(form);
}

// The server's answer to one of my gestures; `about` is what `send` was told of it.
/** @type {(gesture: Gesture, about: About, answer: Answer) => void} */
export function answered(gesture, about, answer) {
  const ballot = $('impact-ballot');
  if (ballot && (gesture.do === 'score' || gesture.do === 'abstain')) return ballot.answered(gesture, answer);
  if (about.form && ofMonth(about.form)) return figureAnswered(about.form, gesture, answer);
  const carried = /** @type {Record<string, string | undefined>} */ (/** @type {unknown} */ (gesture));
  let form = about.form ? $(`form[data-form="${about.form}"]`) : null;
  const { key, values } = about;
  if (key && values) return detailAnswered(form, gesture, { key, values }, answer);
  const dialog = form?.closest('dialog');
  if (form && dialog) waitFor(form, 0);
  if (!('refused' in answer)) {
    saved(page.unkept ? 'saved.heard' : 'saved.saved');
    if (gesture.do === 'open_round') page.picks = {};
    if (form && dialog?.open && !the('.said', form).textContent) dialog.close();
    if (dialog) remember(editOf(carried.note), '');
    if (about.undo) toast(about.done ?? '', gestureOf({ do: about.undo, ...picked(about, UNDONE) }));
    return;
  }
  if (about.form === 'advice') form = adviceForm(carried.about ?? '');
  // What the toast explains the line of the foot does not say again, with less: it would frighten, and stay.
  saved(form ? 'saved.back' : '');
  // The dialog may have been closed meanwhile, by a reload for one: it opens again with what was refused.
  if (form && dialog && !dialog.open)
    openDialog(dialog.dataset.dialog, { set: picked(gesture, ASKED), fill: fieldsOf(form, carried) });
  if (form && answer.code === 'changed' && dialog) return conflict(form, answer);
  if (form) {
    if (!dialog) unfold(form);
    refuse(form, answer.refused, answer.field);
    form.dataset.refused = answer.code; // what a form offers only then
    const field = form.elements.text;
    if (field && about.text && !field.value.includes(about.text))
      field.value = [about.text, field.value].filter(Boolean).join('\n');
    for (const [name, value] of Object.entries(fieldsOf(form, carried)))
      if (name !== 'text') form.elements[name].value = value;
    if (carried.behalf) form.dataset.behalf = carried.behalf;
    if (carried.about) attach(form, carried.about, '');
    dress(form);
    const anchor = form.closest('[data-anchor]');
    if (anchor) anchor.hidden = false;
    draft(form);
  } else toast(answer.refused);
}

// What a gesture carried of a form's own fields.
/** @type {(form: Form, carried: Record<string, string | undefined>) => Record<string, string>} */
const fieldsOf = (form, carried) =>
  Object.fromEntries(fieldsIn(form).flatMap(({ name }) => (carried[name] == null ? [] : [[name, carried[name]]])));

/** @type {(form: Form, answer: Refused) => void} */
function conflict(form, answer) {
  const box = the('.conflict', form);
  box.hidden = false;
  the('[data-theirs]', box).textContent = answer.text ?? '';
  form.dataset.was = String(answer.version);
}
