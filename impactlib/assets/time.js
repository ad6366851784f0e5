// Times as pages say them. Pure.

/** Whole seconds, away from zero for what has passed and up for what is left.
 * @param {number} seconds */
const whole = (seconds) => Math.abs(seconds < 0 ? Math.floor(seconds) : Math.ceil(seconds));
/** @param {number} n */
const two = (n) => String(n).padStart(2, '0');

/** What is left of a step; what it has overrun has a plus.
 * @param {number} seconds */
export const minutesLeft = (seconds) =>
  `${seconds < 0 ? '+' : ''}${Math.floor(whole(seconds) / 60)}:${two(whole(seconds) % 60)}`;

/** A moment of a replay, from the beginning of its hour.
 * @param {number} seconds */
export const timeOf = (seconds) => {
  const all = whole(seconds);
  return `${seconds < 0 ? '−' : ''}${two(Math.floor(all / 3600))}:${two(Math.floor(all / 60) % 60)}:${two(all % 60)}`;
};

/** The seconds of the moment that the hash of an address names, or null.
 * @param {string} hash */
export const timeIn = (hash) => {
  const [, minus, h, m, s] = /^#t=([-−]?)(\d+):(\d\d):(\d\d)$/.exec(decodeURIComponent(hash)) ?? [];
  return h === undefined ? null : (minus ? -1 : 1) * (+h * 3600 + +m * 60 + +s);
};

/** The hour of the day of a moment, in seconds since 1970.
 * @type {(at: number, lang: string, timeZone?: string) => string} */
export const hourOf = (at, lang, timeZone) => {
  const [h, m] = new Intl.DateTimeFormat('fr', { hour: '2-digit', minute: '2-digit', timeZone })
    .format(at * 1000)
    .split(':');
  return lang === 'fr' ? `${+h} h ${m}` : `${+h}:${m}`;
};

/** What is left of the time that a step was granted, when it has run since `resumed`.
 * @type {(step: { granted: number, ran: number, resumed: number }, now: number) => number} */
export const leftOf = ({ granted, ran, resumed }, now) => granted - ran - (resumed ? Math.max(0, now - resumed) : 0);

/** How pressing that is.
 * @type {(left: number, granted: number) => '' | 'soon' | 'last' | 'over'} */
export const moodOf = (left, granted) => {
  const share = granted > 0 ? left / granted : 0;
  return left < 0 ? 'over' : share <= 0.05 ? 'last' : share <= 0.2 ? 'soon' : '';
};
