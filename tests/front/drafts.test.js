import { expect, test } from 'vitest';
import { asked, changesOf, decimal, detailsAt, draftAt } from '../../impactlib/assets/drafts.js';

const french = (/** @type {string} */ name, /** @type {string} */ value) =>
  name === 'baseline' ? decimal(value, 'fr') : value;

test('an answer has a draft for each question, another form has one', () => {
  expect(draftAt({ name: 'answer', about: 'q1', anchored: true })).toBe('draft:answer:q1');
  expect(draftAt({ name: 'answer', anchored: true })).toBe('draft:answer:');
  expect(draftAt({ name: 'question', about: 'q1', anchored: false })).toBe('draft:question');
});

test('a dialog of details has a draft for each note and metric', () => {
  expect(detailsAt('definition', { note: 'h1', metric: 'm1' })).toBe('draft:definition:h1/m1');
  expect(detailsAt('definition', { note: 'h1' })).toBe('draft:definition:h1/');
});

test('a field that shows what the page saw has not changed, whatever its language and its spaces', () => {
  const values = { baseline: ' 12,5 ', unit: 'jours', owner: '' };
  expect(changesOf(values, { baseline: '12.5', unit: 'jours' }, {}, french)).toEqual({});
});

test('a change carries what it replaces, and the version of a text', () => {
  const changes = changesOf({ text: 'Neuf', unit: '' }, { text: 'Vieux', unit: 'jours' }, { text: 3 }, french);
  expect(changes).toEqual({
    text: { value: 'Neuf', was: 'Vieux', version: 3 },
    unit: { value: '', was: 'jours', version: undefined },
  });
});

test('a text is edited, a detail is set, and what has no note yet is drafted at once', () => {
  const changes = {
    statement: { value: 'Nous pensons', was: 'Je pense', version: 2 },
    stands_for: { value: 'les familles', was: '' },
    metric: { value: 'Délai', was: '' },
    unit: { value: 'jours', was: '' },
  };
  const noteOf = (/** @type {string} */ name) => (['statement', 'stands_for'].includes(name) ? 'h1' : '');
  expect(asked(changes, noteOf, 'h1')).toEqual([
    [{ statement: 'Nous pensons' }, { do: 'edit', note: 'h1', text: 'Nous pensons', was: 2 }],
    [
      { stands_for: 'les familles' },
      { do: 'detail', note: 'h1', detail: 'stands_for', value: 'les familles', was: '' },
    ],
    [
      { metric: 'Délai', unit: 'jours' },
      { do: 'draft', about: 'h1', metric: 'Délai', unit: 'jours' },
    ],
  ]);
  expect(asked({}, noteOf, 'h1')).toEqual([]);
});
