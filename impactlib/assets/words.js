// What scripts say, in the reader's language: views/catalogue.py gives the words. Pure.

/** @import { Word } from './wire.d.ts' */

/** A word that counts has a form for each plural.
 * @typedef {Partial<Record<string, string | Partial<Record<Intl.LDMLPluralRule, string>>>>} Words */

/** @type {Words} */
let known = {};
let language = 'fr';
let plurals = new Intl.PluralRules(language);
/** @type {Intl.NumberFormat | undefined} */
let numbers;

/** From now on these words are said, in their language.
 * @type {(words: Words, lang: string) => void} */
export function speak(words, lang) {
  known = words;
  language = lang;
  plurals = new Intl.PluralRules(lang);
  numbers = undefined;
}

/** A number in the reader's language. A page's first NumberFormat takes the browser longer than all its words: a whole
 * number below a thousand, which every language writes alike, does without.
 * @param {number} fact */
function written(fact) {
  if (Number.isInteger(fact) && Math.abs(fact) < 1000) return `${fact}`;
  numbers ??= new Intl.NumberFormat(language);
  return numbers.format(fact);
}

/** The words of a key, with each {fact} of them in its place; the first number among these says which plural.
 * @type {(key: Word, facts?: Record<string, string | number>) => string} */
export function words(key, facts = {}) {
  const forms = known[key] ?? '';
  const number = Object.values(facts).find((fact) => typeof fact === 'number') ?? 0;
  const text = typeof forms === 'string' ? forms : (forms[plurals.select(number)] ?? forms.other ?? '');
  return text.replace(/\{(\w+)\}/g, (hole, name) => {
    const fact = facts[name] ?? hole;
    return typeof fact === 'number' ? written(fact) : fact;
  });
}
