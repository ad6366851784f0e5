// The second wall: whatever the server's templates let through, what is put into a page runs nothing. The first is that
// they escape people's words, the third the page's Content-Security-Policy.

// What loads, runs, sends elsewhere, or changes an attribute later.
const NEVER =
  'script, iframe, frame, frameset, object, embed, applet, base, link, meta, style, animate, set, animateMotion, animateTransform, foreignObject';
// Attributes that hold an address; a link alone may lead to another host, since only a press follows it.
const ADDRESSES = /^(href|src|action|formaction|xlink:href|data|poster|background|ping|srcset)$/i;
const FOLLOWED = 'a[href], area[href]';

/** The elements of ours that may be put in (`elements.js`): those of others in the page, as JupyterLab's, may not. */
export const OURS = /** @type {const} */ ([
  'impact-ballot',
  'impact-clock',
  'impact-countdown',
  'impact-plot',
  'impact-replay',
]);

/** Whether an address may stand in what is put in: a place of this host, a picture of data, and for a link the web or a mail.
 * @type {(address: string, followed: boolean) => boolean} */
function harmless(address, followed) {
  // A browser passes over blanks and control characters wherever they stand in a scheme.
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
  const bare = address.replace(/[\u0000-\u0020\u007f-\u00a0]/g, '');
  const [, scheme] = /^([a-z][a-z0-9+.-]*):/i.exec(bare) ?? [];
  if (!scheme) return followed || !/^[\\/]{2}/.test(bare);
  return followed
    ? /^(https?|mailto|webcal|blob)$/i.test(scheme)
    : /^(blob:|data:image\/(png|svg\+xml)[;,])/i.test(bare);
}

/** What HTML says, without anything that could run or that asks another host by itself.
 * @param {string} html
 * @returns {DocumentFragment} */
export function inert(html) {
  const { content } = Object.assign(document.createElement('template'), { innerHTML: html });
  disarm(content);
  return content;
}

/** @param {DocumentFragment} content */
function disarm(content) {
  for (const one of content.querySelectorAll(NEVER)) one.remove();
  for (const one of content.querySelectorAll('*')) {
    if (one.hasAttribute('is') || (one.localName.includes('-') && !OURS.some((name) => name === one.localName))) {
      one.remove();
      continue;
    }
    const followed = one.matches(FOLLOWED);
    for (const { name, value } of [...one.attributes])
      if (/^on|^srcdoc$/i.test(name) || (ADDRESSES.test(name) && !harmless(value, followed && name === 'href')))
        one.removeAttribute(name);
    if (one instanceof HTMLTemplateElement) disarm(one.content);
  }
}
