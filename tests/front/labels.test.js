import { describe, expect, test } from 'vitest';
import { DOT, apart, fanned, inside, layout, letter } from '../../impactlib/assets/labels.js';

const box = { x: 28, y: 18, w: 600, h: 400 };
const widthOf = (/** @type {string} */ text) => text.length * 7;
/** @type {(count: number, name?: string) => import('../../impactlib/assets/labels.js').Point[]} */
const spread = (count, name = 'Délai médian avant la remise') =>
  Array.from({ length: count }, (_, i) => ({
    id: `m${i}`,
    name: `${name} ${i}`,
    x: 80 + ((i * 127) % 500),
    y: 60 + ((i * 83) % 320),
  }));

describe('the labels of a chart', () => {
  test.each([1, 5, 20])('%i letters cover neither each other, nor a point, nor what is shut', (count) => {
    const axis = { x: 0, y: 380, w: 640, h: 54 };
    const points = spread(count);
    const labels = layout(points, box, widthOf, [axis]);
    expect(labels).toHaveLength(count);
    const dots = points.map(({ x, y }) => ({ x: x - DOT, y: y - DOT, w: 2 * DOT, h: 2 * DOT }));
    for (const label of labels) {
      const others = labels.filter((other) => other !== label);
      expect(inside(label, box)).toBe(true);
      expect([axis, ...dots, ...others].every((other) => apart(label, other))).toBe(true);
    }
  });

  test('the same points always have the same labels', () => {
    expect(layout(spread(9), box, widthOf, [])).toEqual(layout(spread(9), box, widthOf, []));
  });

  test('each point has its letter, in the order in which they come', () => {
    const labels = layout(spread(20), box, widthOf, []);
    expect(labels.map(({ text }) => text).sort()).toEqual([...'ABCDEFGHIJKLMNOPQRST']);
    expect(labels.find(({ point }) => point.id === 'm1')?.text).toBe('B');
  });

  test('letters go on after Z', () => {
    expect([0, 25, 26, 27, 52].map(letter)).toEqual(['A', 'Z', 'AA', 'AB', 'BA']);
  });
});

test('points of the same place stand side by side, inside the plot', () => {
  const plot = { left: 40, right: 600, top: 28, bottom: 400 };
  const corner = Array.from({ length: 4 }, (_, i) => ({ id: `m${i}`, name: '', x: 600, y: 28 }));
  const moved = fanned(corner, plot);
  expect(new Set(moved.map(({ x, y }) => `${x} ${y}`)).size).toBe(4);
  for (const { x, y, alone } of moved) {
    expect(alone).toBe(false);
    expect(x >= plot.left && x <= plot.right && y >= plot.top && y <= plot.bottom).toBe(true);
  }
});

test('a point that has its place for itself stays there', () => {
  const [point] = fanned([{ id: 'm', name: '', x: 100, y: 200 }], { left: 40, right: 600, top: 28, bottom: 400 });
  expect(point).toMatchObject({ x: 100, y: 200, alone: true });
});
