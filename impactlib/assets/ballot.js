// A round of scores in a light page: the table and the chart in which one places the metrics, and the picture of what
// was shown.
// What one places is the browser's own: nobody else's page ever has it before the round is shown. An observer's stays
// here altogether, apart from what counts.

import { $, $$, announce, fitting, newId, page, parsed, recall, remember, saved, toast, words } from './page.js';
import { chart } from './chart.js';

const AXES = ['value', 'ease'];

// ---- what I think ---------------------------------------------------------------------------

// Of a metric in a round: `{ value, ease, abstained }`, each of them once it is said. As I last said it, and beside it
// as the server last took it. Each has a place of its own, so that two tabs of one person lose nothing of each other's.
const unkept = {}; // where a browser keeps nothing
const kept = (place) => parsed(recall(place, unkept[place] ?? '{}'));
const keep = (place, opinion) => {
  unkept[place] = JSON.stringify(opinion);
  remember(place, opinion);
};
const takenAt = (round, metric) => `taken:${round}/${metric}`;
const saidAt = (host, round, metric) => `${'apart' in host.dataset ? 'apart' : 'score'}:${round}/${metric}`;
const opinion = (host, metric, round = host.round.id) => kept(saidAt(host, round, metric));

// What I said in an earlier round: it stays for as long as I say nothing else.
const earlier = (host, metric) => lastSaid(host, metric, host.round.before ?? []);

// What I last said of a metric in some rounds, the newest first: one number of two leaves the other as it was before.
function lastSaid(host, metric, rounds) {
  const last = {};
  for (const round of rounds) {
    const { value, ease, abstained } = opinion(host, metric, round);
    if (abstained) return last.value || last.ease ? last : { abstained };
    [last.value, last.ease] = [last.value ?? value, last.ease ?? ease];
  }
  return last;
}

function given(host, metric) {
  const { value, ease, abstained } = opinion(host, metric);
  const settled = Boolean(abstained || value || ease);
  const was = abstained ? {} : earlier(host, metric);
  return { value: value ?? was.value, ease: ease ?? was.ease, abstained: abstained || (!settled && was.abstained), settled };
}

function say(host, metric, mine, gesture) {
  keep(saidAt(host, host.round.id, metric), mine);
  refresh();
  if (!('apart' in host.dataset)) page.send({ id: newId(), ...gesture, metric, round: host.round.id }, {});
}

// I think this of a metric: `axes` has its value, its ease, or both.
function place(host, metric, axes) {
  if (!host.round.id) return; // it was shown while an arrow key rested
  const mine = opinion(host, metric);
  if (Object.entries(axes).every(([axis, score]) => mine[axis] === score)) return refresh();
  const { value, ease } = { ...mine, ...axes };
  say(host, metric, { value, ease }, { do: 'score', ...axes });
}

function abstain(host, metric) {
  if (opinion(host, metric).abstained) $('.said', host).textContent = words(host, 'undo');
  else say(host, metric, { abstained: true }, { do: 'abstain' });
}

// What I gave in an earlier round, of the metrics that I say nothing of in this one.
const toKeep = (host) =>
  (host.round.metrics ?? []).map(({ id }) => ({ id, ...given(host, id) })).filter(({ settled, value, ease, abstained }) => !settled && (abstained || (value && ease)));

// I say it anew, so that the room knows that I have finished.
function keepAll(host) {
  for (const { id, value, ease, abstained } of toKeep(host)) abstained ? abstain(host, id) : place(host, id, { value, ease });
  const left = host.round.metrics.find(({ id }) => !given(host, id).settled);
  $(left ? `[data-score-of="${left.id}"]` : '[data-progress]', host).focus();
}

// A score that was refused becomes again what the server last took. Says whether the answer was about one and is done with.
function answered(gesture, answer) {
  const host = $('[data-ballot]');
  if (!host || !['score', 'abstain'].includes(gesture.do)) return false;
  const { round, metric, value, ease } = gesture;
  const takenHere = takenAt(round, metric);
  const before = kept(takenHere);
  const taken = !('refused' in answer) || answer.code === 'twice';
  if (!taken) keep(saidAt(host, round, metric), before);
  else keep(takenHere, gesture.do === 'abstain' ? { abstained: true } : { value: value ?? before.value, ease: ease ?? before.ease });
  saved(taken ? 'saved' : 'not');
  if ('refused' in answer) toast(answer.refused);
  refresh();
  return true;
}

// ---- the ballot -----------------------------------------------------------------------------

// The open round's metrics; one that was renamed or withdrawn leaves the fields of the others as they are.
function draw() {
  const host = $('[data-ballot]');
  if (host && page.send) open(host);
  drawShown();
}

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
  else if (before?.metrics?.length > metrics.length) announce(words(host, 'fewer'), holds);
  const scoring = host.contains(document.activeElement);
  host.hidden = !metrics.length;
  // Whoever was scoring when the scores were shown goes on reading them.
  if (scoring && host.hidden) {
    $('#main')?.focus({ preventScroll: true });
    $('.ranking')?.scrollIntoView();
  }
  if (another) {
    $('.said', host).textContent = '';
    $('[data-table]', host).replaceChildren(...(host.round.id ? [newTable(host)] : []));
  }
  if (host.round.id) fillTable(host, metrics);
  refresh();
}

const make = (tag, ...inside) => {
  const made = document.createElement(tag);
  made.append(...inside);
  return made;
};

