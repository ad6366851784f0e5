// The time left, counted down in the page from the server's clock; a laptop's own, however wrong, moves nothing.

import { $, $$, fitting, page, sayOnce, words } from './page.js';
import { MOODS, hourLeft, measured, starting } from './countdown.js';
import { minutesLeft } from './time.js';
import { define } from './elements.js';

const BEAT = 500; // ms between two looks at the time

export const now = () => page.journal + (Date.now() / 1000 + page.offset - page.server) * page.speed;
/** @type {(journal: number, server: number, speed: number) => void} */
export const setClock = (journal, server, speed) => {
  Object.assign(page, { journal, server, speed, offset: server - Date.now() / 1000 });
};

/** What counts down, for as long as it is in a page: it looks at the time by itself, and says it by `tell`. A patch changes
 * its data alone; what is inside is its own. */
export class Countdown extends HTMLElement {
  /** @type {ReturnType<typeof setInterval> | undefined} */
  #beating;

  connectedCallback() {
    if (!this.firstChild) this.append(...this.parts());
    this.#beating = setInterval(this.look, BEAT);
    document.addEventListener('visibilitychange', this.look); // a browser back from sleep has an old clock
    this.look();
  }

  disconnectedCallback() {
    clearInterval(this.#beating);
    document.removeEventListener('visibilitychange', this.look);
  }

  /** @returns {HTMLElement[]} */
  parts() {
    return [];
  }

  /** Nothing is told before the page knows the server's time. */
  look = () => {
    if (page.server) this.tell();
  };

  tell() {}
}

/** An element with its class and attributes.
 * @type {(tag: string, className: string, attributes?: Record<string, string>) => HTMLElement} */
const part = (tag, className, attributes = {}) => {
  const made = Object.assign(document.createElement(tag), { className });
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  return made;
};

/** What is left, in figures, and the line by which it is heard when its mood changes. */
export const figures = () =>
  part('span', 'left', { role: 'timer', 'aria-live': 'off', 'aria-label': words('clock.label') });
export const heard = () => part('span', 'sr', { role: 'status', 'aria-live': 'polite' });

/** A page's clock: the step's time, how near its end is, and the hour's. */
class Clock extends Countdown {
  #before = { left: 0, step: '' };

  parts() {
    const paused = Object.assign(document.createElement('strong'), { textContent: words('screen.paused') });
    return [part('small', 'of'), paused, figures(), part('small', 'hour'), heard()];
  }

  tell() {
    const { paused, state, step = '', from } = this.dataset;
    const [of, still, big, whole, say] = /** @type {HTMLCollectionOf<HTMLElement>} */ (this.children);
    still.hidden = state !== 'paused';
    if (state === 'ended' || state === 'before') {
      [big.textContent, whole.textContent] =
        state === 'ended' ? [words('clock.ended'), ''] : starting(this.dataset, now(), page.lang);
      of.textContent = '';
      this.className = 'time still';
      return;
    }
    const { left, done, mood } = measured(this.dataset, now());
    big.textContent = minutesLeft(left);
    const told = mood && [words(MOODS[mood]), mood === 'over' && from].filter(Boolean).join(', ');
    of.textContent = told && !paused ? words('clock.step', { said: told }) : words('clock.calm');
    whole.textContent = hourLeft(this.dataset, now(), page.lang);
    if (!this.classList.contains(mood || 'calm')) {
      this.className = `time ${mood || 'calm'}`;
      sayOnce(say, paused ? words('clock.paused') : told || '');
    }
    fill(done);
    // Not "just after zero": a page in the background ticks once a minute.
    if (left <= 0 && this.#before.left > 0 && this.#before.step === step) ring();
    this.#before = { left, step };
  }
}
/** All the clocks of the page say what is left by what it has just become. */
export const tick = () => {
  for (const clock of $$('impact-clock, impact-countdown')) clock.look();
};

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
define('impact-clock', Clock); // those of the page begin at once: all that they need stands above
