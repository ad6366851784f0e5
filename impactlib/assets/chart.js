// The chart of value by ease: points that are dragged, or moved with the arrow keys, or that stay where they are.
// No name ever covers another, nor a point: where all the names do not fit, points have letters, and a list below says
// whose they are. Not numbers, which the axes and the ranking have.

const DOT = 9; // px: a point's radius
const TOUCH = 22; // px: that of what a finger finds
const LINE = 17; // px: a line of a name
const WRAPS = [24, 18, 32]; // characters in a line of a name, as they are tried
const NAMED = 14; // points that have their names beside them, where these fit
const TURNS = 8; // tries of one more order, before another width of line
const STEP = 6; // px between two places that a name is tried at
const WAY = 16; // directions that it is tried in
// What a key adds to the value and to the ease: a point more, or up to the end.
const KEYS = {
  ArrowUp: [1, 0], ArrowDown: [-1, 0], ArrowRight: [0, 1], ArrowLeft: [0, -1], PageUp: [4, 0], PageDown: [-4, 0], End: [0, 4], Home: [0, -4],
};
const SETTLES = 500; // ms after the last arrow key, before the score is sent

// ---- labels -------------------------------------------------------------------------------

// The lines of a name, of some `most` characters each; a longer word has a line to itself.
function wrapped(name, most) {
  const lines = [''];
  for (const word of name.split(/\s+/)) {
    const line = `${lines.at(-1)} ${word}`.trim();
    if (line.length > most && lines.at(-1)) lines.push(word);
    else lines[lines.length - 1] = line;
  }
  return lines;
}

const apart = (a, b) => a.x + a.w <= b.x || b.x + b.w <= a.x || a.y + a.h <= b.y || b.y + b.h <= a.y;
const inside = (a, box) => a.x >= box.x && a.y >= box.y && a.x + a.w <= box.x + box.w && a.y + a.h <= box.y + box.h;

// Where labels go: `{ named, labels: [{ x, y, w, h, lines }] }`, x and y of their top left corner. `points` have x, y
// and a name, `widthOf` says how wide a text is, nothing covers the boxes `shut`. Pure: the same points always have the
// same labels.
function layout(points, box, widthOf, shut) {
  const place = (many, linesOf, loose = false) => placed(many, box, widthOf, linesOf, shut, loose);
  const crowded = [...points].sort((a, b) => crowd(b, points) - crowd(a, points));
  for (const most of points.length <= NAMED ? WRAPS : []) {
    const labels = persevering(crowded, (order) => place(order, ({ name }) => wrapped(name, most)));
    if (labels) return { named: true, labels };
  }
  const lettered = points.map((point, i) => ({ ...point, waiting: false, letter: letter(i) }));
  const one = (point) => [point.letter];
  return { named: false, labels: persevering(lettered, (order) => place(order, one)) ?? place(lettered, one, true).labels };
}

// The labels, once whoever finds no place has chosen before the others.
function persevering(points, place) {
  let order = points;
  for (let turn = 0; turn < TURNS; turn += 1) {
    const { labels, stuck } = place(order);
    if (!stuck) return labels;
    order = [stuck, ...order.filter((point) => point !== stuck)];
  }
  return null;
}

// How hard it is to find a place: whoever has the most neighbours chooses first.
const crowd = ({ x, y }, points) => points.reduce((sum, other) => sum + 1 / (1 + Math.hypot(other.x - x, other.y - y)), 0);

// A to Z, then AA: as the list below counts.
const letter = (i) => (i < 26 ? '' : letter(Math.floor(i / 26) - 1)) + String.fromCharCode(65 + (i % 26));

// The labels of the points, up to one that finds no place: it is `stuck`. `loose`: a line may pass under another's label.
function placed(points, box, widthOf, linesOf, shut, loose) {
  const dots = points.map(({ x, y }) => ({ x: x - DOT - 1, y: y - DOT - 1, w: 2 * DOT + 2, h: 2 * DOT + 2 }));
  const labels = [];
  for (const point of points) {
    const lines = linesOf(point);
    const size = { w: Math.max(...lines.map(widthOf)) + 6, h: lines.length * LINE };
    const free = (label) => inside(label, box) && [...shut, ...dots, ...labels].every((other) => apart(label, other))
      && (loose || labels.every((other) => told(point, label, other)));
    const label = (point.waiting ? above : nearest)(point, size, box, free);
    if (!label) return { labels, stuck: point };
    labels.push({ ...label, lines, point });
  }
  return { labels };
}

