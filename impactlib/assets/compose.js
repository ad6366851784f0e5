// Compose an agenda: what is typed is checked by the server, which writes the TOML, and kept in this browser.

import { $, $$, invalid, origin, the, words } from './dom.js';
import { opened, postJson, save, stayAwake } from './http.js';
import { inert } from './inert.js';
import { keepOwn, own } from './own_agendas.js';

/** @import { El } from './types.d.ts' */

/** @typedef {{ toml: string, valid: boolean, name: string, checked: string, fields: string | null }} Checked */

const base = document.body.dataset.base ?? '';
const form = the('[data-compose]');
const said = the('[data-said]');
const keep = the('button[data-save]');
const from = the('select[data-from]');
/** The TOML of what stands there, and whether a workshop can be opened with it. */
let made = { toml: '', valid: false, name: '' };

/** @type {(box: El, name: string) => { fr: string, en: string }} */
const texts = (box, name) => {
  /** @type {(lang: string) => string} */
  const one = (lang) => the(`input[data-words="${name}"][data-lang="${lang}"]`, box).value;
  return { fr: one('fr'), en: one('en') };
};

/** @param {El} step */
function stepOf(step) {
  /** @type {Record<string, { fr: string, en: string }>} */
  const now = {};
  for (const role of ['facilitator', 'client', 'consultant', 'observer']) {
    const text = texts(step, `now-${role}`);
    if (text.fr || text.en) now[role] = text;
  }
  return {
    id: step.dataset.id,
    title: texts(step, 'title'),
    minutes: the('input[data-field=minutes]', step).value,
    shows: $$('input[data-pane]:checked', step).map((box) => box.dataset.pane),
    now,
  };
}

function draft() {
  const agenda = the('[data-of=agenda]', form);
  return {
    name: agenda.dataset.name,
    title: texts(agenda, 'title'),
    needs: texts(agenda, 'needs'),
    minutes: the('input[data-field=minutes]', agenda).value,
    follow_up: agenda.dataset.follow,
    recurs: the('input[data-field=recurs]', agenda).value,
    steps: $$('[data-of=step]', form).map(stepOf),
  };
}

let asked = 0;
/** Asks what is to be said of it; an answer that comes late is dropped.
 * @param {Record<string, unknown>} what @param {boolean} [own] whether it is somebody's: the kit's is not kept */
async function check(what, own = true) {
  asked += 1;
  const mine = asked;
  try {
    const response = await postJson(`${base}compose/check`, what);
    const answer = /** @type {Checked & { refused?: string }} */ (await response.json());
    if (mine !== asked) return false;
    said.textContent = answer.refused ?? '';
    if (!response.ok) return false;
    if (answer.fields !== null) form.replaceChildren(inert(answer.fields));
    the('[data-checked]').replaceChildren(inert(answer.checked));
    made = answer;
    keep.disabled = !made.valid;
    if (own && made.valid && !keepOwn(base, made.name, made.toml)) said.textContent = words('compose.unkept');
    list();
    return true;
  } catch {
    if (mine === asked) said.textContent = words('http.retry');
    return false;
  }
}

/** Those that this browser keeps. */
function list() {
  const chosen = from.value;
  the('[data-own]').replaceChildren(
    ...Object.keys(own(base)).map((name) => new Option(name, `own:${name}`, false, `own:${name}` === chosen)),
  );
  the('[data-own]').hidden = !$('[data-own] option');
}

/** @type {ReturnType<typeof setTimeout> | undefined} */
let soon;
form.addEventListener('input', () => {
  clearTimeout(soon);
  soon = setTimeout(() => check({ draft: draft() }), 400);
});
form.addEventListener('submit', (event) => event.preventDefault());
form.addEventListener('click', async (event) => {
  const button = /** @type {El | null} */ (origin(event).closest('[data-act]'));
  if (!button) return;
  const { act, at } = button.dataset;
  clearTimeout(soon);
  if (!(await check({ draft: draft(), act, at: Number(at) }))) return;
  const steps = $$('[data-of=step]', form);
  const to = { add: steps.length - 2, up: Number(at) - 1, down: Number(at) + 1 }[act ?? ''] ?? Number(at);
  $('h2', steps[Math.min(Math.max(to, 0), steps.length - 1)])?.focus();
});

from.addEventListener('change', async () => {
  const kept = from.value.startsWith('own:') ? own(base)[from.value.slice(4)] : null;
  if (kept) await check({ text: kept, source: from.value.slice(4) });
  else location.assign(`${base}compose?from=${encodeURIComponent(from.value)}`);
});
the('[data-file]').addEventListener('change', async (event) => {
  const [file] = /** @type {HTMLInputElement} */ (origin(event)).files ?? [];
  if (file) await check({ text: await file.text(), source: file.name });
});
keep.addEventListener('click', () => {
  save(new Blob([made.toml], { type: 'application/toml' }), `${made.name}.toml`);
});

const open = $('form[data-open]');
open?.addEventListener('submit', async (event) => {
  event.preventDefault();
  const { team } = open.elements;
  const answer = await opened(`${base}workshops`, { team: team.value, toml: made.toml }, said);
  if (answer) return location.assign(answer.go);
  invalid(team, !team.value.trim());
  team.focus();
});

list();
check({ draft: draft() }, false);
stayAwake(base);
document.body.dataset.ready = '1';
