// What every script of ours stands on: the page's one state, its words, what the browser keeps, what is said in passing.

/** @import { About, Asked } from './types.d.ts' */
/** @import { Word } from './wire.d.ts' */

import { $, newId, sayOnce, the, words } from './dom.js';

export * from './dom.js';

// One state for all the panes of a page, each of which loads this module by itself in JupyterLab.
globalThis.__impact ??= {
  me: '',
  lang: 'fr',
  store: 'impact:',
  look: null,
  moment: null,
  send: null,
  wired: false,
  picks: {},
  formula: '',
  taken: null,
  subject: null,
  open: '',
  was: null,
  hour: '',
  waiting: new WeakMap(),
  shown: new WeakMap(),
  resting: false,
  // The journal's clock: it said `journal` when the server's said `server`, `offset` seconds from ours.
  journal: 0,
  server: 0,
  offset: 0,
  speed: 1,
};
export const page = globalThis.__impact;

const STAYS = 8000; // ms: "Saved" is read, then makes room; what is not saved stays said
/** @type {ReturnType<typeof setTimeout> | undefined} */
let unsaid;
/** @param {Word | ''} state */
export const saved = (state) => {
  const line = $('[data-saved]');
  if (line) sayOnce(line, state && words(state));
  clearTimeout(unsaid);
  if (state === 'saved.saved') unsaid = setTimeout(() => saved(''), STAYS);
};
/** Whether the browser keeps it, read back; it keeps nothing of what is empty.
 * @type {(key: string, value: unknown) => boolean} */
export const remember = (key, value) => {
  try {
    if (value === '' || value == null) localStorage.removeItem(page.store + key);
    else {
      const kept = typeof value === 'string' ? value : JSON.stringify(value);
      localStorage.setItem(page.store + key, kept);
      return localStorage.getItem(page.store + key) === kept;
    }
    return true;
  } catch {
    return false; // private browsing, or full: the page goes on without
  }
};
/** @type {(key: string, fallback?: string) => string} */
export const recall = (key, fallback = '') => {
  try {
    return localStorage.getItem(page.store + key) ?? fallback;
  } catch {
    return fallback;
  }
};
/** What is kept under a prefix; what cannot be read hides nothing of the rest.
 * @type {(prefix: string) => any[]} */
export const recallAll = (prefix) => {
  try {
    return Object.keys(localStorage)
      .filter((key) => key.startsWith(page.store + prefix))
      .map((key) => parsed(localStorage.getItem(key) ?? ''))
      .filter((one) => one && Object.keys(one).length);
  } catch {
    return [];
  }
};
/** The values that a text is in JSON; none where it is not.
 * @type {(text?: string) => any} */
export const parsed = (text) => {
  try {
    return JSON.parse(text ?? '');
  } catch {
    return {};
  }
};
/** Sends a gesture, by what this page has for it; `about` is what is kept of it until the answer.
 * @type {(asked: Asked, about?: About) => void} */
export const send = (asked, about = {}) => page.send?.({ id: newId(), ...asked }, about);

// What fits a page, or a part of it, to this browser: to who I am, to what I chose, to where I look. Each script adds
// its own, and what changes a page calls `dress`.
/** @type {((root: ParentNode) => void)[]} */
export const fitting = [];
/** @param {ParentNode} root */
export const dress = (root = document) => {
  for (const fits of fitting) fits(root);
};

// ---- said in passing ------------------------------------------------------------------------

const [GLANCE, READ] = [4000, 8000]; // ms
/** @typedef {{ text: string, holds: () => boolean }} News */
/** @type {ReturnType<typeof setTimeout> | undefined} */
let fading;
let since = 0;
let answering = false;
/** @type {News | null} */
let telling = null; // the news on screen
/** @type {News[]} */
let news = []; // those that wait
/** @type {Asked | undefined} */
let undoing; // what the toast offers

// The answer to what I did, at once: news that was hardly read comes again.
/** @type {(text: string, undo?: Asked) => void} */
export function toast(text, undo) {
  if (!$('[data-toast]')) return; // in a notebook
  if (telling && performance.now() - since < GLANCE) news.unshift(telling);
  [answering, telling] = [true, null];
  show(text, READ, undo);
}

// What happens in the room: told once the answer to what I did was read, if it `holds` by then.
/** @type {(text: string, holds?: () => boolean) => void} */
export function announce(text, holds = () => true) {
  if (!$('[data-toast]')) return;
  news.push({ text, holds });
  if (answering) return;
  if (telling?.holds()) fadeIn(GLANCE);
  else next();
}

/** News of a place that the room has left is news no more. */
function keepUp() {
  if (telling && !telling.holds()) next();
}
fitting.push(keepUp);

function next() {
  news = news.filter(({ holds }) => holds());
  [answering, telling] = [false, news.shift() ?? null];
  if (telling) show(telling.text, news.length ? GLANCE : READ);
  else the('[data-toast]').hidden = true;
}

/** @type {(text: string, time: number, undo?: Asked) => void} */
function show(text, time, undo) {
  const box = the('[data-toast]');
  the('span', box).textContent = text;
  the('button', box).hidden = !undo;
  undoing = undo;
  box.hidden = false;
  since = performance.now();
  fadeIn(time);
}

/** Takes back what the toast is about. */
export function undo() {
  the('[data-toast]').hidden = true;
  if (undoing) send(undoing);
}

/** @param {number} time */
function fadeIn(time) {
  clearTimeout(fading);
  fading = setTimeout(() => (the('[data-toast]').contains(document.activeElement) ? fadeIn(READ) : next()), time);
}
