// A round of scores in a light page: the table and the chart in which one places the metrics, and the picture of what
// was shown.
// What one places is the browser's own: nobody else's page ever has it before the round is shown. An observer's stays
// here altogether, apart from what counts.

/** @import { Given, Opinion } from './opinions.js' */
/** @import { Answer, El, Field, Gesture } from './types.d.ts' */
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
  said,
  saved,
  send,
  the,
  toast,
  words,
} from './page.js';
import { chart } from './chart.js';
import { canBeKept, isBlank, isHalf, lastSaid, standing } from './opinions.js';

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
  if (opinion(host, metric).abstained) the('.said', host).textContent = words(host, 'undo');
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
  the(left ? `[data-score-of="${left.id}"]` : '[data-progress]', host).focus();
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
  saved(taken ? 'saved' : 'not');
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
  const holds = () => host.round.id === id;
  if (before && another) announce(words(host, id ? 'opened' : 'shown'), holds);
  else if ((before?.metrics?.length ?? 0) > metrics.length) announce(words(host, 'fewer'), holds);
  const scoring = host.contains(focused());
  host.hidden = !metrics.length;
  // Whoever was scoring when the scores were shown goes on reading them.
  if (scoring && host.hidden) {
    $('#main')?.focus({ preventScroll: true });
    $('.ranking')?.scrollIntoView();
  }
  if (another) {
    the('.said', host).textContent = '';
    the('[data-table]', host).replaceChildren(...(host.round.id ? [newTable(host)] : []));
  }
  if (host.round.id) fillTable(host, metrics);
  refresh();
}

/** @type {<T extends keyof HTMLElementTagNameMap>(tag: T, ...inside: (Node | string)[]) => HTMLElementTagNameMap[T]} */
const make = (tag, ...inside) => {
  const made = document.createElement(tag);
  made.append(...inside);
  return made;
};

/** @param {Ballot} host */
function newTable(host) {
  const table = make('table');
  table.createCaption().textContent = words(host, 'caption');
  const headings = [words(host, 'metric'), ...AXES.map((axis) => words(host, axis))].map((text) =>
    Object.assign(make('th', text), { scope: 'col' }),
  );
  table.append(make('thead', make('tr', ...headings, make('td'))), make('tbody'));
  return table;
}

/** @type {(host: Ballot, metrics: { id: string, name: string }[]) => void} */
function fillTable(host, metrics) {
  const body = the('tbody', host);
  const rows = new Map([...body.rows].map((row) => [row.dataset.of, row]));
  for (const { id, name } of metrics) {
    const row = rows.get(id) ?? newRow(host, id);
    if (!row.parentNode) body.append(row);
    rows.delete(id);
    the('th', row).textContent = name;
    $$('[data-label]', row).forEach((part) => {
      part.setAttribute('aria-label', said(host, 'of', { label: part.dataset.label, content: name }));
    });
  }
  for (const row of rows.values()) row.remove();
}

/** @type {(host: Ballot, id: string) => HTMLTableRowElement} */
function newRow(host, id) {
  const fields = AXES.map((axis) => {
    const field = Object.assign(make('input'), { type: 'number', min: 1, max: 5, step: 1, inputMode: 'numeric' });
    Object.assign(field.dataset, { scoreOf: id, axis, label: words(host, axis) });
    const cell = make('td', field);
    cell.dataset.axis = words(host, `${axis}Axis`); // its heading, where the table is too narrow for one
    return cell;
  });
  const button = Object.assign(make('button', words(host, 'abstain')), { type: 'button', className: 'chip' });
  Object.assign(button.dataset, { abstain: id, label: words(host, 'abstain') });
  const row = make('tr', Object.assign(make('th'), { scope: 'row' }), ...fields, make('td', button));
  row.dataset.of = id;
  return row;
}

/** What a field of the table scores.
 * @param {El} field */
