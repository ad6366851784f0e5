// The replay: an hour as one whole and patches, played, stepped and scrubbed in the page alone. It reuses the
// panes' own script, so that a minute looks as it did in the room. Nothing leaves the browser.

import { $, $$, page, recall, remember, words } from './page.js';
import { put } from './fragments.js';
import { now, setClock, tick } from './clock.js';
import { restore, wire } from './pane.js';

const doc = document;
const BEAT = 100; // ms between two looks at the clock while it plays
const ASKED = ['question', 'recommendation']; // what an observer who learns words first

const two = (n) => String(n).padStart(2, '0');
export function timeOf(seconds) {
  const whole = Math.abs(seconds < 0 ? Math.floor(seconds) : Math.ceil(seconds));
  return `${seconds < 0 ? '−' : ''}${two(Math.floor(whole / 3600))}:${two(Math.floor(whole / 60) % 60)}:${two(whole % 60)}`;
}
const linked = () => {
  const [, minus, h, m, s] = /^#t=([-−]?)(\d+):(\d\d):(\d\d)$/.exec(decodeURIComponent(location.hash)) ?? [];
  return h === undefined ? null : (minus ? -1 : 1) * (h * 3600 + m * 60 + +s);
};

// What is seen after each number of frames, from none to all.
function statesOf(replay) {
  const states = [replay.whole];
  for (const { patch } of replay.frames) {
    const next = { ...states.at(-1), ...patch };
    for (const id in patch) if (!patch[id]) delete next[id];
    states.push(next);
  }
  return states;
}

let ended; // ends what the replay before this one listens to

