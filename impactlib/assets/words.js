// What scripts say, in the reader's language: views/catalogue.py gives the words. Pure.

/** @import { Word } from './wire.d.ts' */

/** @import { Words } from './types.d.ts' */

// One catalogue for all the scripts of a page: in JupyterLab each pane loads its own, and what one defines serves all.
globalThis.__impactWords ??= { known: {}, lang: 'fr', plurals: new Intl.PluralRules('fr') };
const said = globalThis.__impactWords;

/** From now on these words are said too, in their language.
 * @type {(words: Words, lang: string) => void} */
export function speak(words, lang) {
  Object.assign(said, { known: { ...said.known, ...words }, lang });
  said.plurals = new Intl.PluralRules(lang);
  said.numbers = undefined;
}

/** A number in the reader's language. A page's first NumberFormat takes the browser longer than all its words: a whole
 * number below a thousand, which every language writes alike, does without.
 * @param {number} fact */
function written(fact) {
  if (Number.isInteger(fact) && Math.abs(fact) < 1000) return `${fact}`;
  said.numbers ??= new Intl.NumberFormat(said.lang);
  return said.numbers.format(fact);
}

/** The words of a key, with each {fact} of them in its place; the first number among these says which plural.
 * @type {(key: Word, facts?: Record<string, string | number>) => string} */
export function words(key, facts = {}) {
  const forms = said.known[key] ?? '';
  const number = Object.values(facts).find((fact) => typeof fact === 'number') ?? 0;
  const text = typeof forms === 'string' ? forms : (forms[said.plurals.select(number)] ?? forms.other ?? '');
  return text.replace(/\{(\w+)\}/g, (hole, name) => {
    const fact = facts[name] ?? hole;
    return typeof fact === 'number' ? written(fact) : fact;
  });
}
