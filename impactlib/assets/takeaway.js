// What one leaves with from the summary's pane: its results for a mail, its picture for a message, a page to print.

/** @import { El } from './types.d.ts' */

import { $$, toast, words } from './page.js';

const TITLE = /^H\d$/;

// The results as a mail takes them: no class, no button, nothing that is only for a screen reader or for this page.
function rich() {
  const made = document.createElement('div');
  for (const section of $$('[data-result]')) made.append(...section.cloneNode(true).childNodes);
  for (const left of $$('button, svg, .sr, [hidden]', made)) left.remove();
  for (const element of $$('*', made)) for (const { name } of [...element.attributes]) element.removeAttribute(name);
  return made;
}

// The same as plain text: a line for each title, paragraph and item.
/** @param {Node} node @returns {string[]} */
function plain(node) {
  /** @type {string[]} */
  const lines = [];
  let line = '';
  const end = () => {
    if (line.trim()) lines.push(line.replace(/[ \t\n]+/g, ' ').trim());
    line = '';
  };
  for (const child of node.childNodes) {
    if (!(child instanceof Element)) line += child instanceof Text ? child.data : '';
    else if (child.tagName === 'BR') end();
    else if (
      ['P', 'UL', 'OL', 'LI', 'BLOCKQUOTE', 'DIV', 'SECTION'].includes(child.tagName) ||
      TITLE.test(child.tagName)
    ) {
      end();
      const inner = plain(child);
      if (child.tagName === 'LI') lines.push(...inner.map((text, i) => (i ? '  ' : '- ') + text));
      else if (TITLE.test(child.tagName)) lines.push('', ...inner.map((text) => text.toUpperCase()));
      else lines.push(...inner);
    } else line += child.textContent;
  }
  end();
  return lines;
}

// The clipboard's own interface asks for https; a workshop on a local network often has none.
/** @param {string} html @param {string} text */
function byEvent(html, text) {
  let taken = false;
  /** @param {ClipboardEvent} event */
  const give = (event) => {
    event.clipboardData?.setData('text/html', html);
    event.clipboardData?.setData('text/plain', text);
    event.preventDefault();
    taken = true;
  };
  document.addEventListener('copy', give, { once: true });
  document.execCommand('copy');
  document.removeEventListener('copy', give);
  return taken;
}

export async function copyResults() {
  const made = rich();
  const [html, text] = [made.innerHTML, plain(made).join('\n').trim()];
  let done = true;
  try {
    await navigator.clipboard.write([
      new ClipboardItem({
        'text/html': new Blob([html], { type: 'text/html' }),
        'text/plain': new Blob([text], { type: 'text/plain' }),
      }),
    ]);
  } catch {
    done = byEvent(html, text);
  }
  toast(words(done ? 'copied.results' : 'copied.failed'));
}

/** @param {El} button */
export async function copyPicture(button) {
  // The promise goes in at once: some browsers forget the press while the picture is made.
  const image = fetch(button.dataset.from ?? '').then((answer) => (answer.ok ? answer.blob() : Promise.reject(answer)));
  try {
    await navigator.clipboard.write([new ClipboardItem({ 'image/png': image })]);
    toast(words('copied.picture'));
  } catch {
    toast(words('copied.no_picture'));
  }
}

// The page asks for nothing and runs nothing: the window that opened it prints it.
/** @param {HTMLAnchorElement} link */
export function print(link) {
  const page = window.open(link.href);
  page?.addEventListener('load', () => page.print());
  return Boolean(page);
}
