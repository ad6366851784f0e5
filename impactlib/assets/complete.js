// "Complete it", in the summary: the first thing that is missing is brought in sight and marked, until something else is.

import { $, $$, unfold } from './page.js';
import { uncover } from './steps.js';

const KEPT = '[data-zone=kept] .card:has([data-do=keep][aria-pressed=true])';
/** Where each thing that may be missing is said, by its name in `missing` of domain/summary.py.
 * @type {Record<string, string>} */
const PLACES = {
  contract: 'form[data-form=contract]',
  learning: 'form[data-form=learning]',
  kept: '[data-zone=kept] .card',
  action: 'form[data-form=action]',
  owner: '[data-zone=actions] .card:has(.gap)',
  due: '[data-zone=actions] .card:has(.gap)',
  status: '.advice:has(.chips):not(:has([data-detail=status][aria-pressed=true]))',
  reason: '.advice:has([data-detail=status][aria-pressed=true]):not(:has(.reason))',
};

/** @param {string} missing */
export function lead(missing) {
  const place = $(PLACES[missing] ?? KEPT);
  if (!place) return;
  uncover(place);
  unfold(place);
  for (const summary of $$('details.later > summary', place)) unfold(summary);
  for (const one of $$('.to-complete')) one.classList.remove('to-complete');
  place.classList.add('to-complete');
  place.scrollIntoView({ block: 'center' });
  ($('.chips button', place) ?? $('textarea, button, input', place))?.focus({ preventScroll: true });
}