// `own`: one's own file, of which nothing is kept, so that no address leads to it.
export function mount(root, replay, own = false) {
  ended?.abort();
  ended = new AbortController();
  const { signal } = ended;
  const [moments, stage, player, range, ask] = ['moments', 'stage', 'player', 'range', 'ask'].map((name) =>
    $(`[data-${name}]`, root),
  );
  const { frames, begins, ends } = replay;
  const states = statesOf(replay);
  const answered = new Set();
  let shown = {};
  let index = 0; // frames played
  let at = begins;
  let playing = false;
  let asking = null;

  Object.assign(page, { store: `impact:replay:${replay.session}:`, look: null });
  wire();
  restore(root);

  const speed = () => +$('[data-speed]', player).value;
  const learns = () => $('[data-learn]', player).checked;
  const place = (time) => {
    const next = frames.findIndex((frame) => frame.at > time);
    return next < 0 ? frames.length : next;
  };
  const lineOf = (frame) => frame.lines.find(({ kind }) => ASKED.includes(kind));
  const asks = (i) => learns() && !answered.has(i) && lineOf(frames[i]);
  const stepAt = (time) => replay.steps.findLast((step) => step.at <= time)?.title ?? '';

  // ---- showing an instant ----------------------------------------------------------------------

  function go(time, played = place(time)) {
    at = Math.min(Math.max(time, begins), ends);
    const last = index;
    index = played;
    const changes = Object.fromEntries(Object.entries(states[index]).filter(([id, html]) => shown[id] !== html));
    for (const id in shown) if (!(id in states[index])) changes[id] = '';
    shown = states[index];
    setClock(replay.start + at, Date.now() / 1000, playing ? speed() : 0);
    if (Object.keys(changes).length) put(stage, changes);
    else tick();
    said();
    if (index !== last) follow();
  }

  function said() {
    range.value = Math.round(at);
    range.setAttribute('aria-valuetext', [timeOf(at), stepAt(at)].filter(Boolean).join(', '));
    $('[data-time]', player).textContent = timeOf(at);
    const caption = $('[data-caption]', player);
    const lines = frames.slice(0, index).findLast((frame) => frame.lines.length)?.lines ?? [];
    const text = lines
      .map(({ who, what, text }) => [[who, what].filter(Boolean).join(' '), text].filter(Boolean).join(' · '))
      .join(' — ');
    if (caption.textContent !== text) caption.textContent = text;
  }

  // What has just changed comes into view, unless somebody writes meanwhile.
  function follow() {
    if (!index || doc.activeElement?.matches('textarea')) return;
    const ids = Object.keys(frames[index - 1].patch).filter((id) => !/^(track|now|people)\//.test(id));
    const element = ids.map((id) => doc.getElementById(id)).find((found) => found?.offsetParent);
    element?.scrollIntoView({ block: 'nearest' });
  }

  // ---- playing -----------------------------------------------------------------------------------

  function play(on) {
    playing = on && at < ends;
    const button = $('[data-play]', player);
    button.textContent = words(button, playing ? 'pause' : 'play');
    // A screen reader is told where we are when we stop, not at every turn.
    $('[data-caption]', player).setAttribute('aria-live', playing ? 'off' : 'polite');
    setClock(replay.start + at, Date.now() / 1000, playing ? speed() : 0);
  }

  function beat() {
    if (!playing) return;
    const time = now() - replay.start;
    const until = place(time);
    for (let i = index; i < until; i += 1) if (asks(i)) return prompt(i);
    go(time, until);
    if (at >= ends) play(false);
  }

  function step(way) {
    play(false);
    page.look = null;
    const done = (i) => frames[i]?.lines.length;
    if (way > 0) {
      const next = frames.findIndex((_, i) => i >= index && done(i));
      if (next < 0) return go(ends);
      return asks(next) ? prompt(next) : go(frames[next].at, next + 1);
    }
    const last = frames.findLastIndex((_, i) => i < index && done(i));
    const before = frames.findLastIndex((_, i) => i < last && done(i));
    return before < 0 ? go(begins) : go(frames[before].at, before + 1);
  }

  // ---- learning: mine first, then the room's ---------------------------------------------------------

  function prompt(i) {
    asking = { i, goOn: playing, line: lineOf(frames[i]) };
    play(false);
    go(frames[i].at, i);
    const { kind, about } = asking.line;
    $('[data-ask-title]', ask).textContent = words(ask, kind);
    $('[data-ask-about]', ask).textContent = about;
    $('[data-ask-about]', ask).hidden = !about;
    $('textarea', ask).value = '';
    compared(false);
    ask.showModal();
    $('textarea', ask).focus();
  }

  function compared(yes) {
    for (const name of ['compared', 'kept', 'on']) $(`[data-${name}]`, ask).hidden = !yes;
    for (const part of ['textarea', 'label', '[data-compare]', '[data-skip]']) $(part, ask).hidden = yes;
  }

  function compare() {
    const mine = $('textarea', ask).value.trim();
    const { who, text, kind, at: when } = asking.line;
    const pairs = [
      [words(ask, 'yours'), mine || words(ask, 'nothing')],
      [[words(ask, 'room'), who && `(${who})`].filter(Boolean).join(' '), text],
    ];
    $('[data-compared]', ask).replaceChildren(
      ...pairs.flatMap(([title, said]) => [
        Object.assign(doc.createElement('h3'), { textContent: title }),
        Object.assign(doc.createElement('blockquote'), { textContent: said }),
      ]),
    );
    const note = [`${timeOf(when)} · ${words(ask, kind)}`, ...pairs.map(([title, said]) => `${title} — ${said}`)].join(
      '\n',
    );
    const own = [recall('own'), note].filter(Boolean).join('\n\n');
    remember('own', own);
    $$('[data-own]', root).forEach((field) => {
      field.value = own;
    });
    compared(true);
    $('[data-on]', ask).focus();
  }

  function goOn() {
    const { i, goOn: on } = asking;
    answered.add(i);
    asking = null;
    ask.close();
    go(frames[i].at, i + 1);
    play(on);
  }

  // ---- from the list to the stage, and back ------------------------------------------------------------

  function open(time) {
    moments.hidden = true;
    stage.hidden = player.hidden = false;
    play(false);
    page.look = null;
    go(time);
    follow();
  }

  function list() {
    play(false);
    moments.hidden = false;
    stage.hidden = player.hidden = true;
    $('[data-whole]', moments).focus();
  }

  async function link() {
    history.replaceState(null, '', `#t=${timeOf(at)}`);
    const box = $('[data-address]', player);
    const field = $('input', box);
    box.hidden = false;
    field.value = location.href;
    field.select();
    // The clipboard's own interface asks for https, which a file or a local network has not.
    try {
      await navigator.clipboard.writeText(field.value);
    } catch {
      doc.execCommand('copy');
    }
  }

  $('[data-moment-list]', moments).replaceChildren(
    ...replay.moments.map((moment) => {
      const [item, button, time, label, text] = ['li', 'button', 'b', 'span', 'span'].map((tag) =>
        doc.createElement(tag),
      );
      Object.assign(button, { type: 'button', className: 'moment' });
      button.dataset.kind = moment.kind;
      time.textContent = timeOf(moment.at);
      label.textContent = moment.label;
      Object.assign(text, { className: 'soft', textContent: moment.text });
      button.append(time, label, text);
      button.addEventListener('click', () => {
        open(moment.at);
        $('[data-play]', player).focus();
      });
      item.append(button);
      return item;
    }),
  );
  $('[data-ticks]', player).replaceChildren(
    ...replay.steps.map((step) => {
      const mark = Object.assign(doc.createElement('span'), { textContent: step.title });
      mark.style.setProperty('--at', (step.at - begins) / (ends - begins || 1));
      return mark;
    }),
  );
  Object.assign(range, { min: Math.floor(begins), max: Math.ceil(ends) });
  $('[data-learn]', player).checked = recall('learn') === '1';
  $('[data-link]', player).hidden = own;

  const on = (element, type, listener) => element.addEventListener(type, listener, { signal });
  on($('[data-whole]', moments), 'click', () => {
    open(Math.min(0, ends));
    play(true);
    $('[data-play]', player).focus();
  });
  on($('[data-list]', player), 'click', list);
  on($('[data-play]', player), 'click', () => {
    if (!playing && at >= ends) go(begins);
    play(!playing);
  });
  on($('[data-link]', player), 'click', link);
  on($('[data-speed]', player), 'change', () => play(playing));
  on($('[data-learn]', player), 'change', (event) => remember('learn', event.target.checked ? '1' : ''));
  $$('[data-gesture]', player).forEach((button) => on(button, 'click', () => step(+button.dataset.gesture)));
  on(range, 'input', () => {
    play(false);
    go(+range.value);
  });
  // A press here moves nothing from under the pointer: the panes need not wait for its end.
  on(player, 'pointerdown', (event) => event.stopPropagation());
  on(ask, 'cancel', (event) => {
    event.preventDefault();
    goOn();
  });
  on($('[data-skip]', ask), 'click', goOn);
  on($('[data-on]', ask), 'click', goOn);
  on($('form', ask), 'submit', (event) => {
    event.preventDefault();
    compare();
  });
  on(globalThis, 'hashchange', () => {
    if (linked() !== null) open(linked());
  });
  const beating = setInterval(beat, BEAT);
  signal.addEventListener('abort', () => clearInterval(beating));

  go(begins, 0);
  root.hidden = false;
  if (linked() !== null) open(linked());
}

// ---- a page of ours: a replay that it names, one's own file, or one that it holds ------------------------------

const body = doc.body.dataset;

async function fetched(address, options) {
  try {
    const response = await fetch(address, options);
    return await response.json();
  } catch {
    return {};
  }
}

// `said` is the line that tells how it went; `own` says that no address leads to what is opened.
function opened(within, answer, said, own) {
  if (said) said.textContent = answer.replay ? '' : (answer.refused ?? said.dataset.wRetry);
  if (!answer.replay) return;
  $$('[data-chooser]', within).forEach((part) => {
    part.hidden = true;
  });
  mount($('[data-replay]', within), answer.replay, own);
  // What had the focus is gone from sight; a page that has just opened keeps its own beginning.
  if (doc.activeElement !== doc.body) $('[data-whole]', within).focus();
}

// A session notebook of one's own: `read` has it read, by our server or by the widget's kernel.
function choosing(form, read) {
  $('.btn', form).disabled = false;
  form.addEventListener('submit', async (event) => {
    event.preventDefault();
    const [said, file] = [$('.said', form), form.elements.file.files[0]];
    const refused = !file ? said.dataset.wNone : file.size > +form.dataset.largest ? said.dataset.wLarge : '';
    said.textContent = refused || said.dataset.wWait;
    if (!refused) await read(file, said);
  });
}

async function sent(file, said) {
  opened(
    doc,
    await fetched('file', { method: 'POST', headers: { 'Content-Type': 'application/octet-stream' }, body: file }),
    said,
    true,
  );
}

const held = doc.getElementById('replay-data');
page.lang = doc.documentElement.lang || page.lang;
if (held) mount($('[data-replay]'), JSON.parse(held.textContent));
if (doc.body.matches('.replay-page')) {
  const form = $('[data-own-file]');
  if (form) choosing(form, sent);
  if (body.source) opened(doc, await fetched(body.source), $('[data-loading]'));
  body.ready = '1';
}

// ---- as a widget (JupyterLab, Voilà's own pages) ------------------------------------------------------------------

function render({ model, el }) {
  const root = doc.createElement('div');
  root.className = 'impact in-notebook';
  root.innerHTML = model.get('frame');
  el.append(root);
  page.lang = model.get('lang');
  const form = $('[data-own-file]', root);
  model.on('msg:custom', (answer) => opened(root, answer, form && $('.said', form), Boolean(form)));
  if (!form) return model.send({ ask: 'replay' });
  choosing(form, async (file) => model.send({ ask: 'file' }, undefined, [await file.arrayBuffer()]));
  $$('[data-sample]', root).forEach((link) =>
    link.addEventListener('click', (event) => {
      event.preventDefault();
      model.send({ ask: link.dataset.sample });
    }),
  );
}

export default { render };
