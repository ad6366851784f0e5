import { expect, test } from 'vitest';
import { brought, empty, expired, idOf, knowsLess, notebook } from '../../impactlib/assets/mirror.js';

const DAY = 86400e3;
const given = {
  seq: 3,
  team: 'Colis Solidaire',
  name: 'colis.ipynb',
  head: { sha256: 'b' },
  after: 0,
  lines: ['1', '2'],
};

test('two servers of one origin keep apart what they know of one session', () => {
  expect(idOf('/user/one/', 'abc')).not.toBe(idOf('/user/two/', 'abc'));
});

test('what a copy lacks goes after what it holds, and takes its place where that has changed', () => {
  const first = brought(empty('/', 'abc', 0), given, 5);
  expect(first).toMatchObject({ session: 'abc', team: 'Colis Solidaire', at: 5, seq: 3, lines: ['1', '2'] });
  const more = { ...given, seq: 4, head: { sha256: 'c' }, after: 2, lines: ['3'] };
  expect(brought(first, more, 6)).toMatchObject({ head: { sha256: 'c' }, lines: ['1', '2', '3'], at: 6 });
  expect(brought(first, { ...given, lines: ['1', '1b', '2'] }, 6).lines).toEqual(['1', '1b', '2']);
  expect(first.lines).toEqual(['1', '2']);
});

test('a copy lasts fourteen days after it was last brought up to date', () => {
  const mirror = empty('/', 'abc', 1000);
  expect(expired(mirror, 1000 + 14 * DAY)).toBe(false);
  expect(expired(mirror, 1001 + 14 * DAY)).toBe(true);
});

test('a server put back from an older day takes nothing from a copy; one put back from it goes on with it', () => {
  const mirror = brought(empty('/', 'abc', 0), given, 5);
  expect(knowsLess(brought(mirror, { ...given, seq: 2, lines: ['1'] }, 6), mirror)).toBe(true);
  expect(knowsLess(brought(mirror, { ...given, seq: 2 }, 6), mirror)).toBe(false);
  expect(knowsLess(brought(mirror, { ...given, seq: 4, lines: ['1'] }, 6), mirror)).toBe(false);
  expect(knowsLess(mirror, empty('/', 'abc', 0))).toBe(false);
});

test('its notebook carries the lines as they came', () => {
  const made = JSON.parse(notebook(brought(empty('/', 'abc', 0), given, 5), 'Gardé'));
  expect(made.metadata.impact).toEqual({ sha256: 'b', journal: ['1', '2'] });
  expect(made.cells[0].source).toEqual(['Gardé']);
});
