// Times as pages say them. Pure.

/** Whole seconds, away from zero for what has passed and up for what is left.
 * @param {number} seconds */
const whole = (seconds) => Math.abs(seconds < 0 ? Math.floor(seconds) : Math.ceil(seconds));
/** @param {number} n */
export const two = (n) => String(n).padStart(2, '0');

/** What is left of a step; what it has overrun has a plus.
 * @param {number} seconds */
export const minutesLeft = (seconds) =>
  `${seconds < 0 ? '+' : ''}${Math.floor(whole(seconds) / 60)}:${two(whole(seconds) % 60)}`;

/** A moment of a replay in an address, from the beginning of its hour.
 * @param {number} seconds */
export const timeOf = (seconds) => {
  const all = whole(seconds);
  return `${seconds < 0 ? '−' : ''}${two(Math.floor(all / 3600))}:${two(Math.floor(all / 60) % 60)}:${two(all % 60)}`;
};

/** The same, as people read it.
 * @param {number} seconds */
export const saidTime = (seconds) => {
  const all = whole(seconds);
  const [h, m, s] = [Math.floor(all / 3600), Math.floor(all / 60) % 60, all % 60];
  const [hours, minutes] = [h && `${h}\u00a0h`, (h || m || !s) && `${h ? two(m) : m}\u00a0min`];
  const said = [hours, minutes, s && `${minutes ? two(s) : s}\u00a0s`].filter(Boolean).join('\u00a0');
  return `${seconds < 0 ? '−' : ''}${said}`;
};

/** The seconds of the moment that the hash of an address names, or null.
 * @param {string} hash */
export const timeIn = (hash) => {
  const [, minus, h, m, s] = /^#t=([-−]?)(\d+):(\d\d):(\d\d)$/.exec(decodeURIComponent(hash)) ?? [];
  return h === undefined ? null : (minus ? -1 : 1) * (+h * 3600 + +m * 60 + +s);
};

/** Whole minutes, towards zero, as `whole_minutes` in domain/clock.py counts them.
 * @param {number} seconds */
export const wholeMinutes = (seconds) => Math.trunc(Math.round(seconds) / 60);

/** The hour of the day of an instant, in seconds since 1970, by the browser's clocks, as `hour` in domain/formats.py
 * writes it: French typography has an h that Intl has not.
 * @type {(at: number, lang: string) => string} */
export const hourOf = (at, lang) => {
  const when = new Date(at * 1000);
  const [h, m] = [when.getHours(), two(when.getMinutes())];
  return lang === 'fr' ? `${h}\u00a0h${m === '00' ? '' : `\u00a0${m}`}` : `${h}:${m}`;
};

/** A day and its time as fields take them: by the browser's clocks, without a zone.
 * @param {Date} when */
export const isoOf = (when) => new Date(+when - when.getTimezoneOffset() * 60000).toISOString();

/** A month in words, so many months before that of a day.
 * @type {(when: Date, back: number, lang: string) => string} */
export const monthOf = (when, back, lang) =>
  new Intl.DateTimeFormat(lang, { month: 'long', year: 'numeric' }).format(
    new Date(when.getFullYear(), when.getMonth() - back, 1),
  );

/** A day in figures, as `day` in domain/formats.py writes it.
 * @type {(when: Date, lang: string) => string} */
export const dayOf = (when, lang) =>
  lang === 'en' ? isoOf(when).slice(0, 10) : new Intl.DateTimeFormat(lang, { dateStyle: 'short' }).format(when);
