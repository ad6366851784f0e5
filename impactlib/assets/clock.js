// The time left, counted down in the page from the server's clock; a laptop's own, however wrong, moves nothing.

import { $, $$, fitting, page, words } from './page.js';

export const now = () => page.journal + (Date.now() / 1000 + page.offset - page.server) * page.speed;
export const setClock = (journal, server, speed) => Object.assign(page, { journal, server, speed, offset: server - Date.now() / 1000 });

export const sign = (seconds) => {
  const whole = Math.abs(seconds < 0 ? Math.floor(seconds) : Math.ceil(seconds));
  return `${seconds < 0 ? '+' : ''}${Math.floor(whole / 60)}:${two(whole % 60)}`;
};
const two = (number) => String(number).padStart(2, '0');
const local = (at, options) => new Intl.DateTimeFormat(page.lang, options).formatToParts(at * 1000).reduce((parts, { type, value }) => ({ ...parts, [type]: value }), {});
export const hour = (at) => {
  const when = new Date(at * 1000);
  const [h, m] = [when.getHours(), two(when.getMinutes())];
  return page.lang === 'fr' ? `${h}\u00a0h${m === '00' ? '' : `\u00a0${m}`}` : `${h}:${m}`;
};
const midnight = (at) => new Date(at * 1000).setHours(0, 0, 0, 0);
const said = (time, name, facts) => Object.entries(facts).reduce((text, [fact, value]) => text.replace(`{${fact}}`, value), words(time, name));

// Whole minutes, towards zero, as `whole_minutes` in domain/clock.py counts them.
const wholeMinutes = (seconds) => Math.trunc(Math.round(seconds) / 60);

// The day and the hour of an instant: today's is its hour alone.
function when(time, at) {
  const days = Math.round((midnight(at) - midnight(now())) / 86400000);
  const h = hour(at);
  if (days === 0) return said(time, 'at', { h });
  if (days === 1) return said(time, 'tomorrow', { h });
  const { weekday, day, month } = local(at, { weekday: 'long', day: 'numeric', month: 'long' });
  return said(time, 'day', { day: `${weekday} ${page.lang === 'fr' && day === '1' ? '1er' : day} ${month}`, h });
}

function lasting(time, seconds) {
  const m = wholeMinutes(seconds);
  if (m < 60) return said(time, 'minutes', { m });
  return m < 48 * 60 ? said(time, 'hours', { h: Math.floor(m / 60), m: two(m % 60) }) : said(time, 'days', { d: Math.floor(m / 1440) });
}

// Before the hour: when it starts, and how long that is from now.
function starting(time, scheduled) {
  if (!scheduled) return [words(time, 'before'), ''];
  const wait = scheduled - now();
  const how = Math.abs(wait) < 60 ? words(time, 'now') : said(time, wait > 0 ? 'in' : 'late', { time: lasting(time, Math.abs(wait)) });
  return [how, said(time, wait > -60 ? 'starts' : 'due', { when: when(time, scheduled) })];
}

// The hour's time, and what of it no step asks for, or what is missing: from the same instant as the step's.
function hourLeft(time, left) {
  const { ends, paused, asked } = time.dataset;
  const at = now();
  const end = +ends + (paused ? at - paused : 0);
  const rest = end - at;
  const free = wholeMinutes(rest - Math.max(0, left) - asked);
  const balance = free && said(time, `${free > 0 ? 'free' : 'missing'}${Math.abs(free) > 1 ? 's' : ''}`, { m: Math.abs(free) });
  if (rest < 0) return said(time, 'past', { m: Math.ceil(-rest / 60) });
  return [`${said(time, 'hour', { m: Math.ceil(Math.round(rest) / 60) })}${balance ? `, ${balance}` : ''}`, said(time, 'until', { h: hour(end) })].join(' · ');
}

// What a countdown's data say now: the seconds left, the share that is done, how near the end is, and when the hour ends.
export function measured({ granted, ran, resumed, paused, ends }) {
  const left = granted - ran - (resumed ? Math.max(0, now() - resumed) : 0);
  const share = granted > 0 ? left / granted : 0;
  const mood = left < 0 ? 'over' : share <= 0.05 ? 'last' : share <= 0.2 ? 'soon' : '';
  return { left, done: Math.min(1, Math.max(0, 1 - share)), mood, end: +ends + (paused ? now() - paused : 0) };
}

let leftBefore = 0;
let stepBefore = '';
export function tick() {
  const time = $('.time');
  const bar = $('.bar');
  if (!time || !bar) return;
  const { paused, scheduled } = time.dataset;
  const state = bar.dataset.state;
  const [big, of, whole, say] = [$('b', time), $('.of', time), $('.hour', time), $('[data-say]', time)];
  if (state === 'ended' || state === 'before') {
    [big.textContent, whole.textContent] = state === 'ended' ? [words(time, 'ended'), ''] : starting(time, +scheduled);
    of.textContent = '';
    time.className = 'time still';
    return;
  }
  const { left, done, mood } = measured(time.dataset);
  big.textContent = sign(left);
  of.textContent = mood && !paused ? said(time, 'step', { said: words(time, mood) }) : words(time, 'calm');
  whole.textContent = hourLeft(time, left);
  if (!time.classList.contains(mood || 'calm')) {
    time.className = `time ${mood || 'calm'}`;
    say.textContent = paused ? words(time, 'paused') : mood ? words(time, mood) : '';
  }
  $('.steps [aria-current] b')?.style.setProperty('width', `${done * 100}%`);
  const step = bar.dataset.step;
  // Not "just after zero": a page in the background ticks once a minute.
  if (left <= 0 && leftBefore > 0 && stepBefore === step) ring();
  [leftBefore, stepBefore] = [left, step];
}

function ring() {
  if (!$('[data-sound]')?.checked) return;
  const audio = new AudioContext();
  const [tone, volume] = [audio.createOscillator(), audio.createGain()];
  tone.frequency.value = 660;
  volume.gain.setValueAtTime(0.15, audio.currentTime);
  volume.gain.exponentialRampToValueAtTime(0.001, audio.currentTime + 1.2);
  tone.connect(volume).connect(audio.destination);
  tone.start();
  tone.stop(audio.currentTime + 1.2);
}

// Each step as wide as its minutes; `--at` is how far along the track its title stands on a phone, 0 first, 1 last.
function track() {
  const steps = $$('.steps li[data-m]');
  const minutes = steps.map(({ dataset }) => Number(dataset.m));
  const whole = minutes.reduce((sum, more) => sum + more, 0);
  let before = 0;
  steps.forEach(({ style }, i) => {
    style.setProperty('--m', minutes[i]);
    style.setProperty('--at', before / (whole - minutes[i] || 1));
    before += minutes[i];
  });
}

fitting.push(track, tick);
