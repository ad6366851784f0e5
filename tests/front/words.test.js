import { expect, test } from 'vitest';
import { said, words } from '../../impactlib/assets/words.js';

const element = { dataset: { wMany: 'and {number} others, {number}', wQuoted: '«{text}» {unknown}' } };

test('the words of an element are found by their name, and none are empty', () => {
  expect([words(element, 'many'), words(element, 'few'), words(null, 'many')]).toEqual([element.dataset.wMany, '', '']);
});

test('facts take their places as they are', () => {
  expect(said(element, 'many', { number: 0 })).toBe('and 0 others, 0');
  expect(said(element, 'quoted', { text: '$& {unknown} $1' })).toBe('«$& {unknown} $1» {unknown}');
});
