// What small pages and rooms ask of the server alike.

/** Posts a value as JSON.
 * @type {(address: string, value: unknown, signal?: AbortSignal) => Promise<Response>} */
export const postJson = (address, value, signal) =>
  fetch(address, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify(value),
    signal,
  });

/** Posts a file as it is.
 * @type {(address: string, file: File) => Promise<Response>} */
export const postFile = (address, file) =>
  fetch(address, { method: 'POST', headers: { 'Content-Type': 'application/octet-stream' }, body: file });

/** A hub stops a server that nobody asks anything: an open page is somebody.
 * @param {string} base */
export const stayAwake = (base) => {
  setInterval(() => fetch(`${base}api`).catch(() => null), 60000);
};
