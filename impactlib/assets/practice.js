// A rehearsal's facilitator: hurries the simulated people, lets something go wrong, begins anew, or removes it.

import { $, words } from './dom.js';
import { postJson } from './http.js';

const { base = '', room = '' } = document.body.dataset;

document.addEventListener('click', async (event) => {
  const button = event.target instanceof Element && event.target.closest('button[data-practice]');
  if (!(button instanceof HTMLButtonElement)) return;
  const { practice = '', said = '' } = button.dataset;
  const status = $('[data-practice-said]');
  button.disabled = true;
  /** @type {{ go?: string, refused?: string }} */
  let answer = {};
  try {
    const asked =
      practice === 'again' ? postJson(`${base}practice`, {}) : postJson(`${room}/practice`, { do: practice });
    const response = await asked;
    answer = await response.json();
    // Who may open none is told so at home.
    if (practice === 'again') return location.assign(answer.go ?? base);
    if (response.ok && practice === 'remove') return location.assign(base);
    if (status) status.textContent = response.ok ? said : (answer.refused ?? '');
  } catch {
    if (status) status.textContent = words('http.failed');
  }
  button.disabled = false;
});
