// The chart of value by ease: points that are dragged, or moved with the arrow keys, or that stay where they are.
// Points that one moves have letters, as their marks beside the chart do; points that stay have the number that they have
// in the order beside them, on the room's screen and in the files.

/** @import { Point } from './labels.js' */
/** @import { Point as Score, Role } from './wire.d.ts' */

import { DOT, LINE, end, fanned, layout } from './labels.js';
import { words } from './words.js';

/** @typedef {{ value: Score, ease: Score }} Scores */
/** What somebody of a role gave: a value and an ease.
 * @typedef {[Role, Score, Score]} Vote */
/** A metric in the chart: `sure` is the ease that its data make sure, `votes` are everybody's once they are shown.
 * @typedef {{ id: string, name: string, value?: Score, ease?: Score, sure?: number, votes?: Vote[], abstained?: boolean, settled?: boolean }} Placed */
/** Words in a corner of the plot.
 * @typedef {[text: string, x: number, y: number, anchor: 'start' | 'end']} Corner */

const TOUCH = 22; // px: that of what a finger finds
/** What a key adds to the value and to the ease: a point more, or up to the end.
 * @type {Record<string, [number, number]>} */
const KEYS = {
  ArrowUp: [1, 0],
  ArrowDown: [-1, 0],
  ArrowRight: [0, 1],
  ArrowLeft: [0, -1],
  PageUp: [4, 0],
  PageDown: [-4, 0],
  End: [0, 4],
  Home: [0, -4],
};
const SETTLES = 500; // ms after the last arrow key, before the score is sent

// ---- the picture --------------------------------------------------------------------------

/** @type {(tag: string, attributes?: Record<string, string | number>, ...inside: (Node | string)[]) => SVGGraphicsElement} */
const svg = (tag, attributes = {}, ...inside) => {
  const made = document.createElementNS('http://www.w3.org/2000/svg', tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, String(value));
  made.append(...inside);
  return /** @type {SVGGraphicsElement} */ (made);
};

/** What draws points into `host`. With `move` points can be moved.
 * @type {(host: HTMLElement, move?: (id: string, scores: Scores) => void) => (wanted: Placed[]) => void} */
