// The replay: an hour as one whole and patches, played, stepped and scrubbed in the page alone. It reuses the
// panes' own script, so that a minute looks as it did in the room. Nothing leaves the browser.

/** @import { Changes, Form, Found, Model } from './types.d.ts' */

import { $, $$, page, recall, remember, sayOnce, the, unfold, words } from './page.js';
import { put } from './fragments.js';
import { define } from './elements.js';
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
 *   steps: Begun[], moments: Moment[] }} Hour */

/** @param {Frame} frame */
const lineOf = (frame) => frame.lines.find(({ kind }) => kind in ASKED);

export class Replay extends HTMLElement {
  /** @type {Hour | undefined} */
  #hour;
  /** @type {Changes[]} */
  #states = [];
  /** @type {Changes} */
  #shown = {};
  #index = 0; // frames played
  #at = 0;
  #playing = false;
  /** @type {Set<number>} */
  #answered = new Set();
  /** @type {{ i: number, goOn: boolean, line: Line } | null} */
  #asking = null;
  #ended = new AbortController();

  // JupyterLab takes a cell that is out of sight out of its page, and puts it back.
  connectedCallback() {
    if (this.#hour) this.#listen();
  }

  disconnectedCallback() {
    if (this.#hour) this.#play(false);
    this.#ended.abort();
  }

  /** Ready to be played from its beginning. `own`: one's own file, of which nothing is kept, so that no address leads to it.
   * @type {(hour: Hour, own?: boolean) => void} */
  show(hour, own = false) {
    this.#hour = hour;
    this.#states = statesOf(
      hour.whole,
      hour.frames.map(({ patch }) => patch),
    );
    Object.assign(page, { store: `impact:replay:${hour.session}:`, look: null });
    wire();
    restore(this);
    this.#list();
    Object.assign(this.#part('range'), { min: String(Math.floor(hour.begins)), max: String(Math.ceil(hour.ends)) });
    this.#part('learn').checked = recall('learn') === '1';
    this.#part('link').hidden = own;
    this.#listen();
    this.#go(hour.begins, 0);
    this.hidden = false;
    this.#openLinked();
  }

  get #played() {
    if (!this.#hour) throw new Error('no replay is shown');
    return this.#hour;
  }

  /** @type {<Name extends string>(name: Name) => Found<`[data-${Name}]`>} */
  #part(name) {
    return the(`[data-${name}]`, this);
  }

  #speed() {
    return +this.#part('speed').value;
  }

