// Files of a notebook's widgets, where there is no server to ask: their bytes come through the widget.

/** @import { El, Model } from './types.d.ts' */

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
    if (message.file) save(buffers[0], message.file, message.type);
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

/** @type {(bytes: DataView, name: string, type: string) => void} */
function save(bytes, name, type) {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(new Blob([/** @type {BlobPart} */ (bytes)], { type }));
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 1000);
}
