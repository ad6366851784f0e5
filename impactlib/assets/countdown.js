// What a countdown says, from the data that the server gave it, at an instant. Pure, but that hours and
// days are those of the browser's time zone. Instants are in seconds since 1970.

import { hourOf, minutesLeft, two, wholeMinutes } from './time.js';
import { words } from './words.js';

/** How near the end is. */
export const MOODS = /** @type {const} */ ({ soon: 'clock.soon', last: 'clock.last', over: 'clock.over' });

/** The same on the room's screen, and what it says before the hour and in a pause. */
export const SCREEN_MOODS = /** @type {const} */ ({
  calm: 'screen.calm',
  soon: 'screen.soon',
  last: 'screen.last',
  over: 'screen.over',
  paused: 'screen.paused',
});

/** @param {string | undefined} text */
const number = (text) => (text ? +text : 0);
/** @param {string | undefined} text */
const instant = (text) => (text ? +text : null);

/** Where the clock of a countdown stands at an instant: the seconds left of the step, the share of it that is done, how
 * near its end is, and when the hour ends.
 * @type {(data: DOMStringMap, now: number) => { left: number, done: number, mood: '' | 'soon' | 'last' | 'over', end: number }} */
export function measured(data, now) {
  const granted = number(data.granted);
  const [resumed, paused] = [instant(data.resumed), instant(data.paused)];
  const left = granted - number(data.ran) - (resumed === null ? 0 : Math.max(0, now - resumed));
  const share = granted > 0 ? left / granted : 0;
  const mood = left < 0 ? 'over' : share <= 0.05 ? 'last' : share <= 0.2 ? 'soon' : '';
  const end = number(data.ends) + (paused === null ? 0 : now - paused);
  return { left, done: Math.min(1, Math.max(0, 1 - share)), mood, end };
}

/** Before the hour: how long it is until it starts, and when that is.
 * @type {(data: DOMStringMap, now: number, lang: string) => [string, string]} */
export function starting(data, now, lang) {
  const scheduled = instant(data.scheduled);
  if (!scheduled) return [words('clock.before'), ''];
  const wait = scheduled - now;
  const how =
    Math.abs(wait) < 60
      ? words('clock.now')
      : words(wait > 0 ? 'clock.in' : 'clock.late', { time: lasting(Math.abs(wait)) });
  return [how, words(wait > -60 ? 'clock.starts' : 'clock.due', { when: when(scheduled, now, lang) })];
}

/** @param {number} seconds */
function lasting(seconds) {
  const m = wholeMinutes(seconds);
  if (m < 60) return words('clock.minutes', { m });
  return m < 48 * 60
    ? words('clock.hours', { h: Math.floor(m / 60), m: two(m % 60) })
    : words('clock.days', { d: Math.floor(m / 1440) });
}

/** The day and the hour of an instant: today's is its hour alone.
 * @type {(at: number, now: number, lang: string) => string} */
function when(at, now, lang) {
  const h = hourOf(at, lang);
  const days = Math.round((midnight(at) - midnight(now)) / 86400000);
  if (days === 0) return words('clock.at', { h });
  if (days === 1) return words('clock.tomorrow', { h });
  const parts = new Intl.DateTimeFormat(lang, { weekday: 'long', day: 'numeric', month: 'long' }).formatToParts(
    at * 1000,
  );
  const { weekday, day, month } = Object.fromEntries(parts.map(({ type, value }) => [type, value]));
  return words('clock.day', { day: `${weekday} ${lang === 'fr' && day === '1' ? '1er' : day} ${month}`, h });
}
/** @param {number} at */
const midnight = (at) => new Date(at * 1000).setHours(0, 0, 0, 0);

/** The hour's time, and what of it no step asks for, or what is missing: from the same instant as the step's.
 * @type {(data: DOMStringMap, now: number, lang: string) => string} */
export function hourLeft(data, now, lang) {
  const { left, end } = measured(data, now);
  const rest = end - now;
  if (rest < 0) return words('clock.past', { m: Math.ceil(-rest / 60) });
  const free = wholeMinutes(rest - Math.max(0, left) - number(data.asked));
  const m = Math.abs(free);
  const balance = m ? `, ${words(free > 0 ? 'clock.free' : 'clock.missing', { m })}` : '';
  // A page's clock may be a moment behind the server's: that is no minute more.
  const whole = words('clock.hour', { m: Math.ceil(Math.max(0, Math.round(rest) - 1) / 60) });
  return `${whole}${balance} · ${words('clock.until', { h: hourOf(end, lang) })}`;
}

/** What the room's screen says: in large, below it, when the hour ends; and the mood that it is in.
 * @type {(data: DOMStringMap, state: string, now: number, lang: string) => { large: string, below: string, end: string, mood: string }} */
export function screened(data, state, now, lang) {
  const { left, mood, end } = measured(data, now);
  const scheduled = instant(data.scheduled);
  if (state === 'before')
    return scheduled
      ? { large: hourOf(scheduled, lang), below: words('screen.start'), end: '', mood: state }
      : { large: words('screen.before'), below: '', end: '', mood: state };
  if (state === 'ended') return { large: '', below: '', end: '', mood: state };
  const going = state === 'running' ? mood || 'calm' : 'paused';
  return {
    large: minutesLeft(left),
    below: words(SCREEN_MOODS[going]),
    end: `${words('screen.end')} ${hourOf(end, lang)}`,
    mood: going,
  };
}