export function chart(host, move) {
  const picture = svg('svg', {
    class: 'placing',
    role: move ? 'group' : 'img',
    'aria-label': words(move ? 'chart.mine' : 'chart.label'),
  });
  const layers = ['grid', 'given', 'doubts', 'leaders', 'labels', 'dots'];
  const [grid, given, doubts, leaders, labels, dots] = layers.map((name) => svg('g', { class: name }));
  picture.append(grid, given, doubts, leaders, labels, dots);
  const [sure, apart] = [words('chart.sure'), words('chart.apart')].map((textContent) =>
    Object.assign(document.createElement('p'), { className: 'soft small', textContent }),
  );
  // Whose the marks are, by the shapes that their roles have everywhere.
  const marks = Object.assign(document.createElement('p'), { className: 'whose small' });
  for (const [role, said] of Object.entries({
    client: words('chart.team'),
    consultant: words('chart.consultants'),
    median: words('chart.median'),
  }))
    marks.append(Object.assign(document.createElement('span'), { className: `by ${role}`, textContent: said }));
  host.replaceChildren(picture, marks, sure, apart);
  const pen = /** @type {CanvasRenderingContext2D} */ (document.createElement('canvas').getContext('2d'));
  /** @type {Map<string, SVGGraphicsElement>} */
  const handles = new Map(); // what stands for each point: it stays, so that it keeps the focus
  /** @type {Map<string, ReturnType<typeof setTimeout>>} */
  const settling = new Map();
  /** @type {Placed[]} */
  let points = [];
  /** @type {{ id: string, x: number, y: number } | null} */
  let held = null; // the point under the pointer
  let plot = { left: 0, top: 0, right: 0, bottom: 0, width: 0, height: 0, tray: 0 };
  let due = 0;

  function measure() {
    const width = Math.max(280, Math.min(880, host.clientWidth));
    const tray = move && points.some(({ value, ease }) => !value || !ease) ? 64 : 0;
    const [left, top, right] = [40, 28, width - 28];
    // Lower in a phone that lies on its side or, once shown, where more stands above it on the first screen of a computer;
    // and never so low that fingers meet.
    const around = move || innerWidth < 900 ? 200 : 540;
    const bottom = top + Math.min(right - left, 420, Math.max(4 * 2 * TOUCH, innerHeight - around));
    plot = { left, top, right, bottom, width, height: bottom + 44 + tray, tray };
    picture.setAttribute('viewBox', `0 0 ${width} ${plot.height}`);
    picture.setAttribute('width', String(width));
    picture.setAttribute('height', String(plot.height));
    pen.font = `14px ${getComputedStyle(host).fontFamily}`;
    drawGrid();
  }

  /** @param {number} ease */
  const across = (ease) => plot.left + ((ease - 1) / 4) * (plot.right - plot.left);
  /** @param {number} value */
  const up = (value) => plot.bottom - ((value - 1) / 4) * (plot.bottom - plot.top);

  function drawGrid() {
    const lines = [1, 2, 3, 4, 5].flatMap((n) => [
      svg('path', { d: `M${across(n)} ${plot.top}V${plot.bottom}M${plot.left} ${up(n)}H${plot.right}` }),
      svg('text', { x: across(n), y: plot.bottom + 22, 'text-anchor': 'middle' }, String(n)),
      svg('text', { x: plot.left - 16, y: up(n) + 5, 'text-anchor': 'end' }, String(n)),
    ]);
    const names = [
      svg('text', { x: plot.right + 24, y: plot.bottom + 38, 'text-anchor': 'end' }, `${words('chart.ease')} →`),
      svg('text', { x: 2, y: 14 }, `↑ ${words('chart.value')}`),
    ];
    if (plot.tray) names.push(svg('text', { x: 2, y: plot.bottom + 60 }, words('chart.tray')));
    const quadrants = corners().map(([text, x, y, anchor]) =>
      svg('text', { x, y, 'text-anchor': anchor, class: 'quadrant' }, text),
    );
    grid.replaceChildren(...lines, ...names, ...quadrants);
  }

  // What each corner of the chart means, once the scores are shown.
  function corners() {
    if (move) return [];
    const [left, right, top, bottom] = [plot.left + 12, plot.right - 12, plot.top + 27, plot.bottom - LINE];
    /** @type {Corner[]} */
    const at = [
      [words('chart.first'), right, top, 'end'],
      [words('chart.prepare'), left, top, 'start'],
      [words('chart.easy'), right, bottom, 'end'],
      [words('chart.later'), left, bottom, 'start'],
    ];
    return at;
  }

  // Everybody's scores around the medians, by the shape of their role, each tied to the point that it counts for.
  /** @param {Point[]} at */
  function drawGiven(at) {
    /** @type {Map<string, number>} */
    const taken = new Map();
    const marks = at.flatMap((point, i) =>
      (points[i].votes ?? []).map(([role, value, ease]) => {
        const key = `${value} ${ease}`;
        const n = taken.get(key) ?? 0;
        taken.set(key, n + 1);
        const [x, y] = [
          across(ease) + 6 * Math.sqrt(n) * Math.cos(n * 2.4),
          up(value) + 6 * Math.sqrt(n) * Math.sin(n * 2.4),
        ];
        const shape =
          role === 'client'
            ? svg('rect', { x: x - 4, y: y - 4, width: 8, height: 8, rx: 1 })
            : svg('circle', { cx: x, cy: y, r: 4 });
        shape.setAttribute('class', role);
        return [svg('path', { d: `M${x} ${y}L${point.x} ${point.y}` }), shape];
      }),
    );
    given.replaceChildren(...marks.map(([line]) => line), ...marks.map(([, shape]) => shape));
  }

  /** @returns {Point[]} */
  function positions() {
    // Each waits in a slot of its own.
    const slot = (plot.right - plot.left) / points.length;
    const at = points.map(({ id, name, value, ease }, i) => {
      if (held?.id === id) return { id, name, x: held.x, y: held.y };
      if (value && ease) return { id, name, x: across(ease), y: up(value) };
      return { id, name, x: plot.left + (i + 0.4) * slot, y: plot.bottom + 80, waiting: true };
    });
    return fanned(at, plot);
  }

  function paint() {
    due = 0;
    const at = positions();
    drawGiven(at);
    const lettered = move ? letters(at) : [];
    labels.replaceChildren(
      ...lettered.flatMap(({ x, y, w, h, text }) => [
        svg('rect', { x, y, width: w, height: h, rx: 4 }),
        svg('text', { x: x + 3, y: y + 13 }, text),
      ]),
    );
    leaders.replaceChildren(
      ...lettered.map((label) => {
        const [x, y] = end(label.point, label);
        return svg('path', { d: `M${label.point.x} ${label.point.y}L${x} ${y}` });
      }),
    );
    // How far the ease of each is in doubt: from where its data make it sure, to the point.
    const unsure = at.flatMap(({ x, y }, i) => {
      const { sure: from, ease } = points[i];
      return from && ease && from < ease ? [`M${across(from)} ${y}v-4v8v-4H${x}`] : [];
    });
    doubts.replaceChildren(...unsure.map((d) => svg('path', { d })));
    marks.hidden = Boolean(move);
    [sure.hidden, apart.hidden] = [!unsure.length, at.every(({ alone }) => alone)];
    at.forEach(({ id, x, y }, i) => {
      const point = handles.get(id);
      point?.setAttribute('transform', `translate(${x} ${y})`);
      const number = point?.querySelector('text');
      if (number) number.textContent = String(i + 1);
    });
  }

  // A letter beside each point; the numbers of both axes stay free.
  /** @param {Point[]} at */
  function letters(at) {
    const [left, top, bottom] = [plot.left - 12, 18, plot.tray ? plot.height : plot.bottom + DOT];
    return layout(
      at,
      { x: left, y: top, w: plot.width - left, h: bottom - top },
      (text) => pen.measureText(text).width,
      [{ x: 0, y: plot.bottom + DOT, w: plot.width, h: 54 }],
    );
  }

  const soon = () => {
    if (!due) due = requestAnimationFrame(paint);
  };

  /** @param {string} id */
  function handle(id) {
    const made = svg(
      'g',
      { class: 'point' },
      svg('circle', { r: TOUCH, class: 'touch' }),
      svg('circle', { r: move ? DOT : DOT + 2 }),
    );
    if (!move) {
      made.append(svg('text', { y: 5, 'text-anchor': 'middle' }));
      return made;
    }
    for (const [name, value] of Object.entries({ role: 'slider', tabindex: 0, 'aria-valuemin': 1, 'aria-valuemax': 5 }))
      made.setAttribute(name, String(value));
    /** @param {PointerEvent} event */
    const here = (event) => {
      const { left, top, width } = picture.getBoundingClientRect();
      const scale = plot.width / width;
      return { id, x: (event.clientX - left) * scale, y: (event.clientY - top) * scale };
    };
    made.addEventListener('pointerdown', (event) => {
      made.setPointerCapture(event.pointerId);
      made.focus({ preventScroll: true });
      event.preventDefault();
    });
    made.addEventListener('pointermove', (event) => {
      if (!made.hasPointerCapture(event.pointerId)) return;
      held = here(event);
      soon();
    });
    made.addEventListener('pointerup', (event) => {
      const dropped = held && here(event); // the last move may not have been told
      held = null;
      soon();
      // Let go of below the plot, or only pressed: it stays as it was.
      if (dropped && dropped.y < plot.bottom + 30) move(id, scoreAt(dropped));
    });
    made.addEventListener('pointercancel', () => {
      held = null;
      soon();
    });
    made.addEventListener('keydown', (event) => {
      const [dv, de] = KEYS[event.key] ?? [];
      if (dv === undefined) return;
      event.preventDefault();
      const point = points.find((one) => one.id === id);
      if (!point) return;
      // A point that is not placed yet comes to the middle first.
      if (point.value && point.ease) [point.value, point.ease] = [within(point.value + dv), within(point.ease + de)];
      else [point.value, point.ease] = [3, 3];
      [point.abstained, point.settled] = [false, true];
      dress(point);
      soon();
      clearTimeout(settling.get(id));
      settling.set(
        id,
        setTimeout(() => settle(id), SETTLES),
      );
    });
    made.addEventListener('blur', () => settle(id));
    return made;
  }

  /** @param {number} score */
  const within = (score) => /** @type {Score} */ (Math.max(1, Math.min(5, score)));
  /** @type {(spot: { x: number, y: number }) => Scores} */
  const scoreAt = ({ x, y }) => ({
    value: within(Math.round(1 + (4 * (plot.bottom - y)) / (plot.bottom - plot.top))),
    ease: within(Math.round(1 + (4 * (x - plot.left)) / (plot.right - plot.left))),
  });

  // What the arrow keys chose is said once, when they rest or the focus goes on.
  /** @param {string} id */
  function settle(id) {
    if (!settling.has(id)) return;
    clearTimeout(settling.get(id));
    settling.delete(id);
    const { value, ease } = points.find((point) => point.id === id) ?? {};
    if (value && ease) move?.(id, { value, ease });
  }

  /** @param {Placed} point */
  function dress({ id, name, value, ease, abstained, settled }) {
    const element = handles.get(id);
    if (!move || !element) return;
    element.classList.toggle('waiting', !settled || !value || !ease);
    element.classList.toggle('abstained', Boolean(abstained));
    element.setAttribute('aria-label', name);
    element.setAttribute('aria-valuenow', String(value || 3));
    const unplaced = words(abstained ? 'chart.abstained' : 'chart.unplaced');
    element.setAttribute(
      'aria-valuetext',
      value && ease ? `${words('chart.value')} ${value}, ${words('chart.ease')} ${ease}` : unplaced,
    );
  }

  addEventListener('pagehide', () => [...settling.keys()].forEach(settle));
  // A chart that is out of sight is measured once it is seen: to ask for its width would lay out the page at once.
  let seen = false;
  new ResizeObserver(([{ contentRect }]) => {
    seen = contentRect.width > 0;
    if (seen) {
      measure();
      soon();
    }
  }).observe(host);

  return (wanted) => {
    points = wanted.map((point) =>
      settling.has(point.id) ? (points.find(({ id }) => id === point.id) ?? point) : { ...point },
    );
    for (const [id, element] of handles) {
      if (points.some((point) => point.id === id)) continue;
      settling.delete(id); // what is not there any more is moved by nobody
      element.remove();
      handles.delete(id);
    }
    for (const point of points) {
      if (!handles.has(point.id)) {
        const made = handle(point.id);
        handles.set(point.id, made);
        dots.append(made);
      }
      dress(point);
    }
    if (!seen) return;
    measure();
    paint();
  };
}
