// The first line of a notebook: it offers to keep a rehearsal in a file, takes in a session notebook, gives its own.

/** @import { Model } from './types.d.ts' */

import { inert } from './inert.js';
import { $, the, words } from './page.js';
import { fetchFiles } from './widget_files.js';
import { speak } from './words.js';

/** @param {{ model: Model, el: HTMLElement }} widget */
function render({ model, el }) {
  const root = document.createElement('div');
  const draw = () => {
    root.className = `impact in-notebook first-line${model.get('kept') ? '' : ' unkept'}`;
    root.replaceChildren(inert(model.get('html')));
  };
  speak(JSON.parse(model.get('words')), model.get('lang'));
  draw();
  el.append(root);
  model.on('change:html', draw);
  fetchFiles(root, model);
  root.addEventListener('click', (event) => {
    const button = /** @type {Element} */ (event.target).closest('[data-keep]');
    if (button) model.send({ keep: true });
  });
  root.addEventListener('submit', async (event) => {
    event.preventDefault();
    const [file] = the('[type=file]', root).files ?? [];
    if (!file) return say(words('file.none'));
    model.send({ bring: file.name }, undefined, [await file.arrayBuffer()]);
  });
  /** @param {string} text */
  const say = (text) => {
    the('.said', root).textContent = text;
  };
  model.on('msg:custom', (message) => say(message.said ?? message.refused ?? ''));
  $('[data-toast]', root)?.toggleAttribute('hidden', true);
}

export default { render };
