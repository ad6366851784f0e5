// A round of scores in a light page: the marks that one gives to the metrics, the chart in which one moves them, and the
// picture of what was shown.
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
import { chart } from './chart.js';
import { letter } from './labels.js';
import { canBeKept, isHalf, isPlaced, lastSaid, standing, tally } from './opinions.js';

/** @typedef {'value' | 'ease'} Axis */
/** @type {Axis[]} */
const AXES = ['value', 'ease'];

// ---- what I think ---------------------------------------------------------------------------

/** The round that the ballot is about, `before` the ids of earlier ones, the newest first; without an id none is open.
 * @typedef {{ id?: string, metrics?: { id: string, name: string }[], before?: string[] }} Round */
/** @typedef {El & { shape?: string, round: Round, drawing?: ReturnType<typeof chart> }} Ballot */

const ballot = () => /** @type {Ballot | null} */ ($('[data-ballot]'));
/** @param {El} element */
const ballotOf = (element) => /** @type {Ballot | null} */ (element.closest('[data-ballot]'));

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
/** @type {(host: El, round: string | undefined, metric: string) => string} */
const saidAt = (host, round, metric) => `${'apart' in host.dataset ? 'apart' : 'score'}:${round}/${metric}`;
/** @type {(host: Ballot, metric: string, round?: string) => Opinion} */
const opinion = (host, metric, round = host.round.id) => kept(saidAt(host, round, metric));
/** What I last said of a metric in some rounds, the newest first.
 * @type {(host: Ballot, metric: string, rounds?: string[]) => Opinion} */
const saidIn = (host, metric, rounds = []) => lastSaid(rounds.map((round) => opinion(host, metric, round)));
/** What I said in an earlier round: it stays for as long as I say nothing else.
 * @type {(host: Ballot, metric: string) => Opinion} */
const earlier = (host, metric) => saidIn(host, metric, host.round.before);
/** @type {(host: Ballot, metric: string) => Given} */
const given = (host, metric) => standing(opinion(host, metric), earlier(host, metric));
/** The metrics of the round, with what I gave them.
 * @param {Ballot} host */
const mineOf = (host) => (host.round.metrics ?? []).map((metric) => ({ ...metric, ...given(host, metric.id) }));

/** @type {(host: Ballot, metric: string, mine: Opinion, asked: { do: 'abstain' } | ({ do: 'score' } & Partial<Record<Axis, Point>>)) => void} */
function say(host, metric, mine, asked) {
  keep(saidAt(host, host.round.id, metric), mine);
  the('.said', host).textContent = '';
  refresh();
  if (!('apart' in host.dataset)) send({ ...asked, metric, round: host.round.id });
}

/** I think this of a metric.
 * @type {(host: Ballot, metric: string, axes: Partial<Record<Axis, Point>>) => void} */
function place(host, metric, axes) {
  if (!host.round.id) return; // it was shown while an arrow key rested
  const mine = opinion(host, metric);
  if (AXES.every((axis) => !(axis in axes) || mine[axis] === axes[axis])) return refresh();
  const { value, ease } = { ...mine, ...axes };
  say(host, metric, { value, ease }, { do: 'score', ...axes });
}

/** @type {(host: Ballot, metric: string) => void} */
function abstain(host, metric) {
  if (opinion(host, metric).abstained) the('.said', host).textContent = words('ballot.undo');
  else say(host, metric, { abstained: true }, { do: 'abstain' });
}

/** What I gave in an earlier round, of the metrics that I say nothing of in this one.
 * @param {Ballot} host */
const toKeep = (host) => mineOf(host).filter(canBeKept);

/** I say it anew, so that the room knows that I have finished.
 * @param {Ballot} host */
function keepAll(host) {
  for (const { id, value, ease, abstained } of toKeep(host))
    abstained ? abstain(host, id) : place(host, id, { value, ease });
  const left = host.round.metrics?.find(({ id }) => !given(host, id).settled);
  the(left ? `[data-of="${left.id}"] input` : '[data-progress]', host).focus();
}