  #learns() {
    return this.#part('learn').checked;
  }

  /** @param {number} i */
  #asks(i) {
    return this.#learns() && !this.#answered.has(i) && lineOf(this.#played.frames[i]) !== undefined;
  }

  /** @param {number} time */
  #stepAt(time) {
    return this.#played.steps.findLast((step) => step.at <= time)?.title ?? '';
  }

  // ---- showing an instant ----------------------------------------------------------------------

  #setClock() {
    setClock(this.#played.start + this.#at, Date.now() / 1000, this.#playing ? this.#speed() : 0);
  }

  /** @type {(time: number, played?: number) => void} */
  #go(time, played = playedAt(this.#played.frames, time)) {
    const { begins, ends } = this.#played;
    this.#at = Math.min(Math.max(time, begins), ends);
    const last = this.#index;
    this.#index = played;
    const changes = changesBetween(this.#shown, this.#states[played]);
    this.#shown = this.#states[played];
    this.#setClock();
    if (Object.keys(changes).length) put(this.#part('stage'), changes);
    else tick();
    this.#say();
    if (played !== last) this.#follow();
  }

  #say() {
    const range = this.#part('range');
    range.value = String(Math.round(this.#at));
    range.setAttribute('aria-valuetext', [saidTime(this.#at), this.#stepAt(this.#at)].filter(Boolean).join(', '));
    this.#part('time').textContent = saidTime(this.#at);
    const lines = this.#played.frames.slice(0, this.#index).findLast((frame) => frame.lines.length)?.lines ?? [];
    const text = lines
      .map(({ who, what, text }) => [[who, what].filter(Boolean).join(' '), text].filter(Boolean).join(' · '))
      .join(' — ');
    sayOnce(this.#part('caption'), text);
  }

  // What has just changed comes into view, unless somebody writes meanwhile.
  #follow() {
    if (!this.#index || doc.activeElement?.matches('textarea')) return;
    const { patch } = this.#played.frames[this.#index - 1];
    const ids = Object.keys(patch).filter((id) => !/^(track|now|people)\//.test(id));
    // What the scores say is more than all that their showing changes.
    ids.sort((a, b) => +b.startsWith('picture/') - +a.startsWith('picture/'));
    const element = ids.map((id) => doc.getElementById(id)).find((found) => found?.offsetParent);
    const subject = element && $('[data-subject]', element);
    if (subject) unfold(subject);
    element?.scrollIntoView({ block: 'nearest' });
  }

  // ---- playing -----------------------------------------------------------------------------------

  /** @param {boolean} on */
  #play(on) {
    this.#playing = on && this.#at < this.#played.ends;
    this.#part('play').textContent = words(this.#playing ? 'replay.pause' : 'replay.play');
    // A screen reader is told where we are when we stop, not at every turn.
    this.#part('caption').setAttribute('aria-live', this.#playing ? 'off' : 'polite');
    this.#setClock();
  }

  #beat() {
    if (!this.#playing) return;
    const { start, frames, ends } = this.#played;
    const time = now() - start;
    const until = playedAt(frames, time);
    for (let i = this.#index; i < until; i += 1) if (this.#asks(i)) return this.#ask(i);
    this.#go(time, until);
    if (this.#at >= ends) this.#play(false);
  }

  /** @param {number} way */
  #step(way) {
    const { frames, begins, ends } = this.#played;
    this.#play(false);
    page.look = null;
    const to = stepFrom(frames, this.#index, way, ({ lines }) => lines.length > 0);
    if (to < 0) return this.#go(way > 0 ? ends : begins);
    return way > 0 && this.#asks(to) ? this.#ask(to) : this.#go(frames[to].at, to + 1);
  }

  // ---- learning: mine first, then the room's ---------------------------------------------------------

  /** @param {number} i */
  #ask(i) {
    const frame = this.#played.frames[i];
    const [line, ask] = [lineOf(frame), this.#part('ask')];
    if (!line) return;
    this.#asking = { i, goOn: this.#playing, line };
    this.#play(false);
    this.#go(frame.at, i);
    const { kind, about } = line;
    this.#part('ask-title').textContent = words(ASKED[kind]);
    this.#part('ask-about').textContent = about;
    this.#part('ask-about').hidden = !about;
    the('textarea', ask).value = '';
    this.#compared(false);
    ask.showModal();
    the('textarea', ask).focus();
  }

  /** @param {boolean} yes */
  #compared(yes) {
    const ask = this.#part('ask');
    for (const name of ['compared', 'kept', 'on']) the(`[data-${name}]`, ask).hidden = !yes;
    for (const part of ['textarea', 'label', '[data-compare]', '[data-skip]']) the(part, ask).hidden = yes;
  }

  #compare() {
    if (!this.#asking) return;
    const mine = the('textarea', this.#part('ask')).value.trim();
    const { who, text, kind, at: when } = this.#asking.line;
    const pairs = [
      [words('learn.yours'), mine || words('learn.nothing')],
      [[words('learn.room'), who && `(${who})`].filter(Boolean).join(' '), text],
    ];
    this.#part('compared').replaceChildren(
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
    $$('[data-own]', this).forEach((field) => {
      field.value = own;
    });
    this.#compared(true);
    this.#part('on').focus();
  }

  #goOn = () => {
    if (!this.#asking) return;
    const { i, goOn } = this.#asking;
    this.#answered.add(i);
    this.#asking = null;
    this.#part('ask').close();
    this.#go(this.#played.frames[i].at, i + 1);
    this.#play(goOn);
  };

  // ---- from the list to the stage, and back ------------------------------------------------------------

  /** @param {number} time */
  #open(time) {
    const { frames } = this.#played;
    this.#part('moments').hidden = true;
    this.#part('stage').hidden = this.#part('player').hidden = false;
    this.#play(false);
    page.look = null;
    // Who learns words an answer before the room's is seen, however they come to it.
    const i = frames.findIndex((frame) => frame.at === time && lineOf(frame));
    if (i >= 0 && this.#asks(i)) return this.#ask(i);
    this.#go(time);
    this.#follow();
  }

  #openLinked = () => {
    const time = timeIn(location.hash);
    if (time !== null) this.#open(time);
  };

  #close() {
    this.#play(false);
    this.#part('moments').hidden = false;
    this.#part('stage').hidden = this.#part('player').hidden = true;
    this.#part('whole').focus();
  }

  async #link() {
    history.replaceState(null, '', `#t=${timeOf(this.#at)}`);
    const box = this.#part('address');
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

  /** The moments that one may begin at, and the marks of the steps. */
  #list() {
    const { begins, ends, steps, moments } = this.#played;
    this.#part('moment-list').replaceChildren(...moments.map((moment) => this.#moment(moment)));
    this.#part('ticks').replaceChildren(
      ...[{ at: begins, title: steps[0]?.at > begins ? words('replay.before') : '' }, ...steps].map((step) => {
        const mark = Object.assign(doc.createElement('span'), { textContent: step.title });
        mark.style.setProperty('--at', String((step.at - begins) / (ends - begins || 1)));
        return mark;
      }),
    );
  }

  /** @param {Moment} moment */
  #moment(moment) {
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
      this.#open(moment.at);
      if (!this.#asking) this.#part('play').focus();
    });
    item.append(button);
    return item;
  }

  // ---- listening: as long as it is in the page ----------------------------------------------------------

  #listen() {
    this.#ended.abort();
    this.#ended = new AbortController();
    const { signal } = this.#ended;
    /** @type {(target: EventTarget, type: string, listener: (event: Event) => void) => void} */
    const on = (element, type, listener) => element.addEventListener(type, listener, { signal });
    const [player, ask, range] = [this.#part('player'), this.#part('ask'), this.#part('range')];
    on(this.#part('whole'), 'click', () => {
      this.#open(Math.min(0, this.#played.ends));
      this.#play(true);
      this.#part('play').focus();
    });
    on(this.#part('list'), 'click', () => this.#close());
    on(this.#part('play'), 'click', () => {
      if (!this.#playing && this.#at >= this.#played.ends) this.#go(this.#played.begins);
      this.#play(!this.#playing);
    });
    on(this.#part('link'), 'click', () => this.#link());
    on(this.#part('speed'), 'change', () => this.#play(this.#playing));
    on(this.#part('learn'), 'change', () => remember('learn', this.#learns() ? '1' : ''));
    $$('[data-gesture]', player).forEach((button) => on(button, 'click', () => this.#step(+button.dataset.gesture)));
    on(range, 'input', () => {
      this.#play(false);
      this.#go(+range.value);
    });
    // A press here moves nothing from under the pointer: the panes need not wait for its end.
    on(player, 'pointerdown', (event) => event.stopPropagation());
    on(ask, 'cancel', (event) => {
      event.preventDefault();
      this.#goOn();
    });
    on(this.#part('skip'), 'click', this.#goOn);
    on(this.#part('on'), 'click', this.#goOn);
    on(the('form', ask), 'submit', (event) => {
      event.preventDefault();
      this.#compare();
    });
    on(globalThis, 'hashchange', this.#openLinked);
    const beating = setInterval(() => this.#beat(), BEAT);
    signal.addEventListener('abort', () => clearInterval(beating));
  }
}
define('impact-replay', Replay);

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
/** @typedef {{ replay?: Hour, refused?: string }} Opening */
/** @type {(within: ParentNode, answer: Opening, said: HTMLElement | null, own?: boolean) => void} */
function opened(within, answer, said, own) {
  if (said) said.textContent = answer.replay ? '' : (answer.refused ?? words(own ? 'http.retry' : 'replay.retry'));
  if (!answer.replay) return;
  $$('[data-chooser]', within).forEach((part) => {
    part.hidden = true;
  });
  the('impact-replay', within).show(answer.replay, own);
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
if (held) the('impact-replay').show(JSON.parse(held.textContent));
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
