// A round of scores in a light page: the marks that one gives to the metrics, and the chart in which one moves them.
// What one places is the browser's own: nobody else's page ever has it before the round is shown. An observer's stays
// here altogether, apart from what counts.

/** @import { Given, Opinion } from './opinions.js' */
/** @import { Answer, El, Gesture } from './types.d.ts' */
/** @import { Point } from './wire.d.ts' */

import {
  $,
  $$,
  announce,
  fitting,
  focused,
  origin,
  page,
  parsed,
  recall,
  remember,
  saved,
  send,
  sayOnce,
  the,
  toast,
  words,
} from './page.js';
import { define } from './elements.js';
import { letter } from './labels.js';
import './plot.js';
import { canBeKept, isHalf, isPlaced, lastSaid, standing, tally } from './opinions.js';

/** @typedef {'value' | 'ease'} Axis */
/** @type {Axis[]} */
const AXES = ['value', 'ease'];

/** The round that the ballot is about, `before` the ids of earlier ones, the newest first; without an id none is open.
 * @typedef {{ id?: string, metrics?: { id: string, name: string }[], before?: string[] }} Round */

// As I last said it, and beside it as the server last took it. Each has a place of its own, so that two tabs of one
// person lose nothing of each other's.
/** @type {Record<string, string>} */
const unkept = {}; // where a browser keeps nothing
/** @type {(place: string) => Opinion} */
const kept = (place) => parsed(recall(place, unkept[place] ?? '{}'));
/** @type {(place: string, opinion: Opinion) => void} */
const keep = (place, opinion) => {
  unkept[place] = JSON.stringify(opinion);
  remember(place, opinion);
};
/** @type {(round: string | undefined, metric: string) => string} */
const takenAt = (round, metric) => `taken:${round}/${metric}`;

// The same width as in impact.css: the matrix is beside the marks, or below them all and folded.
const narrow = matchMedia('(max-width: 720px) and (min-height: 501px)');

/** The form in which one scores the open round: hidden while none is. What one places in it is its own. */
export class Ballot extends HTMLElement {
  #shape = ''; // the round as the page last said it
  /** @type {Round | undefined} */
  #round; // none yet in a page that has just come
  #ended = new AbortController();

  connectedCallback() {
    this.#ended = new AbortController();
    const { signal } = this.#ended;
    narrow.addEventListener('change', this.#foldMatrix, { signal });
    this.#foldMatrix();
    this.addEventListener('click', this.#pressed, { signal });
    this.addEventListener('change', this.#marked, { signal });
    // Another tab of mine.
    addEventListener('storage', ({ key }) => (!key || key.startsWith(page.store)) && this.#refresh(), { signal });
    the('impact-plot', this).move = (metric, score) => this.#place(metric, score);
  }

  disconnectedCallback() {
    this.#ended.abort();
  }

  #foldMatrix = () => {
    the('details.matrix', this).open = !narrow.matches;
  };

  // ---- what I think ---------------------------------------------------------------------------

  get #apart() {
    return 'apart' in this.dataset;
  }

  get #metrics() {
    return this.#round?.metrics ?? [];
  }

  /** @type {(round: string | undefined, metric: string) => string} */
  #saidAt(round, metric) {
    return `${this.#apart ? 'apart' : 'score'}:${round}/${metric}`;
  }

  /** @type {(metric: string, round?: string) => Opinion} */
  #opinion(metric, round = this.#round?.id) {
    return kept(this.#saidAt(round, metric));
  }

  /** What I last said of a metric in some rounds, the newest first.
   * @type {(metric: string, rounds?: string[]) => Opinion} */
  #saidIn(metric, rounds = []) {
    return lastSaid(rounds.map((round) => this.#opinion(metric, round)));
  }

  /** What I said in an earlier round: it stays for as long as I say nothing else.
   * @param {string} metric */
  #earlier(metric) {
    return this.#saidIn(metric, this.#round?.before);
  }

  /** @type {(metric: string) => Given} */
  #given(metric) {
    return standing(this.#opinion(metric), this.#earlier(metric));
  }

