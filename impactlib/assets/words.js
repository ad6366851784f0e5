// The words that the templates give an element for its script, in the reader's language. Pure.

/** What has words among its data: an element.
 * @typedef {{ dataset: DOMStringMap }} Worded */

/** The words that an element holds under a name.
 * @type {(element: Worded | null, name: string) => string} */
export const words = (element, name) => element?.dataset[`w${name[0].toUpperCase()}${name.slice(1)}`] ?? '';

/** The same, with each {fact} of them in its place.
 * @type {(element: Worded | null, name: string, facts: Record<string, string | number>) => string} */
export const said = (element, name, facts) =>
  words(element, name).replace(/\{(\w+)\}/g, (hole, fact) => String(facts[fact] ?? hole));
