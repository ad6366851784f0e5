// What the room comes to is said once, politely, to whoever listens to a page: a step with its sentence, and the end.
// The moments of a step have their own news, in passing.

import { $, fitting, sayOnce } from './page.js';

/** @type {string | undefined} */
let said; // where the room was at the last look

function tellPlace() {
  const [line, bar, band] = [$('[data-aloud]'), $('.bar'), $('.at-now .band > p')];
  if (!line || !bar || !band) return;
  const { step, state } = bar.dataset;
  const place = state === 'ended' ? state : step;
  // A page that has just come is read from its beginning.
  if (said !== undefined && place !== said)
    sayOnce(
      line,
      [...band.childNodes]
        .map(({ textContent }) => textContent?.trim())
        .filter(Boolean)
        .join('. '),
    );
  said = place;
}

fitting.push(tellPlace);
