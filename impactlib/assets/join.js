// Coming in: the browser makes the person's key, the server keeps a hash of it.

const form = document.querySelector('[data-join]');
form.querySelector('button').disabled = false;
const said = document.querySelector('#said');
const hex = () => [...crypto.getRandomValues(new Uint8Array(16))].map((b) => b.toString(16).padStart(2, '0')).join('');
// Kept until we are in, over a reload too: a name sent twice is one person.
const STORE = `impact:${document.body.dataset.room}:joining`;
const kept = (() => {
  try {
    return JSON.parse(sessionStorage.getItem(STORE));
  } catch {
    return null;
  }
})();
const { id, key } = kept ?? { id: hex(), key: hex() };
try {
  sessionStorage.setItem(STORE, JSON.stringify({ id, key }));
} catch {
  /* private browsing */
}

form.addEventListener('submit', async (event) => {
  event.preventDefault();
  const button = form.querySelector('button');
  button.disabled = true;
  try {
    const response = await fetch(`${document.body.dataset.room}/join`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify({ id, key, name: form.elements.name.value }),
      signal: AbortSignal.timeout(15000),
    });
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
    said.textContent = said.dataset.wRetry;
  }
  button.disabled = false;
  form.elements.name.focus();
});

// A hub stops a server that nobody asks anything: an open page is somebody.
setInterval(() => fetch(`${document.body.dataset.base}api`).catch(() => null), 60000);
