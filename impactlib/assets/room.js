// A light page: patches come by server-sent events, gestures leave by POST through an outbox that
// survives a reload, a lost connection and a restarted server.

import { $, answered, dress, newId, page, put, recall, remember, restore, saved, setClock, tick, wire, words } from './pane.js';

const body = document.body.dataset;
const QUIET = 25; // seconds without a sign of life (they come every 10) before the page says so

Object.assign(page, { me: body.me, lang: document.documentElement.lang, store: `impact:${body.room}:` });
setClock(+body.now, +body.server, +body.speed);

// ---- outbox -------------------------------------------------------------------------------------

let outbox = [];
try { outbox = JSON.parse(recall('outbox', '[]')); } catch { outbox = []; }
const keepOutbox = () => remember('outbox', outbox.length ? outbox : '');
let sending = false;

page.send = (gesture, about = {}) => {
  outbox.push({ gesture, about });
  keepOutbox();
  flush();
};

async function flush() {
  if (sending) return;
  sending = true;
  try {
    while (outbox.length) {
      saved('sending');
      const { gesture, about } = outbox[0];
      const answer = await post('gestures', gesture);
      if (!answer) { saved('kept'); lost(); setTimeout(flush, 1500); break; }
      if (answer.code === 'closed') { closed(); break; }
      outbox.shift();
      keepOutbox();
      answered(gesture, about, answer);
    }
  } finally { sending = false; banner(); }
}

// null: the server did not answer, or could not; the gesture stays in the outbox.
async function post(path, value) {
  try {
    const response = await fetch(`${body.room}/${path}`, {
      method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(value), signal: AbortSignal.timeout(15000),
    });
    return response.status >= 500 ? null : await response.json();
  } catch { return null; }
}

// ---- patches ------------------------------------------------------------------------------------

const root = document.getElementById('main');
let stream;
let heard = performance.now();
let last = body.event;
let away = false;
let shut = false;
const alive = () => { heard = performance.now(); if (away) { away = false; banner(); flush(); } };
const lost = () => { away = true; banner(); };

function listen() {
  stream?.close();
  if (shut) return;
  stream = new EventSource(`${body.room}/patches?notebook=${body.notebook}&after=${encodeURIComponent(last)}`);
  stream.onmessage = (event) => { last = event.lastEventId; alive(); put(root, JSON.parse(event.data)); };
  stream.onopen = alive;
  // Each sign of life carries the server's time: a clock set wrong, or set again after sleep, moves nothing.
  stream.addEventListener('pulse', (event) => { page.offset = +event.data - Date.now() / 1000; alive(); });
  stream.onerror = () => {
    // A stream that ended is opened again by the browser; one that was refused is not: ask why.
    if (stream.readyState !== EventSource.CLOSED) return;
    lost();
    setTimeout(whyNot, 1000);
  };
}

async function whyNot() {
  const response = await fetch(location.pathname, { cache: 'no-store' }).catch(() => null);
  if (response?.status === 403 || response?.redirected || (response?.ok && !(await response.text()).includes('data-event='))) return location.reload();
  setTimeout(listen, 1000);
}

function closed() { shut = true; stream?.close(); banner(); }

function banner() {
  const box = $('[data-banner]');
  const pending = away && outbox.length ? ` ${words(box, 'pending')}${outbox.length}` : '';
  box.hidden = !(away || shut);
  box.textContent = shut ? words(box, 'closed') : away ? words(box, 'offline') + pending : '';
}

// ---- life ---------------------------------------------------------------------------------------

// What floats above the foot needs to know how tall it is: two rows on a phone.
new ResizeObserver(([foot]) => document.body.style.setProperty('--foot', `${Math.ceil(foot.target.offsetHeight)}px`)).observe($('.at-foot'));
wire();
restore();
dress();
listen();
flush();
setInterval(() => { if (performance.now() - heard > QUIET * 1000) { lost(); listen(); heard = performance.now(); } }, 2000);
setInterval(() => post('here', { id: newId() }), 60000);
addEventListener('online', () => { listen(); flush(); });
addEventListener('offline', lost);
// A browser back from sleep has an old stream and an old clock.
document.addEventListener('visibilitychange', () => { if (!document.hidden) { tick(); if (performance.now() - heard > 15000) listen(); } });
document.body.dataset.ready = '1';
