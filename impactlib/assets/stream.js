// A page's stream of patches: it takes turns with the other pages of its browser, and says when nothing comes any more.

import { put } from './fragments.js';
import { page } from './page.js';
import { takeTurns } from './turns.js';

const [LATE, QUIET] = [15, 22]; // seconds without a sign of life, which come every 10: one was missed; it is lost

/** @typedef {object} Follower
 * @property {(last: string) => string} address where the stream is, from the id of the last event that was heard
 * @property {() => void} alive something was heard
 * @property {() => void} lost nothing is heard
 * @property {() => void} refused the server gives no stream: the page asks why
 * @property {() => void} [changed] a patch was put
 * @property {Record<string, (data: string) => void>} [hears] what else comes, by its event
 * @property {boolean} [keeps] the page rests for no other */

/** Follow the page's session, from the event that the page was drawn at.
 * @param {Follower} follower */
export function follow({ address, alive, lost, refused, changed, hears = {}, keeps }) {
  let last = document.body.dataset.event ?? '';
  let heard = performance.now();
  /** @type {EventSource | undefined} */
  let stream;
  const hear = () => {
    heard = performance.now();
    alive();
  };

  // Beyond a few pages of one browser each streams in turn: what it missed comes first.
  const turns = takeTurns({
    open: () => {
      heard = performance.now();
      listen();
    },
    rest: () => stream?.close(),
    keeps,
  });

  function listen() {
    stream?.close();
    if (!turns.held()) return;
    const source = new EventSource(address(last));
    stream = source;
    source.onopen = hear;
    source.onmessage = ({ lastEventId, data }) => {
      last = lastEventId;
      hear();
      put(document.body, JSON.parse(data));
      changed?.();
    };
    // Each sign of life carries the server's time: a clock set wrong, or set again after sleep, moves nothing.
    source.addEventListener('pulse', ({ data }) => {
      page.offset = +data - Date.now() / 1000;
      hear();
    });
    for (const [name, heed] of Object.entries(hears)) source.addEventListener(name, ({ data }) => heed(data));
    // A stream that ended is opened again by the browser; one that was refused is not.
    source.onerror = () => {
      if (source.readyState === EventSource.CLOSED) refused();
    };
  }

  setInterval(() => {
    if (!turns.held() || performance.now() - heard < QUIET * 1000) return;
    lost();
    listen();
    heard = performance.now();
  }, 2000);

  return {
    listen,
    /** After a sleep: a stream that missed a sign of life is opened anew. */
    wake() {
      if (performance.now() - heard > LATE * 1000) listen();
    },
    /** Whether no sign of life was missed. */
    hears: () => performance.now() - heard < LATE * 1000,
    end() {
      turns.end();
      stream?.close();
    },
  };
}
