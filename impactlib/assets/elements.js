// What has a life of its own is an element of ours: its timers and listeners begin and end with it.

import { OURS } from './inert.js';

/** Defined once a page, by whichever script comes first: in JupyterLab each pane loads its own.
 * @type {(name: (typeof OURS)[number], element: CustomElementConstructor) => void} */
export const define = (name, element) => {
  if (!customElements.get(name)) customElements.define(name, element);
};

/** Whether a node is such an element: a patch changes its data, the rest of it is its own.
 * @param {Node | null} node */
export const isOurs = (node) => node instanceof HTMLElement && OURS.some((name) => name === node.localName);
