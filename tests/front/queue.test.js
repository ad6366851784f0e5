import { expect, test } from 'vitest';
import { nextToRest } from '../../impactlib/assets/queue.js';

/** @param {string} id @param {Partial<import('../../impactlib/assets/queue.js').Holder>} how */
const holder = (id, how = {}) => ({ id, since: 0, hidden: false, keeps: false, ...how });
const asked = { now: 4000, turn: 5000, urgent: false, hidden: false };

test('a hidden page rests before one that is seen', () => {
  const holders = [holder('long', { since: -9000 }), holder('hidden', { since: 3000, hidden: true })];
  expect(nextToRest(holders, asked)?.id).toBe('hidden');
});

test('the one that has streamed for longest rests once its turn is over', () => {
  const holders = [holder('short', { since: -2000 }), holder('long', { since: -3000 })];
  expect(nextToRest(holders, asked)?.id).toBe('long');
  expect(nextToRest([holder('new', { since: 1000 })], asked)).toBe(null);
});

test('a page that somebody works in does not wait', () => {
  expect(nextToRest([holder('new', { since: 3999 })], { ...asked, urgent: true })?.id).toBe('new');
});

test('a screen never rests, and a hidden page makes nobody rest', () => {
  expect(nextToRest([holder('screen', { keeps: true })], { ...asked, urgent: true })).toBe(null);
  expect(nextToRest([holder('hidden', { hidden: true })], { ...asked, hidden: true })).toBe(null);
});
