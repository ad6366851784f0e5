// A light page: patches come by server-sent events, gestures leave by POST through an outbox that
// survives a reload, a lost connection and a restarted server.

/** @import { About, Answer, Gesture } from './types.d.ts' */

import { $, dress, newId, page, recallAll, remember, saved, the, words } from './page.js';
import { bringHypotheses } from './bring.js';
import { postFile, postJson, save } from './http.js';
import { shareNames } from './share.js';
import { put } from './fragments.js';
import { keepCopy } from './copy.js';
import { find, idOf } from './mirror.js';
import { offer } from './offer.js';
import { setClock } from './clock.js';
import { answered } from './gestures.js';
import { restore, wire } from './pane.js';
import { watchPlaces } from './places.js';
import { lookAgain, refresh } from './steps.js';
import { follow } from './stream.js';
import './ballot.js';

const body = /** @type {Record<string, string>} */ (document.body.dataset);

// Kept by person, not by address: a corrected role changes the address, and must lose nothing.
Object.assign(page, {
  me: body.me,
  lang: document.documentElement.lang,
  store: `impact:${body.room.replace(/[^/]+$/, '')}${body.me}:`,
});
setClock(+body.now, +body.server, +body.speed);

// ---- outbox -------------------------------------------------------------------------------------

// One stored item a gesture: two tabs of one person add and remove their own, and what a tab that was closed
// left behind the next one sends. The same gesture sent twice is written once.
const script = body.notebook === 'script';
/** @typedef {{ gesture: Gesture, about: About, when: number, late?: boolean, unkept?: boolean }} Item */
/** @type {Item[]} */
const outbox = script ? [] : recallAll('outbox:').sort((a, b) => a.when - b.when);
let sending = false;

page.send = (gesture, about) => {
  /** @type {Item} */
  const item = { gesture, about, when: Date.now() };
  outbox.push(item);
  item.unkept = !remember(`outbox:${gesture.id}`, item);
  flush();
};

// A browser without room keeps nothing: this page alone has it then.
const unkept = () => outbox.some((item) => item.unkept);
const waits = () => saved(unkept() ? 'saved.unkept' : 'saved.kept');
addEventListener('beforeunload', (event) => {
  if (unkept() || ((away || trouble || gone) && outbox.length)) event.preventDefault();
});

// The server is there, and takes long: a disk that is slow, or a file that another program holds.
/** @param {any} answer */
const late = (answer) => answer?.code === LATE && stream.hears();

async function flush() {
  if (sending) return;
  sending = true;
  try {
    while (outbox.length) {
      saved('saved.sending');
      const [item] = outbox;
      const { gesture, about } = item;
      const answer = await post('gestures', gesture);
      trouble = answer?.code === 'trouble' ? answer.refused : late(answer) ? words('room.late') : '';
      if (!answer || trouble || answer.code === LATE) {
        waits();
        makeRoom(item);
        if (!trouble) lost();
        setTimeout(flush, 1500);
        break;
      }
      // Much was written at once: the rest follows by itself, in its order.
      if (answer.code === 'slow') {
        waits();
        makeRoom(item);
        setTimeout(flush, answer.wait * 1000);
        break;
      }
      // My role was corrected meanwhile: the page of the new one takes the outbox along, and sends it.
      if (answer.code === 'door') {
        leave();
        break;
      }
      // Kept: the new link, in this browser, sends it.
      if (answer.code === 'closed') {
        waits();
        makeRoom(item);
        closed();
        break;
      }
      if (answer.code === 'unknown') {
        waits();
        makeRoom(item);
        vanished();
        break;
      }
      outbox.shift();
      remember(`outbox:${gesture.id}`, '');
      answered(gesture, about, answer);
    }
  } finally {
    sending = false;
    banner();
  }
}

// What a dialog sent is kept: it makes room for the sentence that says so, once.
/** @param {Item} item */
function makeRoom(item) {
  if (!item.late && item.about.form) $(`form[data-form="${item.about.form}"]`)?.closest('dialog[open]')?.close();
  item.late = true;
}

const LATE = 'late'; // no answer within that time

// null: the server did not answer, or could not; the gesture stays in the outbox.
/** @type {(path: string, value: unknown) => Promise<any>} */
async function post(path, value) {
  try {
    const response = await postJson(`${body.room}/${path}`, value, AbortSignal.timeout(15000));
    const answer = await response.json();
    // Only our server's own words count: a proxy's error page must not pass for "saved".
    const ours = response.ok
      ? path !== 'gestures' || Number.isInteger(answer.seq)
      : answer.code === 'slow' || ([401, 422, 503].includes(response.status) && typeof answer.refused === 'string');
    return ours ? answer : null;
  } catch (error) {
    return error instanceof DOMException && error.name === 'TimeoutError' ? { code: LATE } : null;
  }
}

// ---- patches ------------------------------------------------------------------------------------

const WARNED = 4000; // ms, to read why a page is about to change
let away = false;
let shut = false;
let gone = false; // the server does not know the workshop any more
let trouble = ''; // what keeps the server from keeping, in its words
const alive = () => {
  if (away) {
    [away, gone] = [false, false];
    copying.soon();
    if (!outbox.length) trouble = '';
    banner();
    flush();
  }
};
const lost = () => {
  away = true;
  banner();
};
const stream = follow({
  address: (last) => `${body.room}/patches?notebook=${body.notebook}&after=${encodeURIComponent(last)}`,
  alive,
  lost,
  refused: () => {
    lost();
    setTimeout(whyNot, 1000);
  },
  changed: refreshSoon,
  hears: { written: () => copying.soon() },
});
const copying = keepCopy({ room: body.room, base: body.base, role: body.role });

