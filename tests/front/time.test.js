import { expect, test } from 'vitest';
import { hourOf, leftOf, minutesLeft, moodOf, timeIn, timeOf } from '../../impactlib/assets/time.js';

test('what is left is rounded up, and what was overrun has a plus', () => {
  expect([600, 59.2, 0.4, 0, -0.4, -75].map(minutesLeft)).toEqual(['10:00', '1:00', '0:01', '0:00', '+0:01', '+1:15']);
});

test('a step that waits takes no time, and one that runs takes it from when it was resumed', () => {
  expect(leftOf({ granted: 600, ran: 100, resumed: 0 }, 5000)).toBe(500);
  expect(leftOf({ granted: 600, ran: 100, resumed: 4900 }, 5000)).toBe(400);
  expect(leftOf({ granted: 600, ran: 100, resumed: 5001 }, 5000)).toBe(500);
});

test('the time presses more and more', () => {
  expect([300, 121, 120, 30, 0, -1].map((left) => moodOf(left, 600))).toEqual(['', '', 'soon', 'last', 'last', 'over']);
});

test('the hour is said as its language says it', () => {
  const at = Date.UTC(2026, 2, 3, 9, 5) / 1000;
  expect([hourOf(at, 'fr', 'UTC'), hourOf(at, 'en', 'UTC')]).toEqual(['9 h 05', '9:05']);
});

test('an address names the moment that it was made of', () => {
  for (const seconds of [0, 59, 3600, 5025, -75]) expect(timeIn(`#t=${timeOf(seconds)}`)).toBe(seconds);
  expect(timeIn(encodeURI(`#t=${timeOf(-75)}`))).toBe(-75);
  expect([timeIn(''), timeIn('#t=12'), timeIn('#main')]).toEqual([null, null, null]);
});
