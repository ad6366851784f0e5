// The time left, counted down in the page from the server's clock; a laptop's own, however wrong, moves nothing.

import { $, $$, fitting, page, the, words } from './page.js';
import { hourOf, leftOf, minutesLeft, moodOf } from './time.js';

export const now = () => page.journal + (Date.now() / 1000 + page.offset - page.server) * page.speed;
/** @type {(journal: number, server: number, speed: number) => void} */
export const setClock = (journal, server, speed) => {
  Object.assign(page, { journal, server, speed, offset: server - Date.now() / 1000 });
};

let leftBefore = 0;
let stepBefore = '';
export function tick() {
  const time = $('.time');
  const bar = $('.bar');
  if (!time || !bar) return;
  const { scheduled } = time.dataset;
  const [granted, ran, resumed, paused, ends] = ['granted', 'ran', 'resumed', 'paused', 'ends'].map(
    (name) => +(time.dataset[name] ?? 0),
  );
  const state = bar.dataset.state;
  const [big, small, say] = [the('b', time), the('small', time), the('[data-say]', time)];
  if (state === 'ended' || state === 'before') {
    big.textContent = state === 'ended' ? '0:00' : '–';
    small.textContent =
      state === 'ended'
        ? words(time, 'ended')
        : scheduled
          ? `${words(time, 'start')} ${hourOf(+scheduled, page.lang)}`
          : words(time, 'before');
    time.className = 'time';
    return;
  }
  const left = leftOf({ granted, ran, resumed }, now());
  const mood = moodOf(left, granted);
  const end = ends + (paused ? now() - paused : 0);
  big.textContent = minutesLeft(left);
  small.textContent = [
    paused ? words(time, 'paused') : mood && words(time, mood),
    `${words(time, 'end')} ${hourOf(end, page.lang)}`,
  ]
    .filter(Boolean)
    .join(' · ');
  if (!time.classList.contains(mood || 'calm')) {
    time.className = `time ${mood || 'calm'}`;
    say.textContent = mood ? words(time, mood) : '';
  }
  const done = Math.min(1, Math.max(0, granted > 0 ? 1 - left / granted : 1));
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
    style.setProperty('--m', String(minutes[i]));
    style.setProperty('--at', String(before / (whole - minutes[i] || 1)));
    before += minutes[i];
  });
}

fitting.push(track, tick);