// The first free place straight above a point: names of what waits side by side then leave each other's lines free.
function above({ x, y }, { w, h }, box, free) {
  const left = Math.max(box.x, Math.min(x - w / 2, box.x + box.w - w));
  for (let top = y - DOT - 3 - h; top >= box.y; top -= STEP) if (free({ x: left, y: top, w, h })) return { x: left, y: top, w, h };
  return null;
}

// The free place nearest to a point: to its right first, then round it, further and further.
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

// Neither label has the other's line under it: nobody could tell whose it is.
const told = (point, label, other) => !under(point, label, other) && !under(other.point, other, label);

// Where the line from a point to its label ends.
const end = ({ x, y }, label) => [Math.max(label.x, Math.min(x, label.x + label.w)), Math.max(label.y, Math.min(y, label.y + label.h))];

// Whether that line passes under a box.
function under(point, label, box) {
  const [toX, toY] = end(point, label);
  const steps = Math.ceil(Math.hypot(toX - point.x, toY - point.y) / 4);
  const on = (part) => ({ x: point.x + part * (toX - point.x), y: point.y + part * (toY - point.y), w: 0, h: 0 });
  return Array.from({ length: steps }, (_, i) => on(i / steps)).some((spot) => inside(spot, box));
}

// Points of the same place side by side, and all of them inside the box.
function fanned(points, box) {
  const groups = new Map();
  for (const point of points) {
    const at = `${Math.round(point.x)} ${Math.round(point.y)}`;
    groups.set(at, [...(groups.get(at) ?? []), point]);
  }
  const moved = new Map([...groups.values()].flatMap((group) => {
    const spread = group.map((point, n) => ({ ...point, x: point.x + 2 * DOT * Math.sqrt(n) * Math.cos(n * 2.4), y: point.y + 2 * DOT * Math.sqrt(n) * Math.sin(n * 2.4) }));
    const by = (axis, low, high) => {
      const all = spread.map((point) => point[axis]);
      return Math.max(0, low - Math.min(...all)) - Math.max(0, Math.max(...all) - high);
    };
    const [dx, dy] = group[0].waiting || group.length === 1 ? [0, 0] : [by('x', box.left, box.right), by('y', box.top, box.bottom)];
    return spread.map((point, n) => [group[n], { ...point, x: point.x + dx, y: point.y + dy, alone: group.length === 1 }]);
  }));
  return points.map((point) => moved.get(point));
}

// ---- the picture --------------------------------------------------------------------------

