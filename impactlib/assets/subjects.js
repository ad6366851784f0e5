// Hypotheses and metrics are a list of which one is open, each person's own; the form for advice stands under that one.

/** @import { El, Form } from './types.d.ts' */

import { $, $$, dress, fitting, focused, moveTo, origin, page, recall, remember, the, unfold, words } from './page.js';
import { draft, draftOf, takeUp } from './forms.js';

/** @param {string} note */
const named = (note) => $$('details[data-subject]').find(({ dataset }) => dataset.subject === note);

// The one that I opened; as long as I opened or closed none, or where that one is not in sight, the first.
function chosen() {
  page.subject ??= recall('subject') || null;
  if (page.subject === '') return null;
  const mine = page.subject && named(page.subject);
  if (mine && inSight(mine)) return mine;
  return $$('details[data-subject]').find(inSight) ?? named(page.open) ?? null;
}

/** @param {El} subject */
const inSight = (subject) => subject.closest('.card')?.checkVisibility();

// Where there is no hypothesis yet, the forms that make one and the list of metrics stand open; that is decided when they
// come in sight, not when the page does: in the lobby most teams have written nothing. What was begun stays in sight.
let begun = false;
function begin() {
  const list = $('[data-zone=hypotheses]');
  if (begun || !list) return;
  begun = list.checkVisibility();
  const first = !$(':scope > .fragment', list);
  for (const fold of $$('details[data-at-first]')) fold.open = first || $$('textarea', fold).some(({ value }) => value);
}

// In a step about metrics alone, their list is what one came for.
function unfoldMetrics() {
  const measures = $('details.measures');
  if (measures?.checkVisibility() && !$('[data-zone=hypotheses]')?.checkVisibility()) measures.open = true;
}

function settle() {
  begin();
  unfoldMetrics();
  const subject = chosen();
  page.open = subject?.dataset.subject ?? '';
  for (const one of $$('details[data-subject]')) if (one.open !== (one === subject)) one.open = one === subject;
  place(subject);
}

// The form comes after the fragment of the subject that is open, not into it: a patch of the card leaves alone what
// somebody types.
/** @param {El<HTMLDetailsElement> | null} subject */
function place(subject) {
  const adviser = $('.adviser');
  if (!adviser) return;
  const form = the('form', adviser);
  const fragment = subject?.closest('.fragment');
  if (!subject || !fragment) {
    leave(form);
    the('[data-adviser-home]').append(adviser);
    adviser.hidden = true;
    return;
  }
  const { subject: about, kind } = subject.dataset;
  if (form.dataset.about !== about) {
    leave(form);
    form.dataset.about = about;
    takeUp(form);
    const label = the('label', form);
    label.textContent = words(kind === 'metric' ? 'page.advise_metric' : 'page.advise_hypothesis');
    dress(form);
  }
  adviser.hidden = false;
  if (fragment.nextElementSibling === adviser) return;
  const at = focused();
  if (fragment.parentElement) moveTo(fragment.parentElement, adviser, fragment.nextSibling);
  if (adviser.contains(at)) at?.focus({ preventScroll: true }); // the card was moved while somebody typed
}

// What was begun on a subject that somebody has withdrawn is not lost: it becomes free advice.
/** @param {Form} form */
function leave(form) {
  const { about } = form.dataset;
  const text = form.elements.text.value.trim();
  the('.said', form).textContent = '';
  if (about && text && !named(about)) {
    const free = the('form[data-form="recommendation"]');
    free.elements.text.value = [free.elements.text.value.trim(), text].filter(Boolean).join('\n');
    draft(free);
    unfold(free);
    remember(draftOf(form), '');
    if (form.contains(focused())) free.elements.text.focus();
  }
  delete form.dataset.about;
  delete form.dataset.behalf;
  form.elements.text.value = '';
}

/** The form that takes back advice which was refused: that of its subject or, where this one cannot be opened, the free one.
 * @param {string} note */
export function adviceForm(note) {
  if (named(note)) page.subject = note;
  settle();
  return the(`form[data-form="${page.open === note ? 'advice' : 'recommendation'}"]`);
}

export function watchSubjects() {
  // A toggle does not bubble. What the page itself opens or closes is no choice.
  document.addEventListener(
    'toggle',
    (event) => {
      const open = $('details[data-subject][open]')?.dataset.subject ?? '';
      if (!('subject' in origin(event).dataset) || open === page.open) return;
      page.subject = open;
      remember('subject', page.subject);
      dress();
    },
    true,
  );
}

fitting.push(settle);
