// The replay: an hour as one whole and patches, played, stepped and scrubbed in the page alone. It reuses the
// panes' own script, so that a minute looks as it did in the room. Nothing leaves the browser.

/** @import { Changes, El, Form, Model } from './types.d.ts' */

import { $, $$, page, recall, remember, sayOnce, the, unfold, words } from './page.js';
import { put } from './fragments.js';
import { inert } from './inert.js';
import { now, setClock, tick } from './clock.js';
import { restore, wire } from './pane.js';
import { changesBetween, playedAt, statesOf, stepFrom } from './states.js';
import { saidTime, timeIn, timeOf } from './time.js';
import { speak } from './words.js';

const doc = document;
const BEAT = 100; // ms between two looks at the clock while it plays
/** @type {Record<string, 'learn.question' | 'learn.recommendation'>} */
const ASKED = { question: 'learn.question', recommendation: 'learn.recommendation' }; // what an observer who learns words first

/** @typedef {{ who: string, what: string, text: string, kind: string, about: string, at: number }} Line */
/** @typedef {{ at: number, patch: Changes, lines: Line[] }} Frame */
/** @typedef {{ at: number, title: string }} Begun */
/** @typedef {{ at: number, kind: string, label: string, text: string }} Moment */
/** @typedef {{ session: string, start: number, begins: number, ends: number, whole: Changes, frames: Frame[],
 *   steps: Begun[], moments: Moment[] }} Replay */

/** @type {AbortController | undefined} */
let ended; // ends what the replay before this one listens to

