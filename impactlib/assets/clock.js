// The time left, counted down in the page from the server's clock; a laptop's own, however wrong, moves nothing.

import { $, $$, fitting, page, words } from './page.js';

export const now = () => page.journal + (Date.now() / 1000 + page.offset - page.server) * page.speed;
export const setClock = (journal, server, speed) => Object.assign(page, { journal, server, speed, offset: server - Date.now() / 1000 });

export const sign = (seconds) => {
  const whole = Math.abs(seconds < 0 ? Math.floor(seconds) : Math.ceil(seconds));
  return `${seconds < 0 ? '+' : ''}${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, '0')}`;
};
export const hour = (at) => {
  const [h, m] = new Intl.DateTimeFormat('fr', { hour: '2-digit', minute: '2-digit' }).format(at * 1000).split(':');
  return page.lang === 'fr' ? `${+h} h ${m}` : `${+h}:${m}`;
};

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
  const [big, small, say] = [$('b', time), $('small', time), $('[data-say]', time)];
  if (state === 'ended' || state === 'before') {
    big.textContent = state === 'ended' ? '0:00' : '–';
    small.textContent = state === 'ended' ? words(time, 'ended') : scheduled ? `${words(time, 'start')} ${hour(+scheduled)}` : words(time, 'before');
    time.className = 'time';
    return;
  }
  const { left, done, mood, end } = measured(time.dataset);
  big.textContent = sign(left);
  small.textContent = [paused ? words(time, 'paused') : mood && words(time, mood), `${words(time, 'end')} ${hour(end)}`].filter(Boolean).join(' · ');
  if (!time.classList.contains(mood || 'calm')) {
    time.className = `time ${mood || 'calm'}`;
    say.textContent = mood ? words(time, mood) : '';
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
