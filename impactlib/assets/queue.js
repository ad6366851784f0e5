// Which page of a browser rests so that another may stream. Pure.

/** @typedef {{ id: string, since: number, hidden: boolean, keeps: boolean }} Holder */

/** A hidden page rests first, then the one that has streamed for longest, its turn over, or at once when it is urgent.
 * A hidden page makes nobody rest. null: nobody rests yet.
 * @type {(holders: Holder[], asked: { now: number, turn: number, urgent: boolean, hidden: boolean }) => Holder | null} */
export function nextToRest(holders, { now, turn, urgent, hidden }) {
  if (hidden) return null;
  const may = holders.filter((one) => !one.keeps && (urgent || one.hidden || now - one.since >= turn));
  may.sort((a, b) => Number(b.hidden) - Number(a.hidden) || a.since - b.since);
  return may[0] ?? null;
}
