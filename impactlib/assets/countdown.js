// What a countdown says, from the data and the words that the server gave it, at an instant. Pure, but that hours and
// days are those of the browser's time zone. Instants are in seconds since 1970.

/** @import { Worded } from './words.js' */

import { hourOf, minutesLeft, two, wholeMinutes } from './time.js';
import { said, words } from './words.js';

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
 * @type {(time: Worded, now: number, lang: string) => [string, string]} */
export function starting(time, now, lang) {
  const scheduled = instant(time.dataset.scheduled);
  if (!scheduled) return [words(time, 'before'), ''];
  const wait = scheduled - now;
  const how =
    Math.abs(wait) < 60
      ? words(time, 'now')
      : said(time, wait > 0 ? 'in' : 'late', { time: lasting(time, Math.abs(wait)) });
  return [how, said(time, wait > -60 ? 'starts' : 'due', { when: when(time, scheduled, now, lang) })];
}

/** @type {(time: Worded, seconds: number) => string} */
function lasting(time, seconds) {
  const m = wholeMinutes(seconds);
  if (m < 60) return said(time, 'minutes', { m });
  return m < 48 * 60
    ? said(time, 'hours', { h: Math.floor(m / 60), m: two(m % 60) })
    : said(time, 'days', { d: Math.floor(m / 1440) });
}

/** The day and the hour of an instant: today's is its hour alone.
 * @type {(time: Worded, at: number, now: number, lang: string) => string} */
function when(time, at, now, lang) {
  const h = hourOf(at, lang);
  const days = Math.round((midnight(at) - midnight(now)) / 86400000);
  if (days === 0) return said(time, 'at', { h });
  if (days === 1) return said(time, 'tomorrow', { h });
  const parts = new Intl.DateTimeFormat(lang, { weekday: 'long', day: 'numeric', month: 'long' }).formatToParts(
    at * 1000,
  );
  const { weekday, day, month } = Object.fromEntries(parts.map(({ type, value }) => [type, value]));
  return said(time, 'day', { day: `${weekday} ${lang === 'fr' && day === '1' ? '1er' : day} ${month}`, h });
}
/** @param {number} at */
const midnight = (at) => new Date(at * 1000).setHours(0, 0, 0, 0);

/** The hour's time, and what of it no step asks for, or what is missing: from the same instant as the step's.
 * @type {(time: Worded, now: number, lang: string) => string} */
export function hourLeft(time, now, lang) {
  const { left, end } = measured(time.dataset, now);
  const rest = end - now;
  if (rest < 0) return said(time, 'past', { m: Math.ceil(-rest / 60) });
  const free = wholeMinutes(rest - Math.max(0, left) - number(time.dataset.asked));
  const m = Math.abs(free);
  const balance = m ? `, ${said(time, `${free > 0 ? 'free' : 'missing'}${m > 1 ? 's' : ''}`, { m })}` : '';
  const whole = said(time, 'hour', { m: Math.ceil(Math.round(rest) / 60) });
  return `${whole}${balance} · ${said(time, 'until', { h: hourOf(end, lang) })}`;
}

/** What the room's screen says: in large, below it, when the hour ends; and the mood that it is in.
 * @type {(time: Worded, state: string, now: number, lang: string) => { large: string, below: string, end: string, mood: string }} */
export function screened(time, state, now, lang) {
  const { left, mood, end } = measured(time.dataset, now);
  const scheduled = instant(time.dataset.scheduled);
  if (state === 'before')
    return scheduled
      ? { large: hourOf(scheduled, lang), below: words(time, 'start'), end: '', mood: state }
      : { large: words(time, 'before'), below: '', end: '', mood: state };
  if (state === 'ended') return { large: '', below: '', end: '', mood: state };
  const going = state === 'running' ? mood || 'calm' : state;
  return {
    large: minutesLeft(left),
    below: words(time, going),
    end: `${words(time, 'end')} ${hourOf(end, lang)}`,
    mood: going,
  };
}
