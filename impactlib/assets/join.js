// Coming in: the browser makes the person's key, the server keeps a hash of it.

import { newId, the, words } from './dom.js';
import { postJson, stayAwake } from './http.js';

const form = the('[data-join]');
the('button', form).disabled = false;
const said = the('#said');
const { base = '', room = '' } = document.body.dataset;
// Kept until we are in, over a reload too: a name sent twice is one person.
const STORE = `impact:${room}:joining`;
const kept = (() => {
  try {
    return JSON.parse(sessionStorage.getItem(STORE) ?? 'null');
  } catch {
    return null;
  }
})();
const { id, key } = kept ?? { id: newId(), key: newId() };
try {
  sessionStorage.setItem(STORE, JSON.stringify({ id, key }));
} catch {
  /* private browsing */
}

form.addEventListener('submit', async (event) => {
  event.preventDefault();
  const button = the('button', form);
  button.disabled = true;
  try {
    const signal = AbortSignal.timeout(15000);
    const response = await postJson(`${room}/join`, { id, key, name: form.elements.name.value }, signal);
    const answer = await response.json();
    if (response.ok) {
      try {
        sessionStorage.removeItem(STORE);
      } catch {
        /* private browsing */
      }
      return location.reload();
    }
    said.textContent = answer.refused;
  } catch {
    said.textContent = words(said, 'retry');
  }
  button.disabled = false;
  form.elements.name.focus();
});

stayAwake(base);
