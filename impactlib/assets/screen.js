// The room's screen: patches come, nothing leaves. The clock is told large, notes that do not fit are counted.

import { $, $$, dress, fitting, page, the, words } from './page.js';
import { Countdown, figures, fill, heard, now, setClock } from './clock.js';
import { measured, screened } from './countdown.js';
import { define } from './elements.js';
import { follow } from './stream.js';

const body = /** @type {Record<string, string>} */ (document.body.dataset);
const SMALLEST = 0.5; // of its size, that a subject's text may shrink to

page.lang = document.documentElement.lang;
setClock(+body.now, +body.server, +body.speed);

// ---- the clock ------------------------------------------------------------------------------

/** What is left, large; the whole screen takes its mood. */
class LargeClock extends Countdown {
  parts() {
    return [figures(), document.createElement('p'), heard()];
  }

  tell() {
    const [left, line, say] = this.children;
    const { large, below, end, mood } = screened(this.dataset, this.dataset.state ?? '', now(), page.lang);
    left.textContent = large;
    line.textContent = below;
    the('[data-end]').textContent = end;
    if (body.mood !== mood) say.textContent = below === words('screen.calm') ? '' : below;
    body.mood = mood;
    fill(measured(this.dataset, now()).done);
  }
}
define('impact-countdown', LargeClock);

// ---- what fits --------------------------------------------------------------------------------

/** @param {HTMLElement} box */
const over = (box) => box.scrollHeight > box.clientHeight + 1 || box.scrollWidth > box.clientWidth + 1;

function fit() {
  const subject = $('.subject');
  const notes = $$('[data-zone="screen-notes"] > .fragment');
  if (!subject) return;
  for (let size = 1; size === 1 || (over(subject) && size >= SMALLEST); size -= 0.05)
    subject.style.setProperty('--fit', String(size));
  const total = +subject.dataset.total;
  const others = the('[data-others]');
  for (const note of notes) note.hidden = false;
  /** @param {number} shown */
  const count = (shown) => {
    others.hidden = total <= shown;
    others.textContent = words('screen.others', { num: total - shown });
  };
  const box = the('.newest');
  count(notes.length);
  for (let shown = notes.length; shown > 1 && over(box); shown -= 1) {
    notes[shown - 1].hidden = true;
    count(shown - 1);
  }
}

fitting.push(fit);
new ResizeObserver(fit).observe(document.body);
document.fonts?.ready.then(fit);

// ---- patches --------------------------------------------------------------------------------

/** @param {'' | 'screen.lost' | 'screen.closed' | 'screen.erased' | 'screen.gone'} what */
function say(what) {
  const line = the('[data-lost]');
  line.hidden = !what;
  line.textContent = what && words(what);
}

const stream = follow({
  address: (last) => `${location.pathname}/patches?after=${encodeURIComponent(last)}`,
  alive: () => say(''),
  lost: () => say('screen.lost'),
  refused: () => setTimeout(whyNot, 1000),
  // Links were renewed, or the kit was: nothing is typed here, the page is loaded again.
  hears: {
    drawn: (data) => {
      if (data !== body.drawn) location.reload();
    },
  },
  keeps: true,
});

async function whyNot() {
  const answer = await fetch(location.href, { cache: 'no-store' }).catch(() => null);
  if (answer?.ok) return location.reload();
  if (answer?.status === 410) say('screen.erased');
  else if (answer?.status !== 403) say('screen.lost');
  else say((await answer.text()).includes('data-gone') ? 'screen.gone' : 'screen.closed');
  setTimeout(whyNot, 3000);
}

// A screen that nobody touches must not go dark.
const stayLit = () => {
  if (!document.hidden) navigator.wakeLock?.request('screen').catch(() => {});
};
document.addEventListener('visibilitychange', stayLit);

dress();
stayLit();
addEventListener('offline', () => say('screen.lost'));
addEventListener('online', stream.listen);
body.ready = '1';
