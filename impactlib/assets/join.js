// Coming in: the browser makes the person's key, the server keeps a hash of it. Somebody of the same name who is there
// already is spoken of once: the same name sent again comes in.

const form = document.querySelector('[data-join]');
const button = form.querySelector('button');
const enter = button.textContent;
button.disabled = false;
const said = document.querySelector('#said');
const hex = () => [...crypto.getRandomValues(new Uint8Array(16))].map((b) => b.toString(16).padStart(2, '0')).join('');
// Kept until we are in, over a reload too: a name sent twice is one person.
const STORE = `impact:${document.body.dataset.room}:joining`;
const kept = (() => { try { return JSON.parse(sessionStorage.getItem(STORE)); } catch { return null; } })();
const { id, key } = kept ?? { id: hex(), key: hex() };
try { sessionStorage.setItem(STORE, JSON.stringify({ id, key })); } catch { /* private browsing */ }

// One browser may have come in by the link of another role: it says so, rather than make a second person in silence.
const [, workshop, role] = document.body.dataset.room.match(/^(.*\/)([^/]+)$/);
const enteredAs = (other) => `impact:${workshop}entered:${other}`;
for (const line of document.querySelectorAll('[data-entered]')) {
  try {
    const name = localStorage.getItem(enteredAs(line.dataset.entered));
    line.querySelector('strong').textContent = name;
    line.hidden = !name;
  } catch { /* private browsing */ }
}

let warned = '';
form.elements.name.addEventListener('input', () => { button.textContent = enter; });

form.addEventListener('submit', async (event) => {
  event.preventDefault();
  const name = form.elements.name.value;
  button.disabled = true;
  try {
    const response = await fetch(`${document.body.dataset.room}/join`, {
      method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify({ id, key, name, alone: name !== warned }), signal: AbortSignal.timeout(15000),
    });
    const answer = await response.json();
    said.classList.toggle('well', 'namesakes' in answer);
    if ('namesakes' in answer) {
      warned = name;
      said.innerHTML = answer.namesakes;
      button.textContent = button.dataset.wAnyway;
    } else if (response.ok) {
      try {
        sessionStorage.removeItem(STORE);
        localStorage.setItem(enteredAs(role), name);
      } catch { /* private browsing */ }
      return location.reload();
    } else said.textContent = answer.refused;
  } catch {
    said.classList.remove('well');
    said.textContent = said.dataset.wRetry;
  }
  button.disabled = false;
  form.elements.name.focus();
});

// A hub stops a server that nobody asks anything: an open page is somebody.
setInterval(() => fetch(`${document.body.dataset.base}api`).catch(() => null), 60000);
