// When the workshop begins: set by the clocks of this browser, whose time zone goes along. And where the next step's button is.

/** @import { El } from './types.d.ts' */

import { openDialog } from './forms.js';
import { now } from './clock.js';
import { isoOf } from './time.js';

const HOUR = 3600;

/** @param {El} button */
export function openStart(button) {
  const starts = isoOf(new Date((+button.dataset.starts || Math.ceil(now() / HOUR) * HOUR) * 1000)).slice(0, 16);
  openDialog('schedule', {
    set: { zone: Intl.DateTimeFormat().resolvedOptions().timeZone ?? '' },
    fill: { starts },
  });
}

/** The next step's button stands in the foot only while the band that has it is out of sight.
 * @param {HTMLElement | null} band */
export function watchBand(band) {
  if (!band) return;
  new IntersectionObserver(([{ isIntersecting }]) => document.body.classList.toggle('band-seen', isIntersecting), {
    rootMargin: '-120px 0px 0px',
  }).observe(band);
}
