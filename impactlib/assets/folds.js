// In a notebook with a track, or a path, a step is open while one looks at it, as in a room: steps.js says which is.
// Voilà's page hides its cells, prose included; in JupyterLab cells are their writer's, and only the pane folds.

/** @import { El } from './types.d.ts' */

import { $, $$, words } from './page.js';

/** Make a pane that stands by itself in a cell part of its step.
 * @type {(root: HTMLElement, section: string) => void} */
export function foldInStep(root, section) {
  if (!section || root.dataset.section || root.closest('.widget-box')) return;
  root.dataset.section = section;
  const line = document.createElement('p');
  line.className = 'folded';
  const button = document.createElement('button');
  button.type = 'button';
  button.className = 'link';
  button.textContent = words('page.folded');
  button.addEventListener('click', () => root.removeAttribute('data-section'));
  line.append(button);
  root.prepend(line);
  if (document.body.dataset.voila) for (const cell of cells(root)) cell.dataset.section = section;
}

/** The cell of a pane, and the prose before it up to its heading.
 * @type {(root: HTMLElement) => Generator<El>} */
function* cells(root) {
  const all = $$('.jp-Cell');
  const own = all.findIndex((cell) => cell.contains(root));
  if (own >= 0) yield all[own];
  for (const cell of all.slice(0, Math.max(own, 0)).reverse()) {
    if (!cell.matches('.jp-MarkdownCell')) return;
    yield cell;
    if ($('h1, h2, h3', cell)) return;
  }
}
