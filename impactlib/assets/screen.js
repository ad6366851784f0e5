// The room's screen: patches come, nothing leaves. The clock is told large, notes that do not fit are counted.

import { $, $$, dress, fitting, page, the, words } from './page.js';
import { put } from './fragments.js';
import { fill, now, setClock } from './clock.js';
import { measured, screened } from './countdown.js';
import { takeTurns } from './turns.js';

const body = /** @type {Record<string, string>} */ (document.body.dataset);
const QUIET = 25; // seconds without a sign of life (they come every 10) before the screen says so
const SMALLEST = 0.5; // of its size, that a subject's text may shrink to

page.lang = document.documentElement.lang;
setClock(+body.now, +body.server, +body.speed);

// ---- the clock ------------------------------------------------------------------------------

function tell() {
  const { state } = $('.place')?.dataset ?? {};
  if (!state) return;
  const time = the('.countdown');
  const { large, below, end, mood } = screened(time.dataset, state, now(), page.lang);
  the('b', time).textContent = large;
  the('[data-mood]', time).textContent = below;
  the('[data-end]').textContent = end;
  if (body.mood !== mood) the('[data-say]', time).textContent = below === words('screen.calm') ? '' : below;
  body.mood = mood;
  fill(measured(time.dataset, now()).done);
}

// ---- what fits --------------------------------------------------------------------------------

/** @param {HTMLElement} box */
const over = (box) => box.scrollHeight > box.clientHeight + 1 || box.scrollWidth > box.clientWidth + 1;

function fit() {
  const subject = $('.subject');
  const notes = $$('[data-zone="screen-notes"] > .fragment');
  if (!subject) return;
  for (let size = 1; size === 1 || (over(subject) && size >= SMALLEST); size -= 0.05)
    subject.style.setProperty('--fit', String(size));
  const total = +subject.dataset.total;
  const others = the('[data-others]');
  for (const note of notes) note.hidden = false;
  /** @param {number} shown */
  const count = (shown) => {
    others.hidden = total <= shown;
    others.textContent = words('screen.others', { num: total - shown });
  };
  const box = the('.newest');
  count(notes.length);
  for (let shown = notes.length; shown > 1 && over(box); shown -= 1) {
    notes[shown - 1].hidden = true;
    count(shown - 1);
  }
}

fitting.push(tell, fit);
new ResizeObserver(fit).observe(document.body);
document.fonts?.ready.then(fit);

// ---- patches --------------------------------------------------------------------------------

const root = the('#main');
/** @type {EventSource | undefined} */
let stream;
let heard = performance.now();
let last = body.event;

/** @param {'' | 'screen.lost' | 'screen.closed'} what */
function say(what) {
  const line = the('[data-lost]');
  line.hidden = !what;
  line.textContent = what && words(what);
}

function alive() {
  heard = performance.now();
  say('');
}

const turns = takeTurns({
  open: () => {
    heard = performance.now();
    listen();
  },
  rest: () => stream?.close(),
  keeps: true,
});

function listen() {
  stream?.close();
  if (!turns.held()) return;
  const source = new EventSource(`${location.pathname}/patches?after=${encodeURIComponent(last)}`);
  stream = source;
  source.onopen = alive;
  source.onmessage = (event) => {
    last = event.lastEventId;
    alive();
    put(root, JSON.parse(event.data));
  };
  // Links were renewed, or the kit was: nothing is typed here, the page is loaded again.
  source.addEventListener('drawn', ({ data }) => {
    if (data !== body.drawn) location.reload();
  });
  source.addEventListener('pulse', ({ data }) => {
    page.offset = +data - Date.now() / 1000;
    alive();
  });
  source.onerror = () => {
    if (source.readyState !== EventSource.CLOSED) return; // the browser tries again
    setTimeout(whyNot, 1000);
  };
}

async function whyNot() {
  const answer = await fetch(location.href, { cache: 'no-store' }).catch(() => null);
  say(answer?.status === 403 ? 'screen.closed' : 'screen.lost');
  if (answer?.ok) return location.reload();
  setTimeout(whyNot, 3000);
}

// A screen that nobody touches must not go dark.
const stayLit = () => {
  if (!document.hidden) navigator.wakeLock?.request('screen').catch(() => {});
};
document.addEventListener('visibilitychange', stayLit);

dress();
stayLit();
setInterval(tell, 500);
setInterval(() => {
  if (performance.now() - heard > QUIET * 1000) {
    say('screen.lost');
    listen();
    heard = performance.now();
  }
}, 2000);
addEventListener('offline', () => say('screen.lost'));
addEventListener('online', listen);
body.ready = '1';
