// The time left, counted down in the page from the server's clock; a laptop's own, however wrong, moves nothing.

import { $, $$, fitting, page, sayOnce, the, words } from './page.js';
import { MOODS, hourLeft, measured, starting } from './countdown.js';
import { minutesLeft } from './time.js';

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
  const { paused } = time.dataset;
  const { state, step } = bar.dataset;
  const [big, of, whole, say] = [the('.left', time), the('.of', time), the('.hour', time), the('[data-say]', time)];
  if (state === 'ended' || state === 'before') {
    [big.textContent, whole.textContent] =
      state === 'ended' ? [words('clock.ended'), ''] : starting(time.dataset, now(), page.lang);
    of.textContent = '';
    time.className = 'time still';
    return;
  }
  const { left, done, mood } = measured(time.dataset, now());
  big.textContent = minutesLeft(left);
  const told = mood && [words(MOODS[mood]), mood === 'over' && time.dataset.from].filter(Boolean).join(', ');
  of.textContent = told && !paused ? words('clock.step', { said: told }) : words('clock.calm');
  whole.textContent = hourLeft(time.dataset, now(), page.lang);
  if (!time.classList.contains(mood || 'calm')) {
    time.className = `time ${mood || 'calm'}`;
    sayOnce(say, paused ? words('clock.paused') : told || '');
  }
  fill(done);
  // Not "just after zero": a page in the background ticks once a minute.
  if (left <= 0 && leftBefore > 0 && stepBefore === step) ring();
  [leftBefore, stepBefore] = [left, step];
}

/** The current step on the track, filled by the share of it that is done.
 * @param {number} done */
export const fill = (done) => $('.steps [aria-current] .fill > span')?.style.setProperty('width', `${done * 100}%`);

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
