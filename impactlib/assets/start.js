// When the workshop begins: set by the clocks of this browser, whose time zone goes along. And where the next step's button is.

import { openDialog } from './forms.js';
import { now } from './clock.js';

const HOUR = 3600;

// An instant as a field of day and time has it: by this browser's clocks, without a zone.
const fieldOf = (at) => {
  const when = new Date(at * 1000);
  return new Date(when - when.getTimezoneOffset() * 60000).toISOString().slice(0, 16);
};

export function openStart(button) {
  const starts = fieldOf(+button.dataset.starts || Math.ceil(now() / HOUR) * HOUR);
  openDialog('schedule', { set: { zone: Intl.DateTimeFormat().resolvedOptions().timeZone ?? '' }, fill: { starts } });
}

// The next step's button stands in the foot only while the band that has it is out of sight.
export function watchBand(band) {
  if (band) new IntersectionObserver(([{ isIntersecting }]) => document.body.classList.toggle('band-seen', isIntersecting), { rootMargin: '-120px 0px 0px' }).observe(band);
}