// `own`: one's own file, of which nothing is kept, so that no address leads to it.
/** @type {(root: El, replay: Replay, own?: boolean) => void} */
export function mount(root, replay, own = false) {
  ended?.abort();
  ended = new AbortController();
  const { signal } = ended;
  const [moments, stage, player] = ['moments', 'stage', 'player'].map((name) => the(`[data-${name}]`, root));
  const [range, ask] = [the('[data-range]', root), the('[data-ask]', root)];
  const { frames, begins, ends } = replay;
  const states = statesOf(
    replay.whole,
    frames.map(({ patch }) => patch),
  );
  const answered = new Set();
  /** @type {Changes} */
  let shown = {};
  let index = 0; // frames played
  let at = begins;
  let playing = false;
  /** @type {{ i: number, goOn: boolean, line: Line } | null} */
  let asking = null;

  Object.assign(page, { store: `impact:replay:${replay.session}:`, look: null });
  wire();
  restore(root);

  const speed = () => +the('[data-speed]', player).value;
  const learns = () => the('[data-learn]', player).checked;
  /** @param {Frame} frame */
  const lineOf = (frame) => frame.lines.find(({ kind }) => kind in ASKED);
  /** @param {number} i */
  const asks = (i) => learns() && !answered.has(i) && lineOf(frames[i]) !== undefined;
  /** @param {number} time */
  const stepAt = (time) => replay.steps.findLast((step) => step.at <= time)?.title ?? '';

  // ---- showing an instant ----------------------------------------------------------------------

  /** @type {(time: number, played?: number) => void} */
  function go(time, played = playedAt(frames, time)) {
    at = Math.min(Math.max(time, begins), ends);
    const last = index;
    index = played;
    const changes = changesBetween(shown, states[index]);
    shown = states[index];
    setClock(replay.start + at, Date.now() / 1000, playing ? speed() : 0);
    if (Object.keys(changes).length) put(stage, changes);
    else tick();
    said();
    if (index !== last) follow();
  }

  function said() {
    range.value = String(Math.round(at));
    range.setAttribute('aria-valuetext', [saidTime(at), stepAt(at)].filter(Boolean).join(', '));
    the('[data-time]', player).textContent = saidTime(at);
    const caption = the('[data-caption]', player);
    const lines = frames.slice(0, index).findLast((frame) => frame.lines.length)?.lines ?? [];
    const text = lines
      .map(({ who, what, text }) => [[who, what].filter(Boolean).join(' '), text].filter(Boolean).join(' · '))
      .join(' — ');
    sayOnce(caption, text);
  }

  // What has just changed comes into view, unless somebody writes meanwhile.
  function follow() {
    if (!index || doc.activeElement?.matches('textarea')) return;
    const ids = Object.keys(frames[index - 1].patch).filter((id) => !/^(track|now|people)\//.test(id));
    const element = ids.map((id) => doc.getElementById(id)).find((found) => found?.offsetParent);
    const subject = element && $('[data-subject]', element);
    if (subject) unfold(subject);
    element?.scrollIntoView({ block: 'nearest' });
  }

  // ---- playing -----------------------------------------------------------------------------------

  /** @param {boolean} on */
  function play(on) {
    playing = on && at < ends;
    const button = the('[data-play]', player);
    button.textContent = words(playing ? 'replay.pause' : 'replay.play');
    // A screen reader is told where we are when we stop, not at every turn.
    the('[data-caption]', player).setAttribute('aria-live', playing ? 'off' : 'polite');
    setClock(replay.start + at, Date.now() / 1000, playing ? speed() : 0);
  }

  function beat() {
    if (!playing) return;
    const time = now() - replay.start;
    const until = playedAt(frames, time);
    for (let i = index; i < until; i += 1) if (asks(i)) return prompt(i);
    go(time, until);
    if (at >= ends) play(false);
  }

  /** @param {number} way */
  function step(way) {
    play(false);
    page.look = null;
    const to = stepFrom(frames, index, way, ({ lines }) => lines.length > 0);
    if (to < 0) return go(way > 0 ? ends : begins);
    return way > 0 && asks(to) ? prompt(to) : go(frames[to].at, to + 1);
  }

  // ---- learning: mine first, then the room's ---------------------------------------------------------

  /** @param {number} i */
  function prompt(i) {
    const line = lineOf(frames[i]);
    if (!line) return;
    asking = { i, goOn: playing, line };
    play(false);
    go(frames[i].at, i);
    const { kind, about } = line;
    the('[data-ask-title]', ask).textContent = words(ASKED[kind]);
    the('[data-ask-about]', ask).textContent = about;
    the('[data-ask-about]', ask).hidden = !about;
    the('textarea', ask).value = '';
    compared(false);
    ask.showModal();
    the('textarea', ask).focus();
  }

  /** @param {boolean} yes */
  function compared(yes) {
    for (const name of ['compared', 'kept', 'on']) the(`[data-${name}]`, ask).hidden = !yes;
    for (const part of ['textarea', 'label', '[data-compare]', '[data-skip]']) the(part, ask).hidden = yes;
  }

  function compare() {
    if (!asking) return;
    const mine = the('textarea', ask).value.trim();
    const { who, text, kind, at: when } = asking.line;
    const pairs = [
      [words('learn.yours'), mine || words('learn.nothing')],
      [[words('learn.room'), who && `(${who})`].filter(Boolean).join(' '), text],
    ];
    the('[data-compared]', ask).replaceChildren(
      ...pairs.flatMap(([title, said]) => [
        Object.assign(doc.createElement('h3'), { textContent: title }),
        Object.assign(doc.createElement('blockquote'), { textContent: said }),
      ]),
    );
    const note = [
      `${saidTime(when)} · ${words(ASKED[kind])}`,
      ...pairs.map(([title, said]) => `${title} — ${said}`),
    ].join('\n');
    const own = [recall('own'), note].filter(Boolean).join('\n\n');
    remember('own', own);
    $$('[data-own]', root).forEach((field) => {
      field.value = own;
    });
    compared(true);
    the('[data-on]', ask).focus();
  }

  function goOn() {
    if (!asking) return;
    const { i, goOn: on } = asking;
    answered.add(i);
    asking = null;
    ask.close();
    go(frames[i].at, i + 1);
    play(on);
  }

  // ---- from the list to the stage, and back ------------------------------------------------------------

  /** @param {number} time */
  function open(time) {
    moments.hidden = true;
    stage.hidden = player.hidden = false;
    play(false);
    page.look = null;
    // Who learns words an answer before the room's is seen, however they come to it.
    const i = frames.findIndex((frame) => frame.at === time && lineOf(frame));
    if (i >= 0 && asks(i)) return prompt(i);
    go(time);
    follow();
  }

  function openLinked() {
    const time = timeIn(location.hash);
    if (time !== null) open(time);
  }

  function list() {
    play(false);
    moments.hidden = false;
    stage.hidden = player.hidden = true;
    the('[data-whole]', moments).focus();
  }

  async function link() {
    history.replaceState(null, '', `#t=${timeOf(at)}`);
    const box = the('[data-address]', player);
    const field = the('input', box);
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

  the('[data-moment-list]', moments).replaceChildren(
    ...replay.moments.map((moment) => {
      const [item, button, time, label, text] = ['li', 'button', 'span', 'span', 'span'].map((tag) =>
        doc.createElement(tag),
      );
      Object.assign(button, { type: 'button', className: 'moment' });
      button.dataset.kind = moment.kind;
      Object.assign(time, { className: 'at', textContent: saidTime(moment.at) });
      label.textContent = moment.label;
      Object.assign(text, { className: 'soft', textContent: moment.text });
      button.append(time, label, text);
      button.addEventListener('click', () => {
        open(moment.at);
        if (!asking) the('[data-play]', player).focus();
      });
      item.append(button);
      return item;
    }),
  );
  the('[data-ticks]', player).replaceChildren(
    ...[{ at: begins, title: replay.steps[0]?.at > begins ? words('replay.before') : '' }, ...replay.steps].map(
      (step) => {
        const mark = Object.assign(doc.createElement('span'), { textContent: step.title });
        mark.style.setProperty('--at', String((step.at - begins) / (ends - begins || 1)));
        return mark;
      },
    ),
  );
  Object.assign(range, { min: String(Math.floor(begins)), max: String(Math.ceil(ends)) });
  the('[data-learn]', player).checked = recall('learn') === '1';
  the('[data-link]', player).hidden = own;

  /** @type {(target: EventTarget, type: string, listener: (event: Event) => void) => void} */
  const on = (element, type, listener) => element.addEventListener(type, listener, { signal });
  on(the('[data-whole]', moments), 'click', () => {
    open(Math.min(0, ends));
    play(true);
    the('[data-play]', player).focus();
  });
  on(the('[data-list]', player), 'click', list);
  on(the('[data-play]', player), 'click', () => {
    if (!playing && at >= ends) go(begins);
    play(!playing);
  });
  on(the('[data-link]', player), 'click', link);
  on(the('[data-speed]', player), 'change', () => play(playing));
  on(the('[data-learn]', player), 'change', () => remember('learn', learns() ? '1' : ''));
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
  on(the('[data-skip]', ask), 'click', goOn);
  on(the('[data-on]', ask), 'click', goOn);
  on(the('form', ask), 'submit', (event) => {
    event.preventDefault();
    compare();
  });
  on(globalThis, 'hashchange', () => {
    openLinked();
  });
  const beating = setInterval(beat, BEAT);
  signal.addEventListener('abort', () => clearInterval(beating));

  go(begins, 0);
  root.hidden = false;
  openLinked();
}

// ---- a page of ours: a replay that it names, one's own file, or one that it holds ------------------------------

const body = doc.body.dataset;

/** @type {(address: string, options?: RequestInit) => Promise<Opening>} */
async function fetched(address, options) {
  try {
    const response = await fetch(address, options);
    return await response.json();
  } catch {
    return {};
  }
}

// `said` is the line that tells how it went; `own` says that no address leads to what is opened.
/** @typedef {{ replay?: Replay, refused?: string }} Opening */
/** @type {(within: ParentNode, answer: Opening, said: HTMLElement | null, own?: boolean) => void} */
function opened(within, answer, said, own) {
  if (said) said.textContent = answer.replay ? '' : (answer.refused ?? words(own ? 'http.retry' : 'replay.retry'));
  if (!answer.replay) return;
  $$('[data-chooser]', within).forEach((part) => {
    part.hidden = true;
  });
  mount(the('[data-replay]', within), answer.replay, own);
  // What had the focus is gone from sight; a page that has just opened keeps its own beginning.
  if (doc.activeElement !== doc.body) the('[data-whole]', within).focus();
}

// A session notebook of one's own: `read` has it read, by our server or by the widget's kernel.
/** @type {(form: Form, read: (file: File, said: HTMLElement) => Promise<void>) => void} */
function choosing(form, read) {
  the('.btn', form).disabled = false;
  form.addEventListener('submit', async (event) => {
    event.preventDefault();
    const [said, file] = [the('.said', form), form.elements.file.files?.[0]];
    const refused = !file ? 'file.none' : file.size > +form.dataset.largest ? 'file.large' : '';
    said.textContent = words(refused || 'file.wait');
    if (file && !refused) await read(file, said);
  });
}

/** @type {(file: File, said: HTMLElement) => Promise<void>} */
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
if (held) mount(the('[data-replay]'), JSON.parse(held.textContent));
if (doc.body.matches('.replay-page')) {
  const form = $('[data-own-file]');
  if (form) choosing(form, sent);
  if (body.source) opened(doc, await fetched(body.source), $('[data-loading]'));
  body.ready = '1';
}

// ---- as a widget (JupyterLab, Voilà's own pages) ------------------------------------------------------------------

/** @param {{ model: Model, el: HTMLElement }} widget */
function render({ model, el }) {
  const root = doc.createElement('div');
  root.className = 'impact in-notebook';
  root.append(inert(model.get('frame')));
  el.append(root);
  page.lang = model.get('lang');
  speak(JSON.parse(model.get('words')), page.lang);
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
