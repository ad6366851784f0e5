import { expect, test } from 'vitest';
import { hourLeft, measured, screened, starting } from '../../impactlib/assets/countdown.js';
import { speak } from '../../impactlib/assets/words.js';

const NOW = Date.UTC(2026, 2, 31, 9, 0) / 1000; // a Tuesday
const [MINUTE, HOUR, DAY] = [60, 3600, 86400];

/** The words, but that each only names itself and its facts. */
const WORDS = {
  'clock.before': 'not started',
  'clock.now': 'in a moment',
  'clock.in': 'in {time}',
  'clock.late': '{time} late',
  'clock.minutes': '{m} min',
  'clock.hours': '{h} h {m}',
  'clock.days': '{d} days',
  'clock.starts': 'starts {when}',
  'clock.due': 'was to start {when}',
  'clock.at': 'at {h}',
  'clock.tomorrow': 'tomorrow at {h}',
  'clock.day': 'on {day} at {h}',
  'clock.hour': 'hour: {m} min left',
  'clock.past': 'hour: over for {m} min',
  'clock.until': 'until {h}',
  'clock.free': { one: '{m} is free', other: '{m} are free' },
  'clock.missing': { one: '{m} is missing', other: '{m} are missing' },
  'screen.before': 'not started',
  'screen.calm': 'before the step ends',
  'screen.soon': 'soon',
  'screen.over': 'over time',
  'screen.paused': 'paused',
  'screen.end': 'ends at',
  'screen.start': 'planned start',
};
speak(WORDS, 'en');

/** What the server says of a clock: a step of ten minutes that runs since NOW, in an hour that ends at 10.
 * @type {(data?: Record<string, string | number>) => Record<string, string>} */
const clock = (data = {}) =>
  Object.fromEntries(
    Object.entries({
      granted: 600,
      ran: 0,
      resumed: NOW,
      paused: '',
      ends: NOW + HOUR,
      asked: 50 * MINUTE,
      scheduled: '',
      ...data,
    }).map(([name, value]) => [name, String(value)]),
  );

test('a step that waits takes no time, and one that runs takes it from when it was resumed', () => {
  /** @type {(data: Record<string, string | number>, now?: number) => number} */
  const left = (data, now = NOW + 100) => measured(clock(data), now).left;
  expect([left({ ran: 100, resumed: '' }), left({ ran: 100 }), left({}, NOW - 1)]).toEqual([500, 400, 600]);
  expect(left({ resumed: '0.0' }, 100)).toBe(500);
});

test('the time presses more and more, and the step is done little by little', () => {
  const seen = [0, 479, 480, 570, 600, 601].map((s) => measured(clock(), NOW + s));
  expect(seen.map(({ mood }) => mood)).toEqual(['', '', 'soon', 'last', 'last', 'over']);
  expect([0, 300, 600, 900].map((s) => measured(clock(), NOW + s).done)).toEqual([0, 0.5, 1, 1]);
  expect(measured(clock({ granted: 0 }), NOW).done).toBe(1);
});

test('while the clock is paused the hour ends later and later', () => {
  const paused = clock({ paused: NOW, resumed: '' });
  expect(measured(paused, NOW + 90)).toMatchObject({ left: 600, end: NOW + HOUR + 90 });
});

test('before the hour it is said how long it is until it starts, and when', () => {
  /** @type {(wait: number, lang?: string) => [string, string]} */
  const said = (wait, lang = 'en') => starting(clock({ scheduled: NOW + wait }), NOW, lang);
  expect(starting(clock(), NOW, 'en')).toEqual(['not started', '']);
  expect(said(59)).toEqual(['in a moment', 'starts at 9:00']);
  expect(said(-59)).toEqual(['in a moment', 'starts at 8:59']);
  expect(said(12 * MINUTE)).toEqual(['in 12 min', 'starts at 9:12']);
  expect(said(-12 * MINUTE)).toEqual(['12 min late', 'was to start at 8:48']);
  expect(said(2 * HOUR + 5 * MINUTE)).toEqual(['in 2 h 05', 'starts at 11:05']);
  expect(said(DAY)).toEqual(['in 24 h 00', 'starts tomorrow at 9:00']);
  expect(said(15 * HOUR)[1]).toBe('starts tomorrow at 0:00');
  expect(said(3 * DAY)).toEqual(['in 3 days', 'starts on Friday 3 April at 9:00']);
});

test('a day is said in French as the French say it', () => {
  const said = (/** @type {number} */ days) => starting(clock({ scheduled: NOW + days * DAY }), NOW, 'fr')[1];
  expect(said(2)).toBe('starts on jeudi 2 avril at 9\u00a0h');
  expect(said(31)).toBe('starts on vendredi 1er mai at 9\u00a0h');
});

test('the hour says what is left of it, and what of that no step asks for or is missing', () => {
  const said = (/** @type {number} */ minutes) => hourLeft(clock({ asked: minutes * MINUTE }), NOW, 'en');
  expect([50, 49, 45, 51, 55].map(said)).toEqual([
    'hour: 60 min left · until 10:00',
    'hour: 60 min left, 1 is free · until 10:00',
    'hour: 60 min left, 5 are free · until 10:00',
    'hour: 60 min left, 1 is missing · until 10:00',
    'hour: 60 min left, 5 are missing · until 10:00',
  ]);
});

test('what a step overruns is missing from the hour, and an hour that is over says for how long', () => {
  expect(hourLeft(clock(), NOW + 10 * MINUTE, 'en')).toBe('hour: 50 min left · until 10:00');
  expect(hourLeft(clock(), NOW + 13 * MINUTE, 'en')).toBe('hour: 47 min left, 3 are missing · until 10:00');
  expect(hourLeft(clock(), NOW + HOUR + 61, 'en')).toBe('hour: over for 2 min');
});

test('a clock that is a second behind the server adds no minute', () => {
  expect(hourLeft(clock(), NOW - 1, 'en')).toMatch(/^hour: 60 min left/);
});

test('the screen says the step in large, how it goes below it, and when the hour ends', () => {
  /** @type {(s: number, state?: string, data?: Record<string, string | number>) => object} */
  const said = (s, state = 'running', data) => screened(clock(data), state, NOW + s, 'en');
  expect(said(0)).toEqual({ large: '10:00', below: 'before the step ends', end: 'ends at 10:00', mood: 'calm' });
  expect(said(500)).toMatchObject({ large: '1:40', below: 'soon', mood: 'soon' });
  expect(said(660)).toMatchObject({ large: '+1:00', below: 'over time', mood: 'over' });
  expect(said(60, 'paused', { resumed: '', paused: NOW })).toEqual({
    large: '10:00',
    below: 'paused',
    end: 'ends at 10:01',
    mood: 'paused',
  });
});

test('the screen counts nothing before the hour, nor after it', () => {
  const soon = clock({ scheduled: NOW + HOUR });
  expect(screened(soon, 'before', NOW, 'en')).toEqual({
    large: '10:00',
    below: 'planned start',
    end: '',
    mood: 'before',
  });
  expect(screened(clock(), 'before', NOW, 'en')).toMatchObject({ large: 'not started', below: '', end: '' });
  expect(screened(clock(), 'ended', NOW, 'en')).toEqual({ large: '', below: '', end: '', mood: 'ended' });
});