  /** The metrics of the round, with what I gave them. */
  #mine() {
    return this.#metrics.map((metric) => ({ ...metric, ...this.#given(metric.id) }));
  }

  /** What I gave in an earlier round, of the metrics that I say nothing of in this one. */
  #toKeep() {
    return this.#mine().filter(canBeKept);
  }

  /** @type {(metric: string, mine: Opinion, asked: { do: 'abstain' } | ({ do: 'score' } & Partial<Record<Axis, Point>>)) => void} */
  #say(metric, mine, asked) {
    const round = this.#round?.id ?? '';
    keep(this.#saidAt(round, metric), mine);
    the('.said', this).textContent = '';
    this.#refresh();
    if (!this.#apart) send({ ...asked, metric, round });
  }

  /** I think this of a metric.
   * @type {(metric: string, axes: Partial<Record<Axis, Point>>) => void} */
  #place(metric, axes) {
    if (!this.#round?.id) return; // it was shown while an arrow key rested
    const mine = this.#opinion(metric);
    if (AXES.every((axis) => !(axis in axes) || mine[axis] === axes[axis])) return this.#refresh();
    const { value, ease } = { ...mine, ...axes };
    this.#say(metric, { value, ease }, { do: 'score', ...axes });
  }

  /** @param {string} metric */
  #abstain(metric) {
    if (this.#opinion(metric).abstained) the('.said', this).textContent = words('ballot.undo');
    else this.#say(metric, { abstained: true }, { do: 'abstain' });
  }

  /** I say it anew, so that the room knows that I have finished. */
  #keepAll() {
    for (const { id, value, ease, abstained } of this.#toKeep())
      abstained ? this.#abstain(id) : this.#place(id, { value, ease });
    const left = this.#metrics.find(({ id }) => !this.#given(id).settled);
    the(left ? `[data-of="${left.id}"] input` : '[data-progress]', this).focus();
  }

  /** A score that was refused becomes again what the server last took.
   * @type {(gesture: Extract<Gesture, { do: 'score' | 'abstain' }>, answer: Answer) => void} */
  answered(gesture, answer) {
    const { round, metric } = gesture;
    const takenHere = takenAt(round, metric);
    const before = kept(takenHere);
    const taken = !('refused' in answer) || answer.code === 'twice';
    if (!taken) keep(this.#saidAt(round, metric), before);
    else
      keep(
        takenHere,
        gesture.do === 'abstain'
          ? { abstained: true }
          : { value: gesture.value ?? before.value, ease: gesture.ease ?? before.ease },
      );
    saved(taken ? 'saved.saved' : '');
    if ('refused' in answer) toast(answer.refused);
    this.#refresh();
  }

  // ---- the form -----------------------------------------------------------------------------

  /** The open round's metrics; one that was renamed or withdrawn leaves the fields of the others as they are. */
  follow() {
    const shape = $('[data-round-open]')?.dataset.roundOpen ?? '{}';
    if (this.#shape !== shape) this.#take(shape);
    for (const line of $$('[data-mine]')) this.#drawMineOf(line);
  }

  /** @param {string} shape */
  #take(shape) {
    const before = this.#round;
    this.#shape = shape;
    /** @type {Round} */
    const round = parsed(shape);
    this.#round = round;
    const [another, metrics] = [before?.id !== round.id, this.#metrics];
    const step = $('.bar')?.dataset.step;
    const holds = () => this.#round?.id === round.id && $('.bar')?.dataset.step === step;
    if (before && another) announce(words(round.id ? 'ballot.opened' : 'ballot.shown'), holds);
    else if ((before?.metrics?.length ?? 0) > metrics.length) announce(words('ballot.fewer'), holds);
    const scoring = this.contains(focused());
    this.hidden = !metrics.length;
    // Whoever was scoring when the scores were shown goes on reading them.
    if (scoring && this.hidden) {
      $('#main')?.focus({ preventScroll: true });
      $('.ranking')?.scrollIntoView();
    }
    if (another) {
      the('.said', this).textContent = '';
      the('[data-metrics]', this).replaceChildren();
    }
    if (round.id) this.#fill();
    this.#refresh();
  }

  #fill() {
    const rows = new Map($$('[data-of]', this).map((row) => [row.dataset.of, row]));
    for (const [i, { id, name }] of this.#metrics.entries()) {
      const row = rows.get(id) ?? this.#newRow(id);
      rows.delete(id);
      the('legend', row).textContent = `${letter(i)}. ${name}`; // as its point in the chart
      const button = the('[data-abstain]', row);
      button.setAttribute('aria-label', words('ballot.of', { label: button.textContent.trim(), content: name }));
    }
    for (const row of rows.values()) row.remove();
  }

  /** A metric with five marks on each axis; the arrow keys go from one to the next by themselves.
   * @type {(id: string) => El} */
  #newRow(id) {
    const row = /** @type {El} */ (the('template', this).content.firstElementChild?.cloneNode(true));
    row.dataset.of = id;
    $$('[data-axis]', row).forEach((axis) =>
      $$('input', axis).forEach((mark) => {
        mark.name = `${axis.dataset.axis}-of-${id}`;
      }),
    );
    the('[data-metrics]', this).append(row);
    return row;
  }

  // Everything of the ballot says what this browser keeps.
  #refresh() {
    if (!this.#round) return;
    for (const one of this.#mine()) this.#refreshRow(one);
    sayOnce(the('[data-progress]', this), this.#progress());
    the('[data-keep]', this).hidden = !this.#toKeep().length;
    the('[data-keep] span', this).textContent = words('ballot.again', { number: this.#toKeep().length });
    if (this.#round.id) the('impact-plot', this).draw(this.#mine());
  }

  // The marks that I gave in this round, beside those of an earlier one.
  /** @param {Given & { id: string }} given */
  #refreshRow(given) {
    const { id, abstained } = given;
    const row = the(`[data-of="${id}"]`, this);
    $$('[data-axis]', row).forEach((part) => {
      const axis = /** @type {Axis} */ (part.dataset.axis);
      const [now, before] = [this.#opinion(id)[axis], this.#earlier(id)[axis]];
      $$('input', part).forEach((mark) => {
        mark.checked = mark.value === String(now ?? '');
        mark.classList.toggle('before', mark.value === String(before ?? ''));
      });
      the('[data-before]', part).textContent = before ? words('ballot.before', { number: before }) : '';
    });
    row.classList.toggle('placed', isPlaced(given));
    the('[data-lacks]', row).hidden = !isHalf(given);
    the('[data-abstain]', row).setAttribute('aria-pressed', String(Boolean(abstained)));
  }

  // How far I have come, and how long the rest takes.
  #progress() {
    const { placed, all, half, minutes } = tally(this.#mine());
    if (placed === all) return words('ballot.all');
    return [
      words('ballot.placed', { number: placed, all }),
      half && words('ballot.half', { number: half }),
      words('ballot.minutes', { m: minutes }),
    ]
      .filter(Boolean)
      .join(' · ');
  }

  // Whoever taps is led to what is still to tap: the other axis, the next metric. Whoever uses a keyboard stays where the
  // focus is.
  /** @param {El} from */
  #leadOn(from) {
    const [row, mine] = [from.closest('[data-of]'), this.#mine()];
    const at = mine.findIndex(({ id }) => id === row?.dataset.of);
    if (at < 0 || from.matches(':focus-visible')) return;
    const next = [...mine.slice(at), ...mine.slice(0, at)].find((one) => !isPlaced(one));
    const part =
      next && $(`[data-of="${next.id}"]${next === mine[at] ? ' [data-axis]:not(:has(:checked))' : ''}`, this);
    const still = matchMedia('(prefers-reduced-motion: reduce)').matches;
    part?.scrollIntoView({ block: 'nearest', behavior: still ? 'instant' : 'smooth' });
  }

  /** @param {Event} event */
  #pressed = (event) => {
    const button = origin(event).closest('button');
    if (!button) return;
    if (button.closest('[data-keep]')) return this.#keepAll();
    const row = button.closest('[data-of]');
    if (!row) return;
    this.#abstain(row.dataset.of);
    this.#leadOn(button);
  };

  /** @param {Event} event */
  #marked = (event) => {
    const mark = /** @type {El<HTMLInputElement>} */ (event.target);
    const [axis, row] = [mark.closest('[data-axis]'), mark.closest('[data-of]')];
    if (!axis || !row) return;
    this.#place(row.dataset.of, { [axis.dataset.axis]: +mark.value });
    this.#leadOn(mark);
  };

  /** Beside what the group gave, what I gave, for my eyes alone.
   * @param {El} line */
  #drawMineOf(line) {
    const { mine: metric, rounds } = line.dataset;
    const { value, ease } = this.#saidIn(metric, rounds.split(' '));
    line.hidden = !(value && ease);
    line.textContent = value && ease ? words('ballot.mine', { value, ease }) : '';
  }
}
define('impact-ballot', Ballot);

fitting.push(() => $('impact-ballot')?.follow());
