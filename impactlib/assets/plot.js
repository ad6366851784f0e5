// The chart of value by ease: points that are dragged, or moved with the arrow keys, or that stay where they are.
// It is an element: `<impact-plot>`, whose data-spots are the points that stay; those that one moves are given to `draw`.
// Points that one moves have letters, as their marks beside the chart do; points that stay have the number that they have
// in the order beside them, on the room's screen and in the files.

/** @import { Point } from './labels.js' */
/** @import { Point as Score, Role } from './wire.d.ts' */

import { DOT, LINE, end, fanned, layout } from './labels.js';
import { define } from './elements.js';
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

/** @param {number} score */
const within = (score) => /** @type {Score} */ (Math.max(1, Math.min(5, score)));

// ---- the picture --------------------------------------------------------------------------

/** @type {(tag: string, attributes?: Record<string, string | number>, ...inside: (Node | string)[]) => SVGGraphicsElement} */
const svg = (tag, attributes = {}, ...inside) => {
  const made = document.createElementNS('http://www.w3.org/2000/svg', tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, String(value));
  made.append(...inside);
  return /** @type {SVGGraphicsElement} */ (made);
};

const LAYERS = /** @type {const} */ (['grid', 'given', 'doubts', 'leaders', 'labels', 'dots']);

export class Plot extends HTMLElement {
  static observedAttributes = ['data-spots'];

