// Where the labels of the chart's points go. Pure: the same points always have the same labels.

/** @typedef {{ x: number, y: number, w: number, h: number }} Box x and y of its top left corner */
/** @typedef {{ x: number, y: number }} Spot */
/** @typedef {Spot & { id: string, name: string, waiting?: boolean, alone?: boolean, letter?: string }} Point */
/** @typedef {Box & { text: string, point: Point }} Label */
/** @typedef {{ labels: Label[], stuck?: Point }} Placing */
/** @typedef {(text: string) => number} Wide */

export const DOT = 9; // px: a point's radius
export const LINE = 17; // px: a line of words
const TURNS = 8; // tries of one more order
const STEP = 6; // px between two places that a letter is tried at
const WAY = 16; // directions that it is tried in

/** @type {(a: Box, b: Box) => boolean} */
export const apart = (a, b) => a.x + a.w <= b.x || b.x + b.w <= a.x || a.y + a.h <= b.y || b.y + b.h <= a.y;
/** @type {(a: Box, box: Box) => boolean} */
export const inside = (a, box) =>
  a.x >= box.x && a.y >= box.y && a.x + a.w <= box.x + box.w && a.y + a.h <= box.y + box.h;

/** Where the letters of points go in a box. `widthOf` says how wide a text is, nothing covers the boxes `shut`.
 * @type {(points: Point[], box: Box, widthOf: Wide, shut: Box[]) => Label[]} */
export function layout(points, box, widthOf, shut) {
  const lettered = points.map((point, i) => ({ ...point, letter: letter(i) }));
  return (
    persevering(lettered, (order) => placed(order, box, widthOf, shut, false)) ??
    placed(lettered, box, widthOf, shut, true).labels
  );
}

/** The labels, once whoever finds no place has chosen before the others.
 * @type {(points: Point[], place: (order: Point[]) => Placing) => Label[] | null} */
function persevering(points, place) {
  let order = points;
  for (let turn = 0; turn < TURNS; turn += 1) {
    const { labels, stuck } = place(order);
    if (!stuck) return labels;
    order = [stuck, ...order.filter((point) => point !== stuck)];
  }
  return null;
}

/** A to Z, then AA: as the marks beside the chart count.
 * @type {(i: number) => string} */
export const letter = (i) => (i < 26 ? '' : letter(Math.floor(i / 26) - 1)) + String.fromCharCode(65 + (i % 26));

/** The labels of the points, up to one that finds no place: it is `stuck`. `loose`: a line may pass under another's label.
 * @type {(points: Point[], box: Box, widthOf: Wide, shut: Box[], loose: boolean) => Placing} */
function placed(points, box, widthOf, shut, loose) {
  const dots = points.map(({ x, y }) => ({ x: x - DOT - 1, y: y - DOT - 1, w: 2 * DOT + 2, h: 2 * DOT + 2 }));
  /** @type {Label[]} */
  const labels = [];
  for (const point of points) {
    const text = point.letter ?? '';
    const size = { w: widthOf(text) + 6, h: LINE };
    /** @param {Box} label */
    const free = (label) =>
      inside(label, box) &&
      [...shut, ...dots, ...labels].every((other) => apart(label, other)) &&
      (loose || labels.every((other) => told(point, label, other)));
    const label = nearest(point, size, box, free);
    if (!label) return { labels, stuck: point };
    labels.push({ ...label, text, point });
  }
  return { labels };
}

/** The free place nearest to a point: to its right first, then round it, further and further.
 * @type {(point: Spot, size: { w: number, h: number }, box: Box, free: (label: Box) => boolean) => Box | null} */
function nearest({ x, y }, { w, h }, box, free) {
  for (let far = DOT + 3; far < box.w + box.h; far += STEP) {
    for (let way = 0; way < WAY; way += 1) {
      const angle = (2 * Math.PI * way) / WAY;
      const [dx, dy] = [Math.cos(angle), Math.sin(angle)];
      const label = { x: x + dx * (far + w / 2) - w / 2, y: y + dy * (far + h / 2) - h / 2, w, h };
      if (free(label)) return label;
    }
  }
  return null;
}

/** Neither label has the other's line under it: nobody could tell whose it is.
 * @type {(point: Spot, label: Box, other: Label) => boolean} */
const told = (point, label, other) => !under(point, label, other) && !under(other.point, other, label);

/** Where the line from a point to its label ends.
 * @type {(point: Spot, label: Box) => [number, number]} */
export const end = ({ x, y }, label) => [
  Math.max(label.x, Math.min(x, label.x + label.w)),
  Math.max(label.y, Math.min(y, label.y + label.h)),
];

/** Whether that line passes under a box.
 * @type {(point: Spot, label: Box, box: Box) => boolean} */
function under(point, label, box) {
  const [toX, toY] = end(point, label);
  const steps = Math.ceil(Math.hypot(toX - point.x, toY - point.y) / 4);
  /** @param {number} part */
  const on = (part) => ({ x: point.x + part * (toX - point.x), y: point.y + part * (toY - point.y), w: 0, h: 0 });
  return Array.from({ length: steps }, (_, i) => on(i / steps)).some((spot) => inside(spot, box));
}

/** Points of the same place side by side, and all of them inside the plot.
 * @type {(points: Point[], plot: { left: number, right: number, top: number, bottom: number }) => Point[]} */
export function fanned(points, plot) {
  /** @type {Map<string, Point[]>} */
  const groups = new Map();
  for (const point of points) {
    const at = `${Math.round(point.x)} ${Math.round(point.y)}`;
    groups.set(at, [...(groups.get(at) ?? []), point]);
  }
  const moved = new Map(
    [...groups.values()].flatMap((group) => {
      const spread = group.map((point, n) => ({
        ...point,
        x: point.x + 2 * DOT * Math.sqrt(n) * Math.cos(n * 2.4),
        y: point.y + 2 * DOT * Math.sqrt(n) * Math.sin(n * 2.4),
      }));
      /** @type {(axis: 'x' | 'y', low: number, high: number) => number} */
      const by = (axis, low, high) => {
        const all = spread.map((point) => point[axis]);
        return Math.max(0, low - Math.min(...all)) - Math.max(0, Math.max(...all) - high);
      };
      const [dx, dy] =
        group[0].waiting || group.length === 1
          ? [0, 0]
          : [by('x', plot.left, plot.right), by('y', plot.top, plot.bottom)];
      return spread.map((point, n) => {
        const at = { ...point, x: point.x + dx, y: point.y + dy, alone: group.length === 1 };
        return /** @type {[Point, Point]} */ ([group[n], at]);
      });
    }),
  );
  return points.map((point) => moved.get(point) ?? point);
}
