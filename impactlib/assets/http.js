// What small pages and rooms ask of the server alike.

import { words } from './words.js';

/** Posts a value as JSON.
 * @type {(address: string, value: unknown, signal?: AbortSignal) => Promise<Response>} */
export const postJson = (address, value, signal) =>
  fetch(address, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify(value),
    signal,
  });

/** Asks for a workshop to be opened: the server's answer, or null once it is said why none was.
 * @type {(address: string, asked: unknown, said: HTMLElement) => Promise<{ go: string, room: string } | null>} */
export async function opened(address, asked, said) {
  said.textContent = '';
  try {
    const response = await postJson(address, asked);
    const answer = await response.json();
    if (response.ok) return answer;
    said.textContent = answer.refused;
  } catch {
    said.textContent = words('http.retry');
  }
  return null;
}

/** Posts a file as it is.
 * @type {(address: string, file: File) => Promise<Response>} */
export const postFile = (address, file) =>
  fetch(address, { method: 'POST', headers: { 'Content-Type': 'application/octet-stream' }, body: file });

/** Gives a file to the browser's downloads.
 * @param {Blob} content @param {string} name */
export function save(content, name) {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(content);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 1000);
}

/** A hub stops a server that nobody asks anything: an open page is somebody.
 * @param {string} base */
export const stayAwake = (base) => {
  setInterval(() => fetch(`${base}api`).catch(() => null), 60000);
};