function newTable(host) {
  const table = make('table');
  table.createCaption().textContent = words(host, 'caption');
  const headings = [words(host, 'metric'), ...AXES.map((axis) => words(host, axis))].map((text) => Object.assign(make('th', text), { scope: 'col' }));
  table.append(make('thead', make('tr', ...headings, make('td'))), make('tbody'));
  return table;
}

function fillTable(host, metrics) {
  const body = $('tbody', host);
  const rows = new Map([...body.rows].map((row) => [row.dataset.of, row]));
  for (const { id, name } of metrics) {
    const row = rows.get(id) ?? newRow(host, id);
    if (!row.parentNode) body.append(row);
    rows.delete(id);
    $('th', row).textContent = name;
    $$('[data-label]', row).forEach((part) => {
      part.setAttribute('aria-label', words(host, 'of').replace('{label}', () => part.dataset.label).replace('{content}', () => name));
    });
  }
  for (const row of rows.values()) row.remove();
}

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

// Everything of the ballot says what this browser keeps, but for the field that somebody types in.
function refresh() {
  const host = $('[data-ballot]');
  if (!host?.round) return;
  $$('[data-score-of]', host).forEach((field) => {
    const { scoreOf: metric, axis } = field.dataset;
    field.placeholder = earlier(host, metric)[axis] ?? '';
    if (field === document.activeElement && !(field.value && field.validity.valid)) return;
    field.value = opinion(host, metric)[axis] ?? '';
    field.setAttribute('aria-invalid', 'false');
  });
  $$('[data-abstain]', host).forEach((button) => button.setAttribute('aria-pressed', String(Boolean(given(host, button.dataset.abstain).abstained))));
  const line = $('.said', host);
  if (line.textContent === words(host, 'range') && !$('[aria-invalid=true]', host)) line.textContent = '';
  $('[data-progress]', host).textContent = progress(host);
  $('[data-keep]', host).hidden = !toKeep(host).length;
  drawMine(host);
}

// How far I have come: a score of one number alone would not be counted, and nobody would know why.
function progress(host) {
  const mine = (host.round.metrics ?? []).map((metric) => ({ ...metric, ...given(host, metric.id) }));
  const half = mine.filter(({ value, ease, abstained }) => !abstained && !value !== !ease);
  const left = mine.filter(({ settled }) => !settled);
  if (!half.length && !left.length) return words(host, 'all');
  const [again, fresh] = [toKeep(host), left.filter(({ value, ease, abstained }) => !value && !ease && !abstained)];
  return [
    again.length && words(host, 'again').replace('{number}', again.length),
    fresh.length && words(host, 'left').replace('{number}', fresh.length),
    half.length && words(host, 'half').replace('{names}', () => half.map(({ name }) => words(host, 'quoted').replace('{text}', () => name)).join(', ')),
  ].filter(Boolean).join(' ');
}

const ofChart = (host) => Object.fromEntries(['valueAxis', 'easeAxis', 'unplaced', 'abstained', 'tray', 'label', 'sure', 'apart', 'first', 'prepare', 'easy', 'later'].map((name) => [name, words(host, name)]));

function drawMine(host) {
  const { id, metrics = [] } = host.round;
  $('[data-how]', host).hidden = !id;
  host.drawing ??= chart($('[data-chart]', host), ofChart(host), (metric, score) => place(host, metric, score));
  if (id) host.drawing(metrics.map(({ id: metric, name }) => ({ id: metric, name, ...given(host, metric) })));
}

// ---- what was shown ----------------------------------------------------------------------------

function drawShown() {
  const map = $('[data-map]');
  if (!map) return;
  const shown = $('[data-spots]')?.dataset.spots ?? '[]';
  map.hidden = shown === '[]';
  if (map.shown !== shown) {
    map.shown = shown;
    map.drawing ??= chart(map, ofChart(map));
    map.drawing(JSON.parse(shown));
  }
  const host = $('[data-ballot]');
  if (host) $$('[data-mine]').forEach((line) => drawMineOf(host, line));
}

// Beside what the group gave, what I gave, for my eyes alone.
function drawMineOf(host, line) {
  const { mine: metric, rounds } = line.dataset;
  const { value, ease } = lastSaid(host, metric, rounds.split(' '));
  line.hidden = !(value && ease);
  line.textContent = value && ease ? words(host, 'mine').replace('{value}', value).replace('{ease}', ease) : '';
}

// ---- in the page ---------------------------------------------------------------------------------

fitting.push(draw);
page.scored = answered;
document.addEventListener('click', (event) => {
  const button = event.target.closest('.ballot button');
  const host = button?.closest('[data-ballot]');
  if (button?.dataset.abstain) abstain(host, button.dataset.abstain);
  else if (button?.closest('[data-keep]')) keepAll(host);
});
document.addEventListener('input', ({ target: field }) => {
  if (!field.dataset.scoreOf) return;
  const host = field.closest('[data-ballot]');
  const { scoreOf: metric, axis } = field.dataset;
  const [wrong, mine] = [!field.validity.valid, opinion(host, metric)[axis]];
  field.setAttribute('aria-invalid', String(wrong));
  const emptied = !wrong && !field.value && mine;
  $('.said', host).textContent = wrong ? words(host, 'range') : emptied ? words(host, 'emptied').replace('{number}', mine) : '';
  if (!wrong && field.value) place(host, metric, { [axis]: +field.value });
});
document.addEventListener('focusout', ({ target }) => { if (target.dataset?.scoreOf) setTimeout(refresh); });
// Another tab of mine.
addEventListener('storage', ({ key }) => { if (!key || key.startsWith(page.store)) refresh(); });