// Older cards, or those that are drawn on demand: an answer to this page alone.
page.more = async (zone, before) => {
  const asked = new URLSearchParams({ notebook: body.notebook, zone, before });
  const response = await fetch(`${body.room}/older?${asked}`, {
    cache: 'no-store',
    signal: AbortSignal.timeout(15000),
  }).catch(() => null);
  if (response?.ok) put(document.body, (await response.json()).patch);
  else lost();
};

/** @type {ReturnType<typeof setTimeout> | undefined} */
let refreshing;
function refreshSoon() {
  clearTimeout(refreshing);
  refreshing = setTimeout(() => {
    refresh();
    copying.stepped();
  }, 300);
}

async function whyNot() {
  const response = await fetch(location.href, { cache: 'no-store' }).catch(() => null);
  if (response?.status === 503) {
    trouble =
      $('[data-trouble]', new DOMParser().parseFromString(await response.text(), 'text/html'))?.textContent ?? '';
    banner();
  } else if (response?.status === 403 && (gone || (await response.clone().text()).includes('data-gone'))) {
    // It may have been put back under new links: what is on this page stays here all the same.
    if (!(await response.text()).includes('data-gone')) return closed();
    vanished();
    setTimeout(stream.listen, WARNED);
    return;
  } else if (
    response?.status === 403 ||
    response?.status === 410 ||
    response?.redirected ||
    (response?.ok && !(await response.text()).includes('data-event='))
  )
    return leave();
  setTimeout(stream.listen, 1000);
}

let leaving = false;

// What I may do here is no longer the same: it is said before the page changes, to whoever is reading it.
function leave() {
  if (leaving) return;
  leaving = true;
  banner();
  setTimeout(() => location.reload(), WARNED);
}

function closed() {
  shut = true;
  stream.end();
  banner();
}

// Nothing here is right any more but what people read and write on this page: it stays, and says what can be done.
async function vanished() {
  if (gone) return;
  [gone, away] = [true, true];
  banner();
  const mirror = await find(idOf(body.base, body.room.split('/').at(-2) ?? '')).catch(() => undefined);
  const box = the('[data-gone]');
  const said = document.createElement('p');
  said.textContent = words(mirror?.lines.length ? 'room.gone_here' : 'room.gone');
  box.replaceChildren(said, ...(mirror?.lines.length ? offer(body.base, mirror) : []), pendingLine);
  banner();
}
const pendingLine = document.createElement('p');

function banner() {
  const box = the('[data-banner]');
  const waiting = outbox
    .map(({ gesture }) => ('text' in gesture ? gesture.text : ''))
    .filter(Boolean)
    .map((text) => words('room.quoted', { text: text.slice(0, 60) }));
  const pending = outbox.length
    ? ` ${words('room.pending')}${new Intl.ListFormat(page.lang).format(waiting) || outbox.length}`
    : '';
  box.hidden = !(away || shut || leaving || trouble) || (gone && !shut);
  the('[data-gone]').hidden = !gone || shut;
  pendingLine.textContent = pending;
  if (leaving) box.textContent = words('room.changed');
  else if (shut) box.textContent = words('room.closed');
  else if (box.hidden) box.textContent = '';
  else box.textContent = (trouble || words(unkept() ? 'room.unkept' : 'room.offline')) + pending;
}

// ---- a spreadsheet of hypotheses, or of figures over time -----------------------------------------

const brought = body.notebook === 'follow' ? 'figures' : 'hypotheses';
bringHypotheses(async (asked, file) =>
  (await postFile(`${body.room}/${brought}?${new URLSearchParams(asked)}`, file)).json(),
);

// ---- a session to share -------------------------------------------------------------------------

shareNames({
  names: async () => (await (await whole(fetch(`${body.room}/names.json`))).json()).names,
  make: async (choice) => {
    const response = await whole(postJson(`${body.room}/shared.ipynb`, choice));
    const name = /filename="(.+)"/.exec(response.headers.get('Content-Disposition') ?? '')?.[1];
    save(await response.blob(), name ?? 'shared.ipynb');
  },
});

/** @param {Promise<Response>} asked */
async function whole(asked) {
  const response = await asked;
  if (!response.ok) throw new Error(`${response.status}`);
  return response;
}

// ---- life ---------------------------------------------------------------------------------------

// What floats above the foot needs to know how tall it is: two rows on a phone.
new ResizeObserver(([foot]) =>
  document.body.style.setProperty('--foot', `${Math.ceil(/** @type {HTMLElement} */ (foot.target).offsetHeight)}px`),
).observe(the('.at-foot'));
wire();
restore();
watchPlaces(lookAgain);
dress();
refresh();
copying.stepped();
flush();
setInterval(() => post('here', { id: newId() }), 60000);
addEventListener('online', () => {
  stream.listen();
  flush();
});
addEventListener('offline', lost);
// A browser back from sleep has an old stream.
document.addEventListener('visibilitychange', () => {
  if (!document.hidden) stream.wake();
});
document.body.dataset.ready = '1';