const svg = (tag, attributes = {}, ...inside) => {
  const made = document.createElementNS('http://www.w3.org/2000/svg', tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  made.append(...inside);
  return made;
};

// Draws into `host`; `say` gives its words. With `move(id, { value, ease })` points can be moved.
export function chart(host, say, move) {
  const picture = svg('svg', { class: 'placing', role: move ? 'group' : 'img', 'aria-label': say.label });
  const layers = ['grid', 'given', 'doubts', 'leaders', 'labels', 'dots'];
  const [grid, given, doubts, leaders, labels, dots] = layers.map((name) => svg('g', { class: name }));
  const legend = document.createElement('ol');
  legend.className = 'legend';
  picture.append(grid, given, doubts, leaders, labels, dots);
  const [sure, apart] = [say.sure, say.apart].map((textContent) => Object.assign(document.createElement('p'), { className: 'soft small', textContent }));
  host.replaceChildren(picture, sure, apart, legend);
  const pen = document.createElement('canvas').getContext('2d');
  const handles = new Map(); // what stands for each point: it stays, so that it keeps the focus
  const settling = new Map();
  let points = [];
  let held = null; // the point under the pointer: { id, x, y }
  let plot = null;
  let due = 0;

  function measure() {
    const width = Math.max(280, Math.min(880, host.clientWidth));
    const tray = move && points.some(({ value, ease }) => !value || !ease) ? 64 : 0;
    const [left, top, right] = [40, 28, width - 28];
    const bottom = top + Math.min(right - left, 420);
    plot = { left, top, right, bottom, width, height: bottom + 44 + tray, tray };
    picture.setAttribute('viewBox', `0 0 ${width} ${plot.height}`);
    picture.setAttribute('width', width);
    picture.setAttribute('height', plot.height);
    pen.font = `14px ${getComputedStyle(host).fontFamily}`;
    drawGrid();
  }

  const across = (ease) => plot.left + ((ease - 1) / 4) * (plot.right - plot.left);
  const up = (value) => plot.bottom - ((value - 1) / 4) * (plot.bottom - plot.top);

  function drawGrid() {
    const lines = [1, 2, 3, 4, 5].flatMap((n) => [
      svg('path', { d: `M${across(n)} ${plot.top}V${plot.bottom}M${plot.left} ${up(n)}H${plot.right}` }),
      svg('text', { x: across(n), y: plot.bottom + 22, 'text-anchor': 'middle' }, String(n)),
      svg('text', { x: plot.left - 16, y: up(n) + 5, 'text-anchor': 'end' }, String(n)),
    ]);
    const names = [
      svg('text', { x: plot.right + 24, y: plot.bottom + 38, 'text-anchor': 'end' }, `${say.easeAxis} →`),
      svg('text', { x: 2, y: 14 }, `↑ ${say.valueAxis}`),
    ];
    if (plot.tray) names.push(svg('text', { x: 2, y: plot.bottom + 60 }, say.tray));
    const quadrants = corners().map(({ text, x, y, anchor }) => svg('text', { x, y: y + 13, 'text-anchor': anchor, class: 'quadrant' }, text));
    grid.replaceChildren(...lines, ...names, ...quadrants);
  }

  // What each corner of the chart means, once the scores are shown.
  function corners() {
    if (move || !say.first) return [];
    const [left, right, top, bottom] = [plot.left + 6, plot.right - 6, plot.top + 4, plot.bottom - LINE - 2];
    const at = [[say.first, right, top, 'end'], [say.prepare, left, top, 'start'], [say.easy, right, bottom, 'end'], [say.later, left, bottom, 'start']];
    return at.map(([text, x, y, anchor]) => ({ text, x, y, anchor, w: pen.measureText(text).width, h: LINE }));
  }

  // Everybody's scores around the medians, by the shape of their role, each tied to the point that it counts for.
  function drawGiven(at) {
    const taken = new Map();
    const marks = at.flatMap((point, i) => (points[i].votes ?? []).map(([role, value, ease]) => {
      const key = `${value} ${ease}`;
      const n = taken.get(key) ?? 0;
      taken.set(key, n + 1);
      const [x, y] = [across(ease) + 6 * Math.sqrt(n) * Math.cos(n * 2.4), up(value) + 6 * Math.sqrt(n) * Math.sin(n * 2.4)];
      const shape = role === 'client' ? svg('rect', { x: x - 4, y: y - 4, width: 8, height: 8, rx: 1 }) : svg('circle', { cx: x, cy: y, r: 4 });
      shape.setAttribute('class', role);
      return [svg('path', { d: `M${x} ${y}L${point.x} ${point.y}` }), shape];
    }));
    given.replaceChildren(...marks.map(([line]) => line), ...marks.map(([, shape]) => shape));
  }

  function positions() {
    // Each waits in a slot of its own, so that its name hangs above it; not half-way, under a number of the axis.
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
    // The numbers of both axes stay free; what waits below has its names above them.
    const [left, top, bottom] = [plot.left - 12, 18, plot.tray ? plot.height : plot.bottom + DOT];
    const axis = { x: 0, y: plot.bottom + DOT, w: plot.width, h: 54 };
    const named = corners().map(({ x, y, w, h, anchor }) => ({ x: anchor === 'end' ? x - w : x, y, w, h }));
    const made = layout(at, { x: left, y: top, w: plot.width - left, h: bottom - top }, (text) => pen.measureText(text).width, [axis, ...named]);
    drawGiven(at);
    labels.replaceChildren(...made.labels.flatMap(({ x, y, w, h, lines }) => [
      svg('rect', { x, y, width: w, height: h, rx: 4 }),
      svg('text', {}, ...lines.map((line, i) => svg('tspan', { x: x + 3, y: y + LINE * i + 13 }, line))),
    ]));
    leaders.replaceChildren(...made.labels.map((label) => {
      const [x, y] = end(label.point, label);
      return svg('path', { d: `M${label.point.x} ${label.point.y}L${x} ${y}` });
    }));
    // How far the ease of each is in doubt: from where its data make it sure, to the point.
    const unsure = at.flatMap(({ x, y }, i) => (points[i].sure < points[i].ease ? [`M${across(points[i].sure)} ${y}v-4v8v-4H${x}`] : []));
    doubts.replaceChildren(...unsure.map((d) => svg('path', { d })));
    [sure.hidden, apart.hidden] = [!unsure.length, at.every(({ alone }) => alone)];
    for (const { id, x, y } of at) handles.get(id).setAttribute('transform', `translate(${x} ${y})`);
    legend.hidden = made.named;
    if (!made.named && legend.childElementCount !== at.length) {
      legend.replaceChildren(...points.map(({ name }) => Object.assign(document.createElement('li'), { textContent: name })));
    }
  }

  const soon = () => { due ||= requestAnimationFrame(paint); };

  function handle(id) {
    const made = svg('g', { class: 'point' }, svg('circle', { r: TOUCH, class: 'touch' }), svg('circle', { r: DOT }));
    if (!move) return made;
    for (const [name, value] of Object.entries({ role: 'slider', tabindex: 0, 'aria-valuemin': 1, 'aria-valuemax': 5 })) made.setAttribute(name, value);
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
    made.addEventListener('pointercancel', () => { held = null; soon(); });
    made.addEventListener('keydown', (event) => {
      const [dv, de] = KEYS[event.key] ?? [];
      if (dv === undefined) return;
      event.preventDefault();
      const point = points.find((one) => one.id === id);
      // A point that is not placed yet comes to the middle first.
      if (point.value && point.ease) [point.value, point.ease] = [within(point.value + dv), within(point.ease + de)];
      else [point.value, point.ease] = [3, 3];
      [point.abstained, point.settled] = [false, true];
      dress(point);
      soon();
      clearTimeout(settling.get(id));
      settling.set(id, setTimeout(() => settle(id), SETTLES));
    });
    made.addEventListener('blur', () => settle(id));
    return made;
  }

  const within = (score) => Math.max(1, Math.min(5, score));
  const scoreAt = ({ x, y }) => ({
    value: within(Math.round(1 + (4 * (plot.bottom - y)) / (plot.bottom - plot.top))),
    ease: within(Math.round(1 + (4 * (x - plot.left)) / (plot.right - plot.left))),
  });

  // What the arrow keys chose is said once, when they rest or the focus goes on.
  function settle(id) {
    if (!settling.has(id)) return;
    clearTimeout(settling.get(id));
    settling.delete(id);
    const { value, ease } = points.find((point) => point.id === id);
    move(id, { value, ease });
  }

  function dress({ id, name, value, ease, abstained, settled }) {
    const element = handles.get(id);
    if (!move) return;
    element.classList.toggle('waiting', !settled || !value || !ease);
    element.classList.toggle('abstained', Boolean(abstained));
    element.setAttribute('aria-label', name);
    element.setAttribute('aria-valuenow', value || 3);
    const unplaced = abstained ? say.abstained : say.unplaced;
    element.setAttribute('aria-valuetext', value && ease ? `${say.valueAxis} ${value}, ${say.easeAxis} ${ease}` : unplaced);
  }

  addEventListener('pagehide', () => [...settling.keys()].forEach(settle));
  new ResizeObserver(() => { if (host.clientWidth && plot && points.length) { measure(); soon(); } }).observe(host);

  return (wanted) => {
    points = wanted.map((point) => (settling.has(point.id) ? points.find(({ id }) => id === point.id) ?? point : { ...point }));
    for (const [id, element] of handles) {
      if (points.some((point) => point.id === id)) continue;
      settling.delete(id); // what is not there any more is moved by nobody
      element.remove();
      handles.delete(id);
    }
    for (const point of points) {
      if (!handles.has(point.id)) { handles.set(point.id, handle(point.id)); dots.append(handles.get(point.id)); }
      dress(point);
    }
    legend.replaceChildren();
    measure();
    paint();
  };
}
