// Coming in: the browser makes the person's key, the server keeps a hash of it. Somebody of the same name who is there
// already is spoken of once: the same name sent again comes in. Whoever may be that person, offline, is asked first.

import { $, $$, invalid, newId, the, words } from './dom.js';
import { postJson, stayAwake } from './http.js';
import { inert } from './inert.js';

const form = the('[data-join]');
const button = the('button', form);
const enter = button.textContent;
button.disabled = false;
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

// One browser may have come in by the link of another role: it says so, rather than make a second person in silence.
const workshop = room.replace(/[^/]+$/, '');
/** @param {string} role */
const enteredAs = (role) => `impact:${workshop}entered:${role}`;
for (const line of $$('[data-entered]')) {
  try {
    const name = localStorage.getItem(enteredAs(line.dataset.entered));
    the('strong', line).textContent = name;
    line.hidden = !name;
  } catch {
    /* private browsing */
  }
}

// What this browser kept of words that were erased goes too.
const gone = $('[data-forgotten]')?.dataset.forgotten;
if (gone) {
  try {
    for (const name of Object.keys(localStorage))
      if (name.startsWith(`impact:${workshop}${gone}:`)) localStorage.removeItem(name);
  } catch {
    /* private browsing */
  }
}

const question = the('[data-offline]', form);
/** @param {string} html who may be coming back; "" for nobody */
function ask(html) {
  the('p', question).replaceChildren(inert(html));
  question.hidden = !html;
  the('[data-enter]', form).hidden = !!html;
}

let warned = '';
form.elements.name.addEventListener('input', () => {
  button.textContent = enter;
  invalid(form.elements.name, false);
  ask('');
});

form.addEventListener('submit', async (event) => {
  event.preventDefault();
  const name = form.elements.name.value;
  const as = /** @type {HTMLButtonElement | null} */ (event.submitter)?.value;
  const buttons = $$('button', form);
  for (const one of buttons) one.disabled = true;
  try {
    const signal = AbortSignal.timeout(15000);
    const response = await postJson(
      `${room}/join`,
      { id, key, name, alone: as !== 'other' && name !== warned, back: as === 'back' },
      signal,
    );
    const answer = await response.json();
    said.classList.toggle('well', 'namesakes' in answer);
    ask(answer.offline ?? '');
    invalid(form.elements.name, 'refused' in answer);
    if ('offline' in answer) said.textContent = '';
    else if ('namesakes' in answer) {
      warned = name;
      said.replaceChildren(inert(answer.namesakes));
      button.textContent = words('join.anyway');
    } else if (response.ok) {
      try {
        sessionStorage.removeItem(STORE);
        localStorage.setItem(enteredAs(room.slice(workshop.length)), name);
      } catch {
        /* private browsing */
      }
      return location.reload();
    } else said.textContent = answer.refused;
  } catch {
    said.classList.remove('well');
    said.textContent = words('join.retry');
  }
  for (const one of buttons) one.disabled = false;
  (question.hidden ? form.elements.name : question).focus();
});

stayAwake(base);