// A score that was refused becomes again what the server last took. Says whether the answer was about one and is done with.
/** @type {(gesture: Gesture, answer: Answer) => boolean} */
function answered(gesture, answer) {
  const host = ballot();
  if (!host || (gesture.do !== 'score' && gesture.do !== 'abstain')) return false;
  const { round, metric } = gesture;
  const takenHere = takenAt(round, metric);
  const before = kept(takenHere);
  const taken = !('refused' in answer) || answer.code === 'twice';
  if (!taken) keep(saidAt(host, round, metric), before);
  else
    keep(
      takenHere,
      gesture.do === 'abstain'
        ? { abstained: true }
        : { value: gesture.value ?? before.value, ease: gesture.ease ?? before.ease },
    );
  saved(taken ? 'saved.saved' : '');
  if ('refused' in answer) toast(answer.refused);
  refresh();
  return true;
}

// ---- the ballot -----------------------------------------------------------------------------

// The open round's metrics; one that was renamed or withdrawn leaves the fields of the others as they are.
function draw() {
  const host = ballot();
  if (host && page.send) open(host);
  drawShown();
}

/** @param {Ballot} host */
function open(host) {
  const shape = $('[data-round-open]')?.dataset.roundOpen ?? '{}';
  if (host.shape === shape) return;
  const before = host.round; // none yet in a page that has just come
  host.shape = shape;
  host.round = parsed(shape);
  const [another, metrics] = [before?.id !== host.round.id, host.round.metrics ?? []];
  const { id } = host.round;
  const step = $('.bar')?.dataset.step;
  const holds = () => host.round.id === id && $('.bar')?.dataset.step === step;
  if (before && another) announce(words(id ? 'ballot.opened' : 'ballot.shown'), holds);
  else if ((before?.metrics?.length ?? 0) > metrics.length) announce(words('ballot.fewer'), holds);
  const scoring = host.contains(focused());
  host.hidden = !metrics.length;
  // Whoever was scoring when the scores were shown goes on reading them.
  if (scoring && host.hidden) {
    $('#main')?.focus({ preventScroll: true });
    $('.ranking')?.scrollIntoView();
  }
  if (another) {
    the('.said', host).textContent = '';
    the('[data-metrics]', host).replaceChildren();
  }
  if (id) fill(host, metrics);
  refresh();
}

/** @type {(host: Ballot, metrics: { id: string, name: string }[]) => void} */
function fill(host, metrics) {
  const rows = new Map($$('[data-of]', host).map((row) => [row.dataset.of, row]));
  for (const [i, { id, name }] of metrics.entries()) {
    const row = rows.get(id) ?? newRow(host, id);
    rows.delete(id);
    the('legend', row).textContent = `${letter(i)}. ${name}`; // as its point in the chart
    const button = the('[data-abstain]', row);
    button.setAttribute('aria-label', words('ballot.of', { label: button.textContent.trim(), content: name }));
  }
  for (const row of rows.values()) row.remove();
}

/** A metric with five marks on each axis; the arrow keys go from one to the next by themselves.
 * @type {(host: Ballot, id: string) => El} */
function newRow(host, id) {
  const row = /** @type {El} */ (the('template', host).content.firstElementChild?.cloneNode(true));
  row.dataset.of = id;
  $$('[data-axis]', row).forEach((axis) =>
    $$('input', axis).forEach((mark) => {
      mark.name = `${axis.dataset.axis}-of-${id}`;
    }),
  );
  the('[data-metrics]', host).append(row);
  return row;
}

// Everything of the ballot says what this browser keeps.
function refresh() {
  const host = ballot();
  if (!host?.round) return;
  for (const one of mineOf(host)) refreshRow(host, one);
  sayOnce(the('[data-progress]', host), progress(host));
  the('[data-keep]', host).hidden = !toKeep(host).length;
  the('[data-keep] span', host).textContent = words('ballot.again', { number: toKeep(host).length });
  drawMine(host);
}

