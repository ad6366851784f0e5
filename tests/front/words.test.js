import { expect, test } from 'vitest';
import { speak, words } from '../../impactlib/assets/words.js';

const COUNTED = { one: 'and {num} other', other: 'and {num} others' };
const WORDS = { 'screen.others': COUNTED, 'room.quoted': '«{text}» {unknown}', 'clock.past': '{m} min' };

test('what is counted has the plural of its language', () => {
  /** @type {(lang: string) => string[]} */
  const said = (lang) => {
    speak(WORDS, lang);
    return [0, 1, 2, 2e6].map((num) => words('screen.others', { num }).replaceAll('\u202f', ' '));
  };
  expect(said('en')).toEqual(['and 0 others', 'and 1 other', 'and 2 others', 'and 2,000,000 others']);
  expect(said('fr')).toEqual(['and 0 other', 'and 1 other', 'and 2 others', 'and 2 000 000 others']);
});

test('numbers are written as the language writes them', () => {
  speak(WORDS, 'fr');
  expect(words('clock.past', { m: 1234.5 })).toBe('1\u202f234,5 min');
});

test('facts take their places as they are, and what has no words says nothing', () => {
  speak(WORDS, 'fr');
  expect(words('room.quoted', { text: '$& {unknown} $1' })).toBe('«$& {unknown} $1» {unknown}');
  expect(words('clock.soon')).toBe('');
});
