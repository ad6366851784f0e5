// The agendas that somebody composed, kept in this browser by their names.

const MOST = 30;

/** @param {string} base */
const place = (base) => `impact:${base}:agendas`;

/** The TOML of each, by its name; the latest first.
 * @type {(base: string) => Record<string, string>} */
export function own(base) {
  try {
    const kept = JSON.parse(localStorage.getItem(place(base)) ?? '{}');
    return kept && typeof kept === 'object' ? kept : {};
  } catch {
    return {};
  }
}

/** Keeps one; whether it could be kept.
 * @type {(base: string, name: string, toml: string) => boolean} */
export function keepOwn(base, name, toml) {
  const others = Object.entries(own(base)).filter(([other]) => other !== name);
  const kept = JSON.stringify(Object.fromEntries([[name, toml], ...others].slice(0, MOST)));
  try {
    localStorage.setItem(place(base), kept);
    return localStorage.getItem(place(base)) === kept;
  } catch {
    return false;
  }
}
