// What every script of ours stands on: the page's one state, its words, what the browser keeps, what is said in passing.

export const $ = (selector, root = document) => root.querySelector(selector);
export const $$ = (selector, root = document) => [...root.querySelectorAll(selector)];

// One state for all the panes of a page, each of which loads this module by itself in JupyterLab.
export const page = (globalThis.__impact ??= {
  me: '', lang: 'fr', store: 'impact:', look: null, send: null, wired: false, picks: {}, formula: '', taken: null, scored: null, was: null, hour: '', resting: false,
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

const READ = 8000; // ms
let fading;
let answering = false;
let news = '';

// The answer to what I did.
export function toast(text, undo) {
  answering = true;
  show(text, undo);
}

// What happens in the room: it waits for as long as an answer is read.
export function announce(text) {
  if (answering) news = text;
  else show(text);
}

function show(text, undo) {
  const box = $('[data-toast]');
  if (!box) return;
  $('span', box).textContent = text;
  $('button', box).hidden = !undo;
  box.undo = undo;
  box.hidden = false;
  clearTimeout(fading);
  fading = setTimeout(fade, READ);
}

function fade() {
  const box = $('[data-toast]');
  if (box.contains(document.activeElement)) {
    fading = setTimeout(fade, READ);
    return;
  }
  box.hidden = true;
  answering = false;
  if (news) show(news);
  news = '';
}
