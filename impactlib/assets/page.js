// What every script of ours stands on: the page's one state, its words, what the browser keeps, what is said in passing.

export const $ = (selector, root = document) => root.querySelector(selector);
export const $$ = (selector, root = document) => [...root.querySelectorAll(selector)];

// One state for all the panes of a page, each of which loads this module by itself in JupyterLab.
export const page = (globalThis.__impact ??= {
  me: '', lang: 'fr', store: 'impact:', look: null, moment: null, send: null, wired: false, picks: {}, formula: '', taken: null, scored: null, was: null, hour: '', resting: false,
  // The journal's clock: it said `journal` when the server's said `server`, `offset` seconds from ours.
  journal: 0, server: 0, offset: 0, speed: 1,
});

export const words = (element, name) => element?.dataset['w' + name[0].toUpperCase() + name.slice(1)] ?? '';
export const saved = (state) => {
  const line = $('[data-saved]');
  if (line) line.textContent = state && words(line, state);
};
export const remember = (key, value) => {
  try {
    if (value === '' || value == null) localStorage.removeItem(page.store + key);
    else localStorage.setItem(page.store + key, typeof value === 'string' ? value : JSON.stringify(value));
    return true;
  } catch { return false; } // private browsing, or full: the page goes on without
};
export const recall = (key, fallback = '') => {
  try { return localStorage.getItem(page.store + key) ?? fallback; } catch { return fallback; }
};
export const recallAll = (prefix) => {
  try {
    return Object.keys(localStorage).filter((key) => key.startsWith(page.store + prefix)).map((key) => JSON.parse(localStorage.getItem(key)));
  } catch { return []; }
};
export const parsed = (text) => { try { return JSON.parse(text); } catch { return {}; } };
// Not crypto.randomUUID: a workshop on a local network is often served in plain http.
export const newId = () => [...crypto.getRandomValues(new Uint8Array(16))].map((b) => b.toString(16).padStart(2, '0')).join('');

// What fits a page, or a part of it, to this browser: to who I am, to what I chose, to where I look. Each script adds
// its own, and what changes a page calls `dress`.
export const fitting = [];
export const dress = (root = document) => fitting.forEach((fit) => fit(root));

// ---- said in passing ------------------------------------------------------------------------

const [GLANCE, READ] = [4000, 8000]; // ms
let fading;
let since = 0;
let answering = false;
let telling = null; // the news on screen: `{ text, holds }`
let news = []; // those that wait

// The answer to what I did, at once: news that was hardly read comes again.
export function toast(text, undo) {
  if (!$('[data-toast]')) return; // in a notebook
  if (telling && performance.now() - since < GLANCE) news.unshift(telling);
  [answering, telling] = [true, null];
  show(text, READ, undo);
}

// What happens in the room: told once the answer to what I did was read, if it `holds` by then.
export function announce(text, holds = () => true) {
  if (!$('[data-toast]')) return;
  news.push({ text, holds });
  if (answering) return;
  if (telling?.holds()) fadeIn(GLANCE);
  else next();
}

function next() {
  news = news.filter(({ holds }) => holds());
  [answering, telling] = [false, news.shift() ?? null];
  if (telling) show(telling.text, news.length ? GLANCE : READ);
  else $('[data-toast]').hidden = true;
}

function show(text, time, undo) {
  const box = $('[data-toast]');
  $('span', box).textContent = text;
  $('button', box).hidden = !undo;
  box.undo = undo;
  box.hidden = false;
  since = performance.now();
  fadeIn(time);
}

function fadeIn(time) {
  clearTimeout(fading);
  fading = setTimeout(() => ($('[data-toast]').contains(document.activeElement) ? fadeIn(READ) : next()), time);
}
