// Which step one looks at: the group's, unless one looks elsewhere or writes; and what the room is asked to look at.

/** @import { El } from './types.d.ts' */

import { $, $$, announce, dress, fitting, focused, page, the, unfold } from './page.js';
import { entered, followed } from './places.js';

/** @type {string | undefined} */
let before; // the group's step at the last look
/** @type {string | undefined} */
let moment; // the group's moment within it, then
const FOOT = 90; // px that what floats at the foot takes
const MOMENTS = ['advise', 'score', 'choose'];

/** The name under which one looks at the whole script. */
const SCRIPT = 'script';

/** Each part of the script says the minutes of its step; what is of no step of this agenda says none.
 * @param {El[]} steps */
function time(steps) {
  for (const step of steps) {
    const section = $$('[data-section]').find(({ dataset }) => step.dataset.shows.split(' ').includes(dataset.section));
    // Its own text alone: not the minutes that it had before, nor what only a screen reader says.
    const said = [...($('small', step)?.childNodes ?? [])].filter((node) => node instanceof Text);
    if (section) the('h2', section).dataset.minutes = said.map((node) => node.data.trim()).join('');
  }
}

/** A path has no group: one walks it alone, from its first stage. */
function walk() {
  const stages = $$('.path button[data-look]');
  if (!stages.length) return;
  const current = stages.find(({ dataset }) => dataset.look === page.look) ?? stages[0];
  const shown = current.dataset.shows.split(' ');
  for (const section of $$('[data-section]')) section.classList.toggle('on', shown.includes(section.dataset.section));
  for (const stage of stages) {
    if (stage === current) stage.setAttribute('aria-current', 'step');
    else stage.removeAttribute('aria-current');
  }
  $$('[data-act="onward"]').forEach((button) => {
    button.hidden = current === stages.at(-1);
  });
}

/** Go to the next stage of the path. */
export function onward() {
  const stages = $$('.path button[data-look]');
  const next = stages[stages.findIndex((stage) => stage.hasAttribute('aria-current')) + 1];
  if (next) lookAt(next.dataset.look);
}

function show() {
  const bar = $('.bar');
  if (!bar) return walk();
  const moved = before !== undefined && before !== bar.dataset.step + bar.dataset.state;
  // Whoever is typing when the group moves on stays where they are: the banner takes them along.
  if (moved && typing() && !page.look) page.look = page.was;
  else if (moved && !page.look) scrollTo({ top: 0 });
  before = bar.dataset.step + bar.dataset.state;
  follow(moved);
  followChoice();
  const steps = $$('.steps button[data-look]');
  const state = bar.dataset.state;
  const group = bar.dataset.step || steps[0]?.dataset.look;
  const looked = page.look && page.look !== group ? page.look : null;
  const summary = page.look ? page.look === 'summary' : state === 'ended';
  const current = steps.find((button) => button.dataset.look === (looked ?? group));
  if (!page.look) page.was = group;
  const shown = summary ? ['summary'] : (current?.dataset.shows.split(' ') ?? []);
  // The facilitator's script is read as a whole before the hour, and whenever one looks at it so.
  const script = document.body.dataset.notebook === 'script';
  if (page.look === SCRIPT || (script && state === 'before' && !looked))
    shown.push(...steps.flatMap((button) => button.dataset.shows.split(' ')));
  if (script) time(steps);
  if (!summary && state === 'before' && !looked) shown.push('lobby');
  const inMoment =
    looked || summary || !document.body.classList.contains('room-page') ? '' : (page.moment ?? moment ?? '');
  document.body.dataset.inMoment = inMoment;
  $$('[data-look-moment]').forEach((button) =>
    button.setAttribute('aria-pressed', String(button.dataset.lookMoment === inMoment)),
  );
  $$('[data-section]').forEach((section) => section.classList.toggle('on', shown.includes(section.dataset.section)));
  steps.forEach((button) => button.setAttribute('aria-pressed', String(!summary && button === current)));
  const looking = $('[data-looking]');
  const elsewhere = page.look ? looked || summary !== (state === 'ended') : Boolean(page.moment);
  if (looking) looking.hidden = !elsewhere;
  $$('[data-look="summary"]').forEach((link) => link.setAttribute('aria-pressed', String(summary)));
  $$(`[data-look="${SCRIPT}"]`).forEach((link) => link.setAttribute('aria-pressed', String(page.look === SCRIPT)));
  followed();
}

