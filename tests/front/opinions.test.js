import { expect, test } from 'vitest';
import { canBeKept, isHalf, isPlaced, lastSaid, standing, tally } from '../../impactlib/assets/opinions.js';

test('the newest number of each axis is what one last said', () => {
  expect(lastSaid([{ ease: 2 }, { value: 4, ease: 5 }, { value: 1 }])).toEqual({ value: 4, ease: 2 });
  expect(lastSaid([])).toEqual({});
});

test('one abstained, unless a number was said since', () => {
  expect(lastSaid([{}, { abstained: true }, { value: 3, ease: 3 }])).toEqual({ abstained: true });
  expect(lastSaid([{ value: 2 }, { abstained: true }, { ease: 3 }])).toEqual({ value: 2, ease: undefined });
});

test('what was said in an earlier round stands as long as nothing else is said, and can be kept', () => {
  const again = standing({}, { value: 4, ease: 2 });
  expect(again).toMatchObject({ value: 4, ease: 2, settled: false });
  expect([canBeKept(again), isHalf(again), isPlaced(again)]).toEqual([true, false, false]);
  expect(canBeKept(standing({}, { abstained: true }))).toBe(true);
});

test('a number of this round stands beside the other of an earlier one, and is settled', () => {
  const mine = standing({ value: 5 }, { value: 1, ease: 3 });
  expect(mine).toMatchObject({ value: 5, ease: 3, settled: true });
  expect(canBeKept(mine)).toBe(false);
});

test('an abstention takes away what was said earlier', () => {
  const mine = standing({ abstained: true }, { value: 1, ease: 3 });
  expect(mine).toEqual({ value: undefined, ease: undefined, abstained: true, settled: true });
  expect(isHalf(mine)).toBe(false);
});

test('one number of two is half a score, and none is none', () => {
  expect(isHalf(standing({ ease: 2 }, {}))).toBe(true);
  expect(canBeKept(standing({}, { ease: 2 }))).toBe(false);
  expect(isHalf(standing({}, {}))).toBe(false);
});

test('an abstention is placed, half a score is not, and the rest takes a minute or two', () => {
  /** @type {import('../../impactlib/assets/opinions.js').Opinion[]} */
  const said = [{ value: 4, ease: 2 }, { abstained: true }, { value: 3 }, {}, {}];
  const mine = said.map((one) => standing(one, {}));
  expect(mine.map(isPlaced)).toEqual([true, true, false, false, false]);
  expect(tally(mine)).toEqual({ all: 5, placed: 2, half: 1, minutes: 1 });
  expect(tally(mine.map(() => standing({}, { value: 1, ease: 1 })))).toEqual({
    all: 5,
    placed: 0,
    half: 0,
    minutes: 2,
  });
});
