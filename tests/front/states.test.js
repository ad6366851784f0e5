import { expect, test } from 'vitest';
import { changesBetween, playedAt, statesOf, stepFrom } from '../../impactlib/assets/states.js';

const whole = { 'now/': 'A', 'questions/1': 'Q' };
const states = statesOf(whole, [{ 'now/': 'B' }, { 'questions/1': '', 'questions/2': 'R' }]);

test('each state is the one before, with the patch of its frame', () => {
  expect(states).toEqual([whole, { 'now/': 'B', 'questions/1': 'Q' }, { 'now/': 'B', 'questions/2': 'R' }]);
});

test('the changes between two states make one of the other, forwards and backwards', () => {
  for (const from of states)
    for (const to of states) expect(statesOf(from, [changesBetween(from, to)]).pop()).toEqual(to);
  expect(changesBetween(whole, whole)).toEqual({});
});

test('a frame is played from its own moment on', () => {
  const frames = [{ at: 10 }, { at: 20 }];
  expect([9, 10, 19, 20, 99].map((time) => playedAt(frames, time))).toEqual([0, 1, 1, 2, 2]);
});

test('a step goes to what was done next, or before', () => {
  const frames = [true, false, true, true];
  const done = (/** @type {boolean} */ frame) => frame;
  expect([0, 1, 3, 4].map((played) => stepFrom(frames, played, 1, done))).toEqual([0, 2, 3, -1]);
  expect([4, 3, 1, 0].map((played) => stepFrom(frames, played, -1, done))).toEqual([2, 0, -1, -1]);
});