// When the team is told to choose, the order comes to whoever does not write.
/** @type {boolean | undefined} */
let chooses; // whether it was told so at the last look
function followChoice() {
  const told = $('.moments')?.dataset.chooses !== undefined;
  const now = told && chooses === false && !typing();
  chooses = told;
  if (!now) return;
  [page.look, page.moment] = [null, null];
  requestAnimationFrame(() => {
    const first = $('.order-part .places > *')?.getBoundingClientRect();
    const seen = first && first.top > 0 && first.bottom < innerHeight - FOOT;
    if (!seen) $('.order-part')?.scrollIntoView();
  });
}

// A moment takes the whole page of everybody: what they were writing is kept in its place.
/** @param {boolean} moved */
function follow(moved) {
  const now = $('[data-moment]')?.dataset.moment;
  if (moment && now !== moment && !moved) {
    page.moment = null;
    if (now && now !== 'advise') page.look = null;
    if (now) top();
  }
  if (moved || !now) page.moment = null;
  moment = now;
}

function top() {
  scrollTo({ top: 0 });
  $('#main')?.focus({ preventScroll: true });
}

/** @param {string} name */
export function lookAtMoment(name) {
  page.look = null;
  page.moment = name === moment ? null : name;
  entered();
  show();
  top();
}

const typing = () => {
  const at = focused();
  return Boolean(
    at?.closest('impact-ballot') ||
      (at?.matches('textarea, input') &&
        /** @type {Partial<HTMLInputElement>} */ (at).value &&
        at.closest('[data-section]')),
  );
};

/** @param {string} step */
export function lookAt(step) {
  const group = $('.bar')?.dataset.step;
  page.look = step && step !== group ? step : $('.bar')?.dataset.state === 'ended' && step ? step : null;
  page.moment = null;
  entered();
  lookAgain();
}

/** Show the place that the page is at, from its beginning. */
export function lookAgain() {
  dress();
  refresh();
  top();
}

// Before the end the summary is drawn when it is looked at, and again when something has come meanwhile.
export function refresh() {
  if (page.look === 'summary' && $('.bar')?.dataset.state !== 'ended') page.more?.('summary', '');
}

// ---- what the facilitator asks everybody to look at --------------------------------------------

let together = '';

// The note comes to whoever does not write; those who do are told, and have the band.
function lookTogether() {
  const note = $('[data-together]')?.dataset.together ?? '';
  $$('[data-id]').forEach((card) => card.classList.toggle('looked-at', card.dataset.id === note));
  const busy = document.activeElement?.matches('textarea, input, select') || $('dialog[open]');
  const another = note && note !== together;
  together = note;
  if (another && !busy) bring(note);
  // biome-ignore lint/performance/useDomNodeTextContent: the lines as they are seen
  else if (another) announce(the('[data-together] p').innerText.replace('\n', ' : '), () => together === note);
}

/** @param {string} note */
const cardsOf = (note) => $$('[data-id]').filter((card) => card.dataset.id === note);
/** @param {string} note */
function bring(note) {
  const card = cardsOf(note).find((one) => one.offsetParent);
  if (!card) return;
  unfold($('[data-subject]', card) ?? card);
  card.scrollIntoView({ block: 'center' });
}

// What stands in steps that are not looked at is found in one that shows it.
/** @param {El[]} elements */
export function uncover(...elements) {
  const sections = elements.map((element) => element.closest('[data-section]')).filter((section) => section !== null);
  if (sections.some((section) => section.classList.contains('on'))) return uncoverMoment(elements);
  const step = $$(':is(.steps, .path) button[data-look]').find(({ dataset }) =>
    sections.some((section) => dataset.shows.split(' ').includes(section.dataset.section)),
  );
  if (step) lookAt(step.dataset.look);
  uncoverMoment(elements);
}

// And in a moment that shows it.
/** @param {El[]} elements */
function uncoverMoment(elements) {
  if (!moment || !elements.length || elements.some((element) => element.checkVisibility())) return;
  /** @param {string} name */
  const shows = (name) => {
    document.body.dataset.inMoment = name;
    return elements.some((element) => element.checkVisibility());
  };
  const found = MOMENTS.find(shows);
  page.moment = found && found !== moment ? found : null;
  show();
}

/** @param {string} note */
export function goTo(note) {
  uncover(...cardsOf(note));
  bring(note);
}

// Prepare: when the hour begins the team's page goes there, unless somebody is writing, who finds a link.
function followHour() {
  const hour = $('[data-hour]');
  if (!hour) return;
  if (page.hour === 'before' && hour.dataset.hour === 'running' && hour.dataset.go && !typing() && !$('dialog[open]'))
    location.assign(hour.dataset.go);
  page.hour = hour.dataset.hour;
}

fitting.push(show, followHour, lookTogether);
