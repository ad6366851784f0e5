// What one thinks of a metric, round after round. Pure.

/** What one said of a metric in a round, each of them once it is said.
 * @typedef {{ value?: Point, ease?: Point, abstained?: boolean }} Opinion */
/** What stands for an opinion; it is `settled` once anything was said in this round.
 * @typedef {Opinion & { settled: boolean }} Given */

/** @import { Point } from './wire.d.ts' */

/** What one last said, of opinions from the newest: one number of two leaves the other as it was before.
 * @type {(newest: Opinion[]) => Opinion} */
export function lastSaid(newest) {
  /** @type {Opinion} */
  const last = {};
  for (const { value, ease, abstained } of newest) {
    if (abstained) return last.value || last.ease ? last : { abstained };
    [last.value, last.ease] = [last.value ?? value, last.ease ?? ease];
  }
  return last;
}

/** What stands: one's opinion in this round, beside what one `said` in earlier ones.
 * @type {(mine: Opinion, said: Opinion) => Given} */
export function standing({ value, ease, abstained }, said) {
  const settled = Boolean(abstained || value || ease);
  const was = abstained ? {} : said;
  return {
    value: value ?? was.value,
    ease: ease ?? was.ease,
    abstained: abstained || (!settled && was.abstained),
    settled,
  };
}

/** Whether an earlier opinion may be given anew: all of it is said, and nothing of it in this round.
 * @param {Given} given */
export const canBeKept = ({ settled, value, ease, abstained }) => !settled && Boolean(abstained || (value && ease));

/** Whether one number of two is missing: such a score is not counted.
 * @param {Given} given */
export const isHalf = ({ value, ease, abstained }) => !abstained && !value !== !ease;

/** Whether it is said in this round, and whole.
 * @param {Given} given */
export const isPlaced = (given) => given.settled && !isHalf(given);

const EACH = 20; // seconds that a metric takes

/** How many are placed of all, how many are half said, and the minutes that the rest takes.
 * @param {Given[]} mine */
export const tally = (mine) => {
  const [all, placed] = [mine.length, mine.filter(isPlaced).length];
  return { all, placed, half: mine.filter(isHalf).length, minutes: Math.ceil(((all - placed) * EACH) / 60) };
};
