// The page of a workshop that the server does not know: what this browser keeps of it.

import { the, words } from './dom.js';
import { find, idOf, sweep } from './mirror.js';
import { offer } from './offer.js';

const base = document.body.dataset.base ?? '';
const [, session = ''] = /\/room\/([a-z0-9]+)\//.exec(location.pathname) ?? [];

async function look() {
  await sweep();
  const mirror = await find(idOf(base, session));
  if (!mirror?.lines.length) return;
  const title = Object.assign(document.createElement('h2'), { textContent: words('mirror.here') });
  const links = Object.assign(document.createElement('p'), { className: 'soft', textContent: words('mirror.links') });
  the('[data-gone]').replaceChildren(title, ...offer(base, mirror), links);
}

look()
  .catch(() => {}) // this browser keeps nothing
  .finally(() => {
    document.body.dataset.ready = '1';
  });
