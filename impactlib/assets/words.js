// What scripts say, in the reader's language: views/catalogue.py gives the words. Pure.

/** @import { Word } from './wire.d.ts' */

/** A word that counts has a form for each plural.
 * @typedef {Partial<Record<string, string | Partial<Record<Intl.LDMLPluralRule, string>>>>} Words */

/** @type {Words} */
let known = {};
let plurals = new Intl.PluralRules('fr');
let numbers = new Intl.NumberFormat('fr');

/** From now on these words are said, in their language.
 * @type {(words: Words, lang: string) => void} */
export function speak(words, lang) {
  known = words;
  plurals = new Intl.PluralRules(lang);
  numbers = new Intl.NumberFormat(lang);
}

/** The words of a key, with each {fact} of them in its place; the first number among these says which plural.
 * @type {(key: Word, facts?: Record<string, string | number>) => string} */
export function words(key, facts = {}) {
  const forms = known[key] ?? '';
  const number = Object.values(facts).find((fact) => typeof fact === 'number') ?? 0;
  const text = typeof forms === 'string' ? forms : (forms[plurals.select(number)] ?? forms.other ?? '');
  return text.replace(/\{(\w+)\}/g, (hole, name) => {
    const fact = facts[name] ?? hole;
    return typeof fact === 'number' ? numbers.format(fact) : fact;
  });
}
