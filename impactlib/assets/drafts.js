// Where drafts are kept, and what was changed in a dialog of details. Pure.

/** @import { Asked, Values } from './types.d.ts' */

/** @typedef {{ value: string, was: string, version?: number }} Change */

/** The draft of an edit belongs to its note.
 * @param {string | undefined} note */
export const editOf = (note) => `draft:edit:${note}`;

/** The draft of a form's text: an answer's belongs to its question.
 * @type {(form: { name: string, about?: string, anchored: boolean }) => string} */
export const draftAt = ({ name, about, anchored }) => (anchored ? `draft:${name}:${about ?? ''}` : `draft:${name}`);

/** The draft of a dialog of details: it belongs to its note and to its metric.
 * @type {(name: string, of: { note?: string, metric?: string }) => string} */
export const detailsAt = (name, { note, metric }) => `draft:${name}:${note ?? ''}/${metric ?? ''}`;

/** A decimal number as its language writes it.
 * @type {(value: string, lang: string) => string} */
export const decimal = (value, lang) => value.replace('.', (0.1).toLocaleString(lang)[1]);

/** The fields whose value is not as it was; `shown` says how a field shows a value.
 * @type {(values: Values, seen: Values, versions: Record<string, number>,
 *   shown: (name: string, value: string) => string) => Record<string, Change>} */
export const changesOf = (values, seen, versions, shown) =>
  Object.fromEntries(
    Object.entries(values)
      .filter(([name, value]) => value.trim() !== shown(name, seen[name] ?? ''))
      .map(([name, value]) => [name, { value, was: seen[name] ?? '', version: versions[name] }]),
  );

/** What asks for these changes, with the values that each carries: one gesture a field, and one for all that is said of
 * a metric that is not there yet. `noteOf` is the note that a field belongs to, and `about` what a metric is born of.
 * @type {(changes: Record<string, Change>, noteOf: (name: string) => string, about: string) => [Values, Asked][]}
 */
export const asked = (changes, noteOf, about) => {
  /** @type {[Values, Asked][]} */
  const all = [];
  /** @type {Values} */
  const born = {};
  for (const [name, { value, was, version }] of Object.entries(changes)) {
    const note = noteOf(name);
    if (!note) born[name] = value;
    else if (version) all.push([{ [name]: value }, { do: 'edit', note, text: value, was: version }]);
    else all.push([{ [name]: value }, { do: 'detail', note, detail: name, value, was }]);
  }
  return Object.keys(born).length ? [...all, [born, { do: 'draft', about, ...born }]] : all;
};
