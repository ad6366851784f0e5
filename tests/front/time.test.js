import { expect, test } from 'vitest';
import {
  dayOf,
  hourOf,
  isoOf,
  minutesLeft,
  saidTime,
  timeIn,
  timeOf,
  wholeMinutes,
} from '../../impactlib/assets/time.js';

test('what is left is rounded up, and what was overrun has a plus', () => {
  expect([600, 59.2, 0.4, 0, -0.4, -75].map(minutesLeft)).toEqual(['10:00', '1:00', '0:01', '0:00', '+0:01', '+1:15']);
});

test('whole minutes are counted towards zero', () => {
  expect([119, 59.4, 59.6, 0, -59, -61].map(wholeMinutes).map(Math.abs)).toEqual([1, 0, 1, 0, 0, 1]);
});

test('the hour is said as its language says it', () => {
  const at = [Date.UTC(2026, 2, 3, 9, 5), Date.UTC(2026, 2, 3, 14)].map((time) => time / 1000);
  expect(at.map((time) => hourOf(time, 'fr'))).toEqual(['9\u00a0h\u00a005', '14\u00a0h']);
  expect(at.map((time) => hourOf(time, 'en'))).toEqual(['9:05', '14:00']);
});

test('a day is written as the server writes it, and a field takes it whole', () => {
  const when = new Date(Date.UTC(2026, 10, 2, 14, 5));
  expect([dayOf(when, 'fr'), dayOf(when, 'en')]).toEqual(['02/11/2026', '2026-11-02']);
  expect(isoOf(when).slice(0, 16)).toBe('2026-11-02T14:05');
});

test('an address names the moment that it was made of', () => {
  for (const seconds of [0, 59, 3600, 5025, -75]) expect(timeIn(`#t=${timeOf(seconds)}`)).toBe(seconds);
  expect(timeIn(encodeURI(`#t=${timeOf(-75)}`))).toBe(-75);
  expect([timeIn(''), timeIn('#t=12'), timeIn('#main')]).toEqual([null, null, null]);
});

test('a moment of a replay is said in hours, minutes and seconds, as people do', () => {
  const said = [169, 0, 59, 120, 3600, 5025, -720].map(saidTime).map((words) => words.replaceAll('\u00a0', ' '));
  expect(said).toEqual(['2 min 49 s', '0 min', '59 s', '2 min', '1 h 00 min', '1 h 23 min 45 s', '−12 min']);
});