const scored = ({ dataset }) => ({ metric: dataset.scoreOf, axis: /** @type {Axis} */ (dataset.axis) });

// Everything of the ballot says what this browser keeps, but for the field that somebody types in.
function refresh() {
  const host = ballot();
  if (!host?.round) return;
  $$('[data-score-of]', host).forEach((field) => {
    const { metric, axis } = scored(field);
    field.placeholder = String(earlier(host, metric)[axis] ?? '');
    if (field === focused() && !(field.value && field.validity.valid)) return;
    field.value = String(opinion(host, metric)[axis] ?? '');
    field.setAttribute('aria-invalid', 'false');
  });
  $$('[data-abstain]', host).forEach((button) =>
    button.setAttribute('aria-pressed', String(Boolean(given(host, button.dataset.abstain).abstained))),
  );
  const line = the('.said', host);
  if (line.textContent === words(host, 'range') && !$('[aria-invalid=true]', host)) line.textContent = '';
  the('[data-progress]', host).textContent = progress(host);
  the('[data-keep]', host).hidden = !toKeep(host).length;
  drawMine(host);
}

// How far I have come: a score of one number alone would not be counted, and nobody would know why.
/** @param {Ballot} host */
function progress(host) {
  const mine = mineOf(host);
  const [half, left] = [mine.filter(isHalf), mine.filter(({ settled }) => !settled)];
  if (!half.length && !left.length) return words(host, 'all');
  const [again, fresh] = [mine.filter(canBeKept), left.filter(isBlank)];
  return [
    again.length && said(host, 'again', { number: again.length }),
    fresh.length && said(host, 'left', { number: fresh.length }),
    half.length &&
      said(host, 'half', { names: half.map(({ name }) => said(host, 'quoted', { text: name })).join(', ') }),
  ]
    .filter(Boolean)
    .join(' ');
}

/** @param {El} host */
const ofChart = (host) =>
  Object.fromEntries(
    [
      'valueAxis',
      'easeAxis',
      'unplaced',
      'abstained',
      'tray',
      'label',
      'sure',
      'apart',
      'first',
      'prepare',
      'easy',
      'later',
    ].map((name) => [name, words(host, name)]),
  );

/** @param {Ballot} host */
function drawMine(host) {
  const { id, metrics = [] } = host.round;
  the('[data-how]', host).hidden = !id;
  host.drawing ??= chart(the('[data-chart]', host), ofChart(host), (metric, score) => place(host, metric, score));
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
    map.drawing ??= chart(map, ofChart(map));
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
  line.textContent = value && ease ? said(host, 'mine', { value, ease }) : '';
}

// ---- in the page ---------------------------------------------------------------------------------

fitting.push(draw);
page.scored = answered;
document.addEventListener('click', (event) => {
  const button = origin(event).closest('.ballot button');
  const host = button && ballotOf(button);
  if (!host) return;
  if (button.dataset.abstain) abstain(host, button.dataset.abstain);
  else if (button.closest('[data-keep]')) keepAll(host);
});
document.addEventListener('input', (event) => {
  const field = /** @type {Field} */ (event.target);
  const host = field.dataset.scoreOf && ballotOf(field);
  if (!host) return;
  const { metric, axis } = scored(field);
  const [wrong, mine] = [!field.validity.valid, opinion(host, metric)[axis]];
  field.setAttribute('aria-invalid', String(wrong));
  const emptied = !wrong && !field.value && mine;
  the('.said', host).textContent = wrong
    ? words(host, 'range')
    : emptied
      ? said(host, 'emptied', { number: String(mine) })
      : '';
  if (!wrong && field.value) place(host, metric, { [axis]: +field.value });
});
document.addEventListener('focusout', (event) => {
  if (origin(event).dataset?.scoreOf) setTimeout(refresh);
});
// Another tab of mine.
addEventListener('storage', ({ key }) => {
  if (!key || key.startsWith(page.store)) refresh();
});
