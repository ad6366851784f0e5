// The room's screen: patches come, nothing leaves. The clock is told large, notes that do not fit are counted.

import { $, $$, dress, fitting, page, words } from './page.js';
import { put } from './fragments.js';
import { hour, measured, setClock, sign } from './clock.js';

const body = document.body.dataset;
const QUIET = 25; // seconds without a sign of life (they come every 10) before the screen says so
const SMALLEST = 0.5; // of its size, that a subject's text may shrink to

page.lang = document.documentElement.lang;
setClock(+body.now, +body.server, +body.speed);

// ---- the clock ------------------------------------------------------------------------------

function tell() {
  const { state } = $('.place')?.dataset ?? {};
  const time = $('.countdown');
  if (!state) return;
  const { left, done, mood, end } = measured(time.dataset);
  const { scheduled } = time.dataset;
  const going = state === 'running' || state === 'paused';
  const now = state === 'running' ? mood || 'calm' : state;
  $('b', time).textContent = going ? sign(left) : state !== 'before' ? '' : scheduled ? hour(+scheduled) : words(time, 'before');
  $('[data-mood]', time).textContent = state === 'before' ? (scheduled ? words(time, 'start') : '') : words(time, now);
  $('[data-end]').textContent = going ? `${words(time, 'end')} ${hour(end)}` : '';
  if (body.mood !== now) $('[data-say]', time).textContent = now === 'calm' ? '' : words(time, now);
  body.mood = now;
  $('.steps [aria-current] b')?.style.setProperty('width', `${done * 100}%`);
}

// ---- what fits --------------------------------------------------------------------------------

const over = (box) => box.scrollHeight > box.clientHeight + 1 || box.scrollWidth > box.clientWidth + 1;

function fit() {
  const subject = $('.subject');
  const notes = $$('[data-zone="screen-notes"] > .fragment');
  if (!subject) return;
  for (let size = 1; size === 1 || (over(subject) && size >= SMALLEST); size -= 0.05) subject.style.setProperty('--fit', size);
  const total = +subject.dataset.total;
  const others = $('[data-others]');
  notes.forEach((note) => { note.hidden = false; });
  const count = (shown) => {
    others.hidden = total <= shown;
    others.textContent = total - shown === 1 ? words(others, 'one') : words(others, 'many').replace('{number}', total - shown);
  };
  const box = $('.newest');
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

const root = document.getElementById('main');
let stream;
let heard = performance.now();
let last = body.event;

function say(what) {
  const line = $('[data-lost]');
  line.hidden = !what;
  line.textContent = what && words(line, what);
}

function alive() {
  heard = performance.now();
  say('');
}

function listen() {
  stream?.close();
  stream = new EventSource(`${location.pathname}/patches?after=${encodeURIComponent(last)}`);
  stream.onopen = alive;
  stream.onmessage = (event) => { last = event.lastEventId; alive(); put(root, JSON.parse(event.data)); };
  // Links were renewed, or the kit was: nothing is typed here, the page is loaded again.
  stream.addEventListener('drawn', ({ data }) => { if (data !== body.drawn) location.reload(); });
  stream.addEventListener('pulse', ({ data }) => { page.offset = +data - Date.now() / 1000; alive(); });
  stream.onerror = () => {
    if (stream.readyState !== EventSource.CLOSED) return; // the browser tries again
    setTimeout(whyNot, 1000);
  };
}

async function whyNot() {
  const answer = await fetch(location.href, { cache: 'no-store' }).catch(() => null);
  say(answer?.status === 403 ? 'closed' : 'lost');
  if (answer?.ok) return location.reload();
  setTimeout(whyNot, 3000);
}

// A screen that nobody touches must not go dark.
const stayLit = () => { if (!document.hidden) navigator.wakeLock?.request('screen').catch(() => {}); };
document.addEventListener('visibilitychange', stayLit);

dress();
listen();
stayLit();
setInterval(tell, 500);
setInterval(() => { if (performance.now() - heard > QUIET * 1000) { say('lost'); listen(); heard = performance.now(); } }, 2000);
addEventListener('offline', () => say('lost'));
addEventListener('online', listen);
body.ready = '1';
