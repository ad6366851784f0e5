// Home: open a workshop, anew or from a file, and find those that this browser opened.

import { upload } from './upload.js';

const base = document.body.dataset.base;
const STORE = `impact:${base}:workshops`;
const read = () => { try { return JSON.parse(localStorage.getItem(STORE) ?? '[]'); } catch { return []; } };

const keep = (team, room) => {
  const others = read().filter((workshop) => workshop.room !== room);
  try { localStorage.setItem(STORE, JSON.stringify([{ team, room, at: Date.now() }, ...others].slice(0, 50))); } catch { /* private browsing */ }
};

const form = document.querySelector('[data-open-workshop]');
if (form) form.querySelector('button.btn').disabled = false;
form?.addEventListener('submit', async (event) => {
  event.preventDefault();
  const said = form.querySelector('.said');
  const button = form.querySelector('button.btn');
  const { team, starts, video, agenda } = form.elements;
  button.disabled = true;
  said.textContent = '';
  try {
    const asked = { team: team.value, video: video.value, agenda: agenda.value, starts: starts.value ? new Date(starts.value).getTime() / 1000 : null };
    const response = await fetch(`${base}workshops`, { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(asked) });
    const answer = await response.json();
    if (response.ok) {
      keep(team.value, answer.room);
      location.assign(answer.go);
      return;
    }
    said.textContent = answer.refused;
  } catch {
    said.textContent = said.dataset.wRetry;
  }
  button.disabled = false;
  team.focus();
});

const carried = document.querySelector('[data-upload=import]');
if (carried) carried.querySelector('button').disabled = false;
carried?.addEventListener('submit', async (event) => {
  event.preventDefault();
  const answer = await upload(carried);
  if (!answer) return;
  keep(answer.team, answer.room);
  location.assign(answer.go);
});

const mine = read();
const list = document.querySelector('[data-mine-list]'); // not for the operator, whose page lists them all
if (list && mine.length) {
  for (const { team, room, at } of mine) {
    const [item, link, when] = ['li', 'a', 'span'].map((tag) => document.createElement(tag));
    Object.assign(link, { href: room, textContent: team });
    Object.assign(when, { className: 'soft', textContent: ` · ${new Date(at).toLocaleDateString(document.documentElement.lang)}` });
    item.append(link, when);
    list.append(item);
  }
  document.querySelector('.mine').hidden = false;
}
// A hub stops a server that nobody asks anything: an open page is somebody.
setInterval(() => fetch(`${document.body.dataset.base}api`).catch(() => null), 60000);
document.body.dataset.ready = '1';