  /** What is done with a point that was moved; without it points stay where they are.
   * @type {((id: string, scores: Scores) => void) | undefined} */
  move;
  /** @type {{ svg: SVGGraphicsElement, marks: HTMLElement, sure: HTMLElement, apart: HTMLElement } & Record<typeof LAYERS[number], SVGGraphicsElement> | undefined} */
  #drawn;
  #pen = /** @type {CanvasRenderingContext2D} */ (document.createElement('canvas').getContext('2d'));
  /** @type {Map<string, SVGGraphicsElement>} */
  #handles = new Map(); // what stands for each point: it stays, so that it keeps the focus
  /** @type {Map<string, ReturnType<typeof setTimeout>>} */
  #settling = new Map();
  /** @type {Placed[]} */
  #points = [];
  /** @type {{ id: string, x: number, y: number } | null} */
  #held = null; // the point under the pointer
  #plot = { left: 0, top: 0, right: 0, bottom: 0, width: 0, height: 0, tray: 0 };
  #due = 0;
  // One that is out of sight is measured once it is seen: to ask for its width would lay out the page at once.
  #seen = false;
  #size = new ResizeObserver(([{ contentRect }]) => {
    this.#seen = contentRect.width > 0;
    if (!this.#seen) return;
    this.#measure();
    this.#soon();
  });

  connectedCallback() {
    this.#size.observe(this);
    addEventListener('pagehide', this.#settleAll);
  }

  disconnectedCallback() {
    this.#size.disconnect();
    removeEventListener('pagehide', this.#settleAll);
    this.#settleAll();
  }

  attributeChangedCallback() {
    this.draw(JSON.parse(this.dataset.spots ?? '[]'));
  }

  /** @param {Placed[]} wanted */
  draw(wanted) {
    const { dots } = this.#parts();
    this.#points = wanted.map((point) =>
      this.#settling.has(point.id) ? (this.#points.find(({ id }) => id === point.id) ?? point) : { ...point },
    );
    for (const [id, element] of this.#handles) {
      if (this.#points.some((point) => point.id === id)) continue;
      this.#settling.delete(id); // what is not there any more is moved by nobody
      element.remove();
      this.#handles.delete(id);
    }
    for (const point of this.#points) {
      if (!this.#handles.has(point.id)) {
        const made = this.#handle(point.id);
        this.#handles.set(point.id, made);
        dots.append(made);
      }
      this.#dress(point);
    }
    if (!this.#seen) return;
    this.#measure();
    this.#paint();
  }

  #parts() {
    if (this.#drawn) return this.#drawn;
    const move = this.move;
    const layers = LAYERS.map((name) => svg('g', { class: name }));
    const picture = svg(
      'svg',
      {
        class: 'placing',
        role: move ? 'group' : 'img',
        'aria-label': words(move ? 'chart.mine' : 'chart.label'),
      },
      ...layers,
    );
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
    this.replaceChildren(picture, marks, sure, apart);
    const [grid, given, doubts, leaders, labels, dots] = layers;
    this.#drawn = { svg: picture, marks, sure, apart, grid, given, doubts, leaders, labels, dots };
    return this.#drawn;
  }

  #measure() {
    const picture = this.#parts().svg;
    const width = Math.max(280, Math.min(880, this.clientWidth));
    const tray = this.move && this.#points.some(({ value, ease }) => !value || !ease) ? 64 : 0;
    const [left, top, right] = [40, 28, width - 28];
    // Lower in a phone that lies on its side or, once shown, where more stands above it on the first screen of a computer;
    // and never so low that fingers meet.
    const around = this.move || innerWidth < 900 ? 200 : 540;
    const bottom = top + Math.min(right - left, 420, Math.max(4 * 2 * TOUCH, innerHeight - around));
    this.#plot = { left, top, right, bottom, width, height: bottom + 44 + tray, tray };
    picture.setAttribute('viewBox', `0 0 ${width} ${this.#plot.height}`);
    picture.setAttribute('width', String(width));
    picture.setAttribute('height', String(this.#plot.height));
    this.#pen.font = `14px ${getComputedStyle(this).fontFamily}`;
    this.#drawGrid();
  }

  /** @param {number} ease */
  #across(ease) {
    return this.#plot.left + ((ease - 1) / 4) * (this.#plot.right - this.#plot.left);
  }

  /** @param {number} value */
  #up(value) {
    return this.#plot.bottom - ((value - 1) / 4) * (this.#plot.bottom - this.#plot.top);
  }

  #drawGrid() {
    const { left, top, right, bottom, tray } = this.#plot;
    const lines = [1, 2, 3, 4, 5].flatMap((n) => [
      svg('path', { d: `M${this.#across(n)} ${top}V${bottom}M${left} ${this.#up(n)}H${right}` }),
      svg('text', { x: this.#across(n), y: bottom + 22, 'text-anchor': 'middle' }, String(n)),
      svg('text', { x: left - 16, y: this.#up(n) + 5, 'text-anchor': 'end' }, String(n)),
    ]);
    const names = [
      svg('text', { x: right + 24, y: bottom + 38, 'text-anchor': 'end' }, `${words('chart.ease')} →`),
      svg('text', { x: 2, y: 14 }, `↑ ${words('chart.value')}`),
    ];
    if (tray) names.push(svg('text', { x: 2, y: bottom + 60 }, words('chart.tray')));
    const quadrants = this.#corners().map(([text, x, y, anchor]) =>
      svg('text', { x, y, 'text-anchor': anchor, class: 'quadrant' }, text),
    );
    this.#parts().grid.replaceChildren(...lines, ...names, ...quadrants);
  }

  // What each corner of the chart means, once the scores are shown.
  #corners() {
    if (this.move) return [];
    const [left, right] = [this.#plot.left + 12, this.#plot.right - 12];
    const [top, bottom] = [this.#plot.top + 27, this.#plot.bottom - LINE];
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
  #drawGiven(at) {
    /** @type {Map<string, number>} */
    const taken = new Map();
    const marks = at.flatMap((point, i) =>
      (this.#points[i].votes ?? []).map(([role, value, ease]) => {
        const key = `${value} ${ease}`;
        const n = taken.get(key) ?? 0;
        taken.set(key, n + 1);
        const [x, y] = [
          this.#across(ease) + 6 * Math.sqrt(n) * Math.cos(n * 2.4),
          this.#up(value) + 6 * Math.sqrt(n) * Math.sin(n * 2.4),
        ];
        const shape =
          role === 'client'
            ? svg('rect', { x: x - 4, y: y - 4, width: 8, height: 8, rx: 1 })
            : svg('circle', { cx: x, cy: y, r: 4 });
        shape.setAttribute('class', role);
        return [svg('path', { d: `M${x} ${y}L${point.x} ${point.y}` }), shape];
      }),
    );
    this.#parts().given.replaceChildren(...marks.map(([line]) => line), ...marks.map(([, shape]) => shape));
  }

  /** @returns {Point[]} */
  #positions() {
    const [held, { left, right, bottom }] = [this.#held, this.#plot];
    // Each waits in a slot of its own.
    const slot = (right - left) / this.#points.length;
    const at = this.#points.map(({ id, name, value, ease }, i) => {
      if (held?.id === id) return { id, name, x: held.x, y: held.y };
      if (value && ease) return { id, name, x: this.#across(ease), y: this.#up(value) };
      return { id, name, x: left + (i + 0.4) * slot, y: bottom + 80, waiting: true };
    });
    return fanned(at, this.#plot);
  }

  #paint = () => {
    this.#due = 0;
    const { marks, sure, apart, doubts, leaders, labels } = this.#parts();
    const at = this.#positions();
    this.#drawGiven(at);
    const lettered = this.move ? this.#letters(at) : [];
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
      const { sure: from, ease } = this.#points[i];
      return from && ease && from < ease ? [`M${this.#across(from)} ${y}v-4v8v-4H${x}`] : [];
    });
    doubts.replaceChildren(...unsure.map((d) => svg('path', { d })));
    marks.hidden = Boolean(this.move);
    [sure.hidden, apart.hidden] = [!unsure.length, at.every(({ alone }) => alone)];
    at.forEach(({ id, x, y }, i) => {
      const point = this.#handles.get(id);
      point?.setAttribute('transform', `translate(${x} ${y})`);
      const number = point?.querySelector('text');
      if (number) number.textContent = String(i + 1);
    });
  };

  // A letter beside each point; the numbers of both axes stay free.
  /** @param {Point[]} at */
  #letters(at) {
    const { tray, height, width } = this.#plot;
    const [left, top, bottom] = [this.#plot.left - 12, 18, tray ? height : this.#plot.bottom + DOT];
    return layout(
      at,
      { x: left, y: top, w: width - left, h: bottom - top },
      (text) => this.#pen.measureText(text).width,
      [{ x: 0, y: this.#plot.bottom + DOT, w: width, h: 54 }],
    );
  }

  #soon() {
    if (!this.#due) this.#due = requestAnimationFrame(this.#paint);
  }

  // ---- moving a point -------------------------------------------------------------------------

  /** @param {string} id */
  #handle(id) {
    const [move, picture] = [this.move, this.#parts().svg];
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
      const scale = this.#plot.width / width;
      return { id, x: (event.clientX - left) * scale, y: (event.clientY - top) * scale };
    };
    made.addEventListener('pointerdown', (event) => {
      made.setPointerCapture(event.pointerId);
      made.focus({ preventScroll: true });
      event.preventDefault();
    });
    made.addEventListener('pointermove', (event) => {
      if (!made.hasPointerCapture(event.pointerId)) return;
      this.#held = here(event);
      this.#soon();
    });
    made.addEventListener('pointerup', (event) => {
      const dropped = this.#held && here(event); // the last move may not have been told
      this.#held = null;
      this.#soon();
      // Let go of below the plot, or only pressed: it stays as it was.
      if (dropped && dropped.y < this.#plot.bottom + 30) move(id, this.#scoreAt(dropped));
    });
    made.addEventListener('pointercancel', () => {
      this.#held = null;
      this.#soon();
    });
    made.addEventListener('keydown', (event) => this.#key(id, event));
    made.addEventListener('blur', () => this.#settle(id));
    return made;
  }

  /** @type {(id: string, event: KeyboardEvent) => void} */
  #key(id, event) {
    const [dv, de] = KEYS[event.key] ?? [];
    if (dv === undefined) return;
    event.preventDefault();
    const point = this.#points.find((one) => one.id === id);
    if (!point) return;
    // A point that is not placed yet comes to the middle first.
    if (point.value && point.ease) [point.value, point.ease] = [within(point.value + dv), within(point.ease + de)];
    else [point.value, point.ease] = [3, 3];
    [point.abstained, point.settled] = [false, true];
    this.#dress(point);
    this.#soon();
    clearTimeout(this.#settling.get(id));
    this.#settling.set(
      id,
      setTimeout(() => this.#settle(id), SETTLES),
    );
  }

  /** @type {(spot: { x: number, y: number }) => Scores} */
  #scoreAt({ x, y }) {
    const { left, top, right, bottom } = this.#plot;
    return {
      value: within(Math.round(1 + (4 * (bottom - y)) / (bottom - top))),
      ease: within(Math.round(1 + (4 * (x - left)) / (right - left))),
    };
  }

  // What the arrow keys chose is said once, when they rest or the focus goes on.
  /** @param {string} id */
  #settle(id) {
    if (!this.#settling.has(id)) return;
    clearTimeout(this.#settling.get(id));
    this.#settling.delete(id);
    const { value, ease } = this.#points.find((point) => point.id === id) ?? {};
    if (value && ease) this.move?.(id, { value, ease });
  }

  #settleAll = () => {
    for (const id of [...this.#settling.keys()]) this.#settle(id);
  };

  /** @param {Placed} point */
  #dress({ id, name, value, ease, abstained, settled }) {
    const element = this.#handles.get(id);
    if (!this.move || !element) return;
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
}
define('impact-plot', Plot);