// The marks that I gave in this round, beside those of an earlier one.
/** @type {(host: Ballot, given: Given & { id: string }) => void} */
function refreshRow(host, given) {
  const { id, abstained } = given;
  const row = the(`[data-of="${id}"]`, host);
  $$('[data-axis]', row).forEach((part) => {
    const axis = /** @type {Axis} */ (part.dataset.axis);
    const [now, before] = [opinion(host, id)[axis], earlier(host, id)[axis]];
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
/** @param {Ballot} host */
function progress(host) {
  const { placed, all, half, minutes } = tally(mineOf(host));
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
/** @type {(host: Ballot, from: El) => void} */
function leadOn(host, from) {
  const [row, mine] = [from.closest('[data-of]'), mineOf(host)];
  const at = mine.findIndex(({ id }) => id === row?.dataset.of);
  if (at < 0 || from.matches(':focus-visible')) return;
  const next = [...mine.slice(at), ...mine.slice(0, at)].find((one) => !isPlaced(one));
  const part = next && $(`[data-of="${next.id}"]${next === mine[at] ? ' [data-axis]:not(:has(:checked))' : ''}`, host);
  const still = matchMedia('(prefers-reduced-motion: reduce)').matches;
  part?.scrollIntoView({ block: 'nearest', behavior: still ? 'instant' : 'smooth' });
}

/** @param {Ballot} host */
function drawMine(host) {
  const { id, metrics = [] } = host.round;
  host.drawing ??= chart(the('[data-chart]', host), (metric, score) => place(host, metric, score));
  if (id) host.drawing(metrics.map(({ id: metric, name }) => ({ id: metric, name, ...given(host, metric) })));
}

// ---- what was shown ----------------------------------------------------------------------------

function drawShown() {
  const map = /** @type {El & { shown?: string, drawing?: ReturnType<typeof chart> } | null} */ ($('[data-map]'));
  if (!map) return;
  const shown = $('[data-spots]')?.dataset.spots ?? '[]';
  map.hidden = shown === '[]';
  if (map.shown !== shown) {
    map.shown = shown;
    map.drawing ??= chart(map);
    map.drawing(JSON.parse(shown));
  }
  const host = ballot();
  if (host) $$('[data-mine]').forEach((line) => drawMineOf(host, line));
}

// Beside what the group gave, what I gave, for my eyes alone.
/** @type {(host: Ballot, line: El) => void} */
function drawMineOf(host, line) {
  const { mine: metric, rounds } = line.dataset;
  const { value, ease } = saidIn(host, metric, rounds.split(' '));
  line.hidden = !(value && ease);
  line.textContent = value && ease ? words('ballot.mine', { value, ease }) : '';
}

// ---- in the page ---------------------------------------------------------------------------------

// The same width as in impact.css: the matrix is beside the marks, or below them all and folded.
const narrow = matchMedia('(max-width: 720px) and (min-height: 501px)');
const foldMatrix = () => {
  for (const fold of $$('details.matrix')) fold.open = !narrow.matches;
};
narrow.addEventListener('change', foldMatrix);
foldMatrix();

fitting.push(draw);
page.scored = answered;
document.addEventListener('click', (event) => {
  const button = origin(event).closest('.ballot button');
  const host = button && ballotOf(button);
  if (!host) return;
  if (button.closest('[data-keep]')) return keepAll(host);
  const row = button.closest('[data-of]');
  if (!row) return;
  abstain(host, row.dataset.of);
  leadOn(host, button);
});
document.addEventListener('change', (event) => {
  const mark = /** @type {El<HTMLInputElement>} */ (event.target);
  const [host, axis, row] = [ballotOf(mark), mark.closest('[data-axis]'), mark.closest('[data-of]')];
  if (!host || !axis || !row) return;
  place(host, row.dataset.of, { [axis.dataset.axis]: +mark.value });
  leadOn(host, mark);
});
// Another tab of mine.
addEventListener('storage', ({ key }) => {
  if (!key || key.startsWith(page.store)) refresh();
});
