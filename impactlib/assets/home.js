// Home: open a workshop, anew or from a file, and find those that this browser opened.

import { $, invalid, the } from './dom.js';
import { opened, stayAwake } from './http.js';
import { all, erase, sweep } from './mirror.js';
import { eraser, offer } from './offer.js';
import { own } from './own_agendas.js';
import { dayOf } from './time.js';
import { upload } from './upload.js';

const base = document.body.dataset.base ?? '';
const STORE = `impact:${base}:workshops`;
/** @type {() => Workshop[]} */
const read = () => {
  try {
    return JSON.parse(localStorage.getItem(STORE) ?? '[]');
  } catch {
    return [];
  }
};

/** @typedef {{ team: string, room: string, at: number }} Workshop */
/** @type {(team: string, room: string) => void} */
const keep = (team, room) => {
  const others = read().filter((workshop) => workshop.room !== room);
  try {
    localStorage.setItem(STORE, JSON.stringify([{ team, room, at: Date.now() }, ...others].slice(0, 50)));
  } catch {
    /* private browsing */
  }
};

const form = $('[data-open-workshop]');
if (form) {
  the('button.btn', form).disabled = false;
  const kept = Object.keys(own(base)).map((name) => new Option(name, `own:${name}`));
  const agendas = the('select[name=agenda]', form);
  agendas.append(...kept);
  const tell = () => {
    the('[data-needed]', form).textContent = $('option:checked', agendas)?.dataset.needs ?? '';
  };
  agendas.addEventListener('change', tell);
  tell();
}
form?.addEventListener('submit', async (event) => {
  event.preventDefault();
  const said = the('.said', form);
  const button = the('button.btn', form);
  const { team, starts, video, agenda } = form.elements;
  button.disabled = true;
  const asked = {
    team: team.value,
    video: video.value,
    ...(agenda.value.startsWith('own:') ? { toml: own(base)[agenda.value.slice(4)] } : { agenda: agenda.value }),
    starts: starts.value ? new Date(starts.value).getTime() / 1000 : null,
  };
  const answer = await opened(`${base}workshops`, asked, said);
  if (answer) {
    keep(team.value, answer.room);
    location.assign(answer.go);
    return;
  }
  button.disabled = false;
  invalid(team, !team.value.trim());
  team.focus();
});

const practise = $('form[data-practise]');
if (practise) the('button.btn', practise).disabled = false;
practise?.addEventListener('submit', async (event) => {
  event.preventDefault();
  const said = the('.said', practise);
  const button = the('button.btn', practise);
  const chosen = new FormData(practise);
  button.disabled = true;
  const asked = { hurried: chosen.get('pace') === 'hurried', incidents: chosen.getAll('incident').join(' ') };
  const answer = await opened(`${base}practice`, asked, said);
  if (answer) return location.assign(answer.go);
  button.disabled = false;
});

const carried = $('[data-upload=import]');
if (carried) the('button', carried).disabled = false;
carried?.addEventListener('submit', async (event) => {
  event.preventDefault();
  const answer = await upload(carried);
  if (!answer) return;
  keep(answer.team, answer.room);
  location.assign(answer.go);
});

const mine = read();
const list = $('[data-mine-list]'); // not for the operator, whose page lists them all
if (list && mine.length) {
  for (const { team, room, at } of mine) {
    const [item, link, when] = ['li', 'a', 'span'].map((tag) => document.createElement(tag));
    Object.assign(link, { href: room, textContent: team });
    Object.assign(when, {
      className: 'soft',
      textContent: ` · ${dayOf(new Date(at), document.documentElement.lang)}`,
    });
    item.append(link, when);
    list.append(item);
  }
  the('.mine').hidden = false;
}

// Copies that this browser keeps, of whatever server had this origin.
async function listCopies() {
  await sweep();
  const kept = (await all()).filter((mirror) => mirror.lines.length);
  const box = $('[data-copies]');
  if (!box) return;
  box.hidden = !kept.length;
  the('ul', box).replaceChildren(
    ...kept.map((mirror) => {
      const item = document.createElement('li');
      item.append(...offer(base, mirror, [eraser(() => erase(mirror.id).then(listCopies))]));
      return item;
    }),
  );
}
listCopies().catch(() => {});
stayAwake(base);
document.body.dataset.ready = '1';
