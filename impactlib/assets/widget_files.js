// Files of a notebook's widgets, where there is no server to ask: their bytes come through the widget.

/** @import { El, Model } from './types.d.ts' */

import { save } from './http.js';
import { origin, toast } from './page.js';

/** Links that download ask the kernel for their file, known by the last part of their address.
 * @param {HTMLElement} root @param {Model} model */
export function fetchFiles(root, model) {
  root.addEventListener('click', (event) => {
    const link = origin(event).closest('a');
    if (!link?.hasAttribute('download')) return;
    event.preventDefault();
    model.send({ file: new URL(link.href).pathname.split('/').at(-1) ?? '' });
  });
  model.on('msg:custom', (message, buffers) => {
    if (message.refused) toast(message.refused);
    if (message.file) save(new Blob([/** @type {any} */ (buffers[0])], { type: message.type }), message.file);
  });
}

/** A file goes to the kernel, one at a time; what was made of it comes back.
 * @param {Model} model @returns {import('./bring.js').Give} */
export function giveFile(model) {
  /** @type {(answer: any) => void} */
  let hear = () => {};
  model.on('msg:custom', (message) => {
    if (message.brought) hear(message.brought);
  });
  return async (asked, file) => {
    const content = await file.arrayBuffer();
    return new Promise((resolve) => {
      hear = resolve;
      model.send({ bring: asked }, undefined, [content]);
    });
  };
}

/** The names in a session come through the widget, and the file to share is one of its files.
 * @param {Model} model @returns {import('./share.js').Source} */
export function shareThrough(model) {
  /** @type {(names: any) => void} */
  let hear = () => {};
  model.on('msg:custom', (message) => {
    if (message.names) hear(message.names);
  });
  return {
    names: () =>
      new Promise((resolve) => {
        hear = resolve;
        model.send({ ask: 'names' });
      }),
    make: async (names) => model.send({ file: 'shared.ipynb', names }),
  };
}
