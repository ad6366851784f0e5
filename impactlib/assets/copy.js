// In a room: whether one keeps a copy of the workshop in this browser, and what keeps it up to date.

import { $, recall, remember, sayOnce, the, words } from './page.js';
import { save } from './http.js';
import { hourOf } from './time.js';
import { begin, brought, empty, erase, find, idOf, keep, sweep } from './mirror.js';

const TEAM = ['facilitator', 'client'];
const WAIT = 2500; // ms that entries wait for the next ones
const AGAIN = 10000; // ms until the server is asked again, once it gave nothing
const EVERY = 600000; // ms between two downloads

/** @typedef {{ soon: () => void, stepped: () => void }} Copying */

/** Keeps the copy of this page's workshop, where there is one: of the other roles, which may not take it away, none.
 * @type {(page: { room: string, base: string, role: string }) => Copying} */
export function keepCopy({ room, base, role }) {
  if (!TEAM.includes(role)) return { soon() {}, stepped() {} };
  const session = room.split('/').at(-2) ?? '';
  const id = idOf(base, session);
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let waiting;
  let updating = false;

  /** @param {number} time */
  const later = (time) => {
    if (waiting === undefined) waiting = setTimeout(update, time);
  };

  async function update() {
    waiting = undefined;
    if (updating) return later(WAIT);
    updating = true;
    try {
      const mirror = await find(id);
      if (mirror) {
        const asked = new URLSearchParams({ after: `${mirror.lines.length}`, sum: mirror.head.sha256 ?? '' });
        const signal = AbortSignal.timeout(15000);
        const response = await fetch(`${room}/entries?${asked}`, { cache: 'no-store', signal });
        if (response.ok) await keep(brought(mirror, await response.json(), Date.now()));
        else if (response.status !== 403) later(AGAIN);
      }
      tell(await find(id));
    } catch {
      later(AGAIN);
    }
    updating = false;
  }

  const box = /** @type {import('./types.d.ts').El<HTMLDetailsElement> | null} */ ($('[data-copy-here]'));
  const offered = $('summary', box)?.textContent ?? '';
  const ticked = /** @type {HTMLInputElement} */ ($('[data-keep-copy]', box));
  /** @param {import('./mirror.js').Mirror | undefined} mirror what was read back */
  function tell(mirror) {
    if (!box) return;
    the('.check', box).hidden = !!mirror;
    ticked.checked = !!mirror; // not as some browser left it
    the('[data-erase-copy]', box).hidden = !mirror;
    const time = hourOf((mirror?.at ?? 0) / 1000, document.documentElement.lang);
    const kept = mirror?.lines.length ? words('mirror.kept', { time }) : words('mirror.begun');
    sayOnce(the('summary', box), mirror ? kept : offered);
  }

  if (box) {
    const eraser = the('[data-erase-copy]', box);
    ticked.addEventListener('change', async () => {
      try {
        await begin(empty(base, session, Date.now()));
        tell(await find(id));
        eraser.focus();
        await update();
      } catch {
        ticked.checked = false;
        sayOnce(the('.said', box), words('mirror.none'));
      }
    });
    eraser.addEventListener('click', async () => {
      await erase(id);
      tell(undefined);
      ticked.focus();
    });
    box.hidden = false;
    // Whoever is to be asked before the start sees what is asked.
    box.open = 'vanishes' in document.body.dataset && !$('.bar')?.dataset.step;
  }
  sweep().then(update, () => {});

  const alone = saveAlone(room, box);
  return {
    soon() {
      later(WAIT);
      alone.changed();
    },
    stepped: alone.stepped,
  };
}

/** Where the server may stop for good, downloads the session notebook by itself to whoever has asked for it.
 * @param {string} room @param {import('./types.d.ts').El | null} box */
function saveAlone(room, box) {
  const label = 'vanishes' in document.body.dataset ? $('[data-save-alone]', box) : null;
  let [changed, step] = [false, ''];
  const stepNow = () => `${$('.bar')?.dataset.step}${$('.bar')?.dataset.state}`;

  async function download() {
    if (!label || !recall('save-alone') || !changed) return;
    changed = false;
    try {
      const response = await fetch(`${room}/session.ipynb`, { cache: 'no-store' });
      const name = /filename="(.+)"/.exec(response.headers.get('Content-Disposition') ?? '')?.[1];
      if (!response.ok || !name) throw new Error(`${response.status}`);
      save(await response.blob(), name);
    } catch {
      changed = true;
    }
  }

  if (label) {
    const ticked = /** @type {HTMLInputElement} */ (the('input', label));
    ticked.checked = Boolean(recall('save-alone'));
    label.hidden = false;
    // The first at once: a browser asks then whether it may take the next ones.
    ticked.addEventListener('change', () => {
      remember('save-alone', ticked.checked ? '1' : '');
      changed = true;
      download();
    });
    setInterval(download, EVERY);
  }
  return {
    changed() {
      changed = true;
    },
    stepped() {
      const before = step;
      step = stepNow();
      if (before && before !== step) {
        changed = true;
        download();
      }
    },
  };
}
