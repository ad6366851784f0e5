// A browser opens six connections to a host, and a stream holds one for as long as it is open. Its pages, of whatever
// workshop, share four: beyond these they take turns, and the page that somebody works in has its turn at once.
// The pages of a browser tell one another by a channel; one that was closed, or sleeps, does not answer.

import { nextToRest } from './queue.js';
import { newId } from './dom.js';

const SLOTS = 4;
const TURN = 5000; // milliseconds that a page streams before it may have to rest
const ANSWER = 100; // milliseconds in which the others answer

/** @typedef {import('./queue.js').Holder} Holder */
/** @typedef {{ asks: Holder } | { holds: Holder, to: string } | { rest: string }} Message */

/** Stream in turn: `open` is called when this page may, `rest` when it must not. A page that `keeps` its turn, as the
 * room's screen, is never asked to rest.
 * @param {{ open: () => void, rest: () => void, keeps?: boolean }} page */
export function takeTurns({ open, rest, keeps = false }) {
  const id = newId();
  const channel = new BroadcastChannel('impact:turns');
  let [held, asking, ended] = [false, false, false];
  let since = 0;
  /** @type {Holder[]} */
  let others = [];
  const me = () => ({ id, since, hidden: document.hidden, keeps });

  channel.onmessage = (event) => {
    const message = /** @type {Message} */ (event.data);
    if ('rest' in message) {
      if (message.rest !== id || !held) return;
      held = false;
      rest();
    } else if ('holds' in message) {
      if (message.to === id) others.push(message.holds);
    } else {
      // Of pages that ask at the same time, those that asked first count as holding.
      const { asks } = message;
      const first = since < asks.since || (since === asks.since && id < asks.id);
      if (held || (asking && first)) channel.postMessage({ holds: me(), to: asks.id });
    }
  };

  /** @param {boolean} urgent */
  async function ask(urgent) {
    if (held || asking || ended) return;
    [asking, others, since] = [true, [], Date.now()];
    channel.postMessage({ asks: me() });
    await new Promise((done) => setTimeout(done, ANSWER));
    const full = others.length >= SLOTS;
    const resting = full && nextToRest(others, { now: Date.now(), turn: TURN, urgent, hidden: document.hidden });
    if (resting) channel.postMessage({ rest: resting.id });
    held = !full || Boolean(resting);
    asking = false;
    if (held) open();
  }

  const urgently = () => {
    if (!document.hidden) ask(true);
  };
  for (const event of ['pointerdown', 'keydown', 'focus']) addEventListener(event, urgently);
  document.addEventListener('visibilitychange', urgently);
  setInterval(() => ask(false), TURN);
  ask(false);

  return {
    held: () => held,
    end: () => {
      [held, ended] = [false, true];
    },
  };
}
