// A replay as states: what is seen after each of its frames. Pure. The rules of patches are those of rooms/fragments.py.

/** @import { Changes } from './types.d.ts' */

/** What is seen after each number of frames, from none to all.
 * @type {(whole: Changes, patches: Changes[]) => Changes[]} */
export function statesOf(whole, patches) {
  const states = [whole];
  for (const patch of patches) {
    const next = { ...states[states.length - 1], ...patch };
    for (const id in patch) if (!patch[id]) delete next[id];
    states.push(next);
  }
  return states;
}

/** The patch that makes one state of another.
 * @type {(from: Changes, to: Changes) => Changes} */
export function changesBetween(from, to) {
  const changes = Object.fromEntries(Object.entries(to).filter(([id, html]) => from[id] !== html));
  for (const id in from) if (!(id in to)) changes[id] = '';
  return changes;
}

/** How many frames were played at a moment.
 * @type {(frames: { at: number }[], time: number) => number} */
export function playedAt(frames, time) {
  const next = frames.findIndex((frame) => frame.at > time);
  return next < 0 ? frames.length : next;
}

/** The frame to step to from where so many were played, forwards or backwards, of those in which something was `done`;
 * -1 when there is none.
 * @type {<F>(frames: F[], played: number, way: number, done: (frame: F) => boolean) => number} */
export function stepFrom(frames, played, way, done) {
  if (way > 0) return frames.findIndex((frame, i) => i >= played && done(frame));
  const last = frames.findLastIndex((frame, i) => i < played && done(frame));
  return frames.findLastIndex((frame, i) => i < last && done(frame));
}
