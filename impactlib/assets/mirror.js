// Copies of workshops in this browser: the entries of a journal as the server gives them, until they expire.

/** What is kept of a workshop: the lines of its session notebook, and the rest of what that says of the journal.
 * @typedef {{ id: string, session: string, team: string, name: string, at: number, seq: number, lines: string[],
 *   head: Record<string, unknown> & { sha256?: string } }} Mirror */
/** What the server gives of it: `lines` from the place `after` on.
 * @typedef {{ seq: number, team: string, name: string, head: Mirror['head'], after: number, lines: string[] }} Given */

const DAYS = 14;
const LASTS = DAYS * 86400e3; // ms after its last change

/** The name of a copy: two servers behind a hub may have one origin.
 * @type {(base: string, session: string) => string} */
export const idOf = (base, session) => `${base}room/${session}`;

/** A copy that holds nothing yet.
 * @type {(base: string, session: string, at: number) => Mirror} */
export const empty = (base, session, at) => ({
  id: idOf(base, session),
  session,
  team: '',
  name: '',
  at,
  seq: 0,
  lines: [],
  head: {},
});

/** The copy with what the server gives of it now.
 * @type {(mirror: Mirror, given: Given, at: number) => Mirror} */
export const brought = (mirror, { seq, team, name, head, after, lines }, at) => ({
  ...mirror,
  team,
  name,
  at,
  seq,
  head,
  lines: [...mirror.lines.slice(0, after), ...lines],
});

/** @type {(mirror: Mirror, now: number) => boolean} */
export const expired = ({ at }, now) => now - at > LASTS;

/** Whether a copy knows less than another: that of a page that was slower, or of a server put back from an older day. A
 * workshop that was put back from a copy counts less, scores that were not shown, and gives as many lines.
 * @type {(mirror: Mirror, other: Mirror) => boolean} */
export const knowsLess = (mirror, other) => mirror.seq < other.seq && mirror.lines.length < other.lines.length;

/** The session notebook of a copy; `text` is what its one cell says.
 * @type {(mirror: Mirror, text: string) => string} */
export const notebook = ({ head, lines }, text) =>
  JSON.stringify({
    cells: [{ cell_type: 'markdown', id: 'impact-01', metadata: {}, source: [text] }],
    metadata: { impact: { ...head, journal: lines } },
    nbformat: 4,
    nbformat_minor: 5,
  });

// ---- where they are kept ------------------------------------------------------------------------

const STORE = 'mirrors';

/** @returns {Promise<IDBDatabase>} */
const database = () =>
  new Promise((done, fail) => {
    const asked = indexedDB.open('impact', 1);
    asked.onupgradeneeded = () => asked.result.createObjectStore(STORE, { keyPath: 'id' });
    asked.onsuccess = () => done(asked.result);
    asked.onerror = () => fail(asked.error);
  });

/** Works in one transaction, and answers once it is on the disk.
 * @template T
 * @param {IDBTransactionMode} mode @param {(store: IDBObjectStore) => IDBRequest<T>} work @returns {Promise<T>} */
async function within(mode, work) {
  const base = await database();
  try {
    return await new Promise((done, fail) => {
      const all = base.transaction(STORE, mode, { durability: 'strict' });
      const asked = work(all.objectStore(STORE));
      all.oncomplete = () => done(asked.result);
      all.onabort = () => fail(all.error);
    });
  } finally {
    base.close();
  }
}

/** @type {() => Promise<Mirror[]>} */
export const all = () => within('readonly', (store) => store.getAll());
/** @type {(id: string) => Promise<Mirror | undefined>} */
export const find = (id) => within('readonly', (store) => store.get(id));
/** @type {(mirror: Mirror) => Promise<unknown>} */
export const begin = (mirror) => within('readwrite', (store) => store.put(mirror));
/** @type {(id: string) => Promise<unknown>} */
export const erase = (id) => within('readwrite', (store) => store.delete(id));

/** Keeps a copy in the place of the one that is there: one that was erased meanwhile does not come back, nor does one
 * that knows less take its place.
 * @type {(mirror: Mirror) => Promise<unknown>} */
export const keep = (mirror) =>
  within('readwrite', (store) => {
    const asked = store.get(mirror.id);
    asked.onsuccess = () => {
      if (asked.result && !knowsLess(mirror, asked.result)) store.put(mirror);
    };
    return asked;
  });

/** Erases the copies that have expired. */
export async function sweep() {
  for (const mirror of await all()) if (expired(mirror, Date.now())) await erase(mirror.id);
}
