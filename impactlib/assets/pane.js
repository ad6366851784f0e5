// What every pane does in a browser, wherever it is shown: what is mine in it, and what its buttons do. room.js gives
// it a light page's transport (HTTP and server-sent events); in JupyterLab and in Voilà's own pages `render`, at the
// foot, gives it the widget's comm.
// Inputs belong to the browser, fragments to the server: no element is both.

/** @import { About, Asked, El, Field, Gesture, Model } from './types.d.ts' */

import {
  $,
  $$,
  dress,
  fitting,
  invalid,
  origin,
  page,
  parsed,
  recall,
  remember,
  saved,
  send,
  sayOnce,
  the,
  undo,
  unfold,
  words,
} from './page.js';
import './aloud.js';
import './plot.js';
import './shortcuts.js';
import { fetchFiles, giveFile, shareThrough } from './widget_files.js';
import { save } from './http.js';
import { shareNames } from './share.js';
import { bringHypotheses } from './bring.js';
import { speak } from './words.js';
import { editOf } from './drafts.js';
import { put, watchPointer } from './fragments.js';
import { inert } from './inert.js';
import { setClock } from './clock.js';
import { goTo, lookAt, lookAtMoment, onward } from './steps.js';
import { LIMIT, behalfAt, dates, draft, draftOf, formOf, keptAt, leave, openDialog, replyTo, typed } from './forms.js';
import { openStart, watchBand } from './start.js';
import { draftOfDetails, keepDetails, openDetails, takeTheirs } from './details.js';
import { copyPicture, copyResults, print } from './takeaway.js';
import { fitMenus, leaveMenu, watchMenus } from './menus.js';
import { lead } from './complete.js';
import { passPoint } from './points.js';
import { watchSubjects } from './subjects.js';
import { foldInStep } from './folds.js';
import { toMonth } from './figures.js';
import { ASKED, answered, picked, pressed, submitted } from './gestures.js';

// What a fragment cannot say for everybody: what is mine, what I chose, where I look.
/** @param {ParentNode} root */
function fit(root) {
  $$('.tools[data-by]', root).forEach((tools) => {
    tools.hidden = !('any' in tools.dataset) && ![tools.dataset.by, tools.dataset.for].includes(page.me);
  });
  // Whoever looks at a page is here, also before the others hear of it.
  $$('[data-person]:is(.away,[data-gone])', root).forEach((line) => {
    if (line.dataset.person !== page.me) return;
    line.classList.remove('away');
    for (const gone of [line, ...$$('[data-gone]', line)]) gone.hidden = 'gone' in gone.dataset;
  });
  $$('[data-pick]', root).forEach((button) => {
    button.setAttribute('aria-pressed', String(page.picks[button.dataset.pick] ?? 'picked' in button.dataset));
  });
  $$('[data-picks]', root).forEach((line) => {
    const number = $$('[data-pick][aria-pressed=true]', line.closest('.round')).length;
    line.textContent = words('page.picks', { number });
  });
  $$('[data-formula]', root).forEach((button, i) => {
    button.setAttribute('aria-pressed', String(page.formula ? page.formula === button.dataset.formula : i === 0));
  });
  $$('[data-formula-of]', root).forEach((part, i) => {
    part.hidden = page.formula ? page.formula !== part.dataset.formulaOf : i > 0;
  });
  $$('[data-seconded]', root).forEach((button) => {
    const mine = button.dataset.seconded.split(' ').includes(page.me);
    button.dataset.on = String(!mine);
    button.setAttribute('aria-pressed', String(mine));
    // Nobody seconds oneself: one's own note tells how many do.
    /** @type {HTMLButtonElement} */ (button).disabled = button.dataset.by === page.me;
    button.hidden = button.dataset.by === page.me && !button.dataset.seconded;
  });
  // Nobody agrees to their own offer, nor offers twice.
  $$('[data-not]', root).forEach((button) => {
    button.hidden = button.dataset.not.split(' ').includes(page.me);
  });
  const { act, note } = page.taken ?? {};
  $$('[data-taken]', root).forEach((line) => {
    line.hidden = !act;
    the('span', line).textContent = act ? words(act === 'tie' ? 'page.tie' : 'page.gather') : '';
  });
  $$('[data-act=gather], [data-act=tie]', root).forEach((button) =>
    button.setAttribute('aria-pressed', String(act === button.dataset.act && note === button.dataset.note)),
  );
  $$('[data-act=gather-here], [data-act=tie-here]', root).forEach((button) => {
    button.hidden = button.dataset.act !== `${act}-here` || button.dataset.note === note;
  });
}

// Who has said what they expect finds the form folded, once, with what was begun in it.
/** @type {HTMLDetailsElement | null} */
let folded = null;
function foldOnceSaid() {
  const fold = $('details[data-until-said]');
  if (!fold || fold === folded) return;
  const mine = $$('.tools[data-by]', fold.parentElement).some(({ dataset }) =>
    [dataset.by, dataset.for].includes(page.me),
  );
  if (!mine) return;
  folded = fold;
  delete fold.dataset.untilSaid;
  if (the('textarea', fold).value) return;
  if (fold.contains(document.activeElement)) the('summary', fold).focus({ preventScroll: true });
  fold.open = false;
}

fitting.push(fit, fitMenus, foldOnceSaid);

// To go on is to keep what is written: a draft is on this device alone.
function sendWritten() {
  for (const form of $$('form[data-form]'))
    if (form.offsetParent && !form.closest('dialog') && typed(form).some(({ value }) => value.trim()))
      form.requestSubmit();
}

// "Said already elsewhere", then "It repeats this one"; "Tie it", then "It is about this": two presses bring a
// recommendation to where it belongs.
/** @type {(act: string, note: string) => void} */
function take(act, note) {
  page.taken = page.taken?.act === act && page.taken.note === note ? null : { act, note };
  const measures = $('details.measures');
  if (page.taken?.act === 'tie' && measures) measures.open = true;
  dress();
}

/** @type {(button: El, asked: (note: string) => Asked) => void} */
function bringHere(button, asked) {
  if (page.taken?.note) send(asked(page.taken.note));
  $('summary', button.closest('[data-id]'))?.focus({ preventScroll: true }); // this one goes
  page.taken = null;
  dress();
}

/** What a button with `data-act` does.
 * @type {Record<string, (button: El) => void>} */
const ACTS = {
  'print-script': () => globalThis.print(),
  'pass-point': passPoint,
  onward: () => {
    sendWritten();
    onward();
  },
  edit: (b) =>
    openDialog('edit', {
      set: { note: b.dataset.note, was: b.dataset.was },
      fill: { text: recall(editOf(b.dataset.note)) || b.dataset.text },
    }),
  schedule: openStart,
  details: (b) => {
    const card = b.closest('[data-values]');
    if (card) openDetails(the(`dialog[data-dialog="${b.dataset.into}"] form`), card, b.dataset.field);
  },
  // Any dialog that a button fills from its own words.
  open: (b) => openDialog(b.dataset.into, { set: picked(b.dataset, ASKED), fill: parsed(b.dataset.values) }),
  'look-together': (b) => goTo(b.dataset.note),
  close: (b) => {
    const dialog = b.closest('dialog');
    const form = the('form', dialog);
    remember(form.dataset.do === 'details' ? draftOfDetails(form) : draftOf(form), '');
    dialog?.close();
  },
  'show-out': (b) => {
    const [person, words] = [b.closest('form')?.dataset.person ?? '', b.dataset.words ?? 'false'];
    send(
      { do: 'show_out', person, words: words === 'true' },
      { form: 'person', person, words, undo: 'let_in', done: b.dataset.done },
    );
  },
  'take-theirs': (b) => ACTS.close(b),
  'take-their-value': (b) => {
    const [name, form] = [b.closest('[data-told]')?.dataset.told, b.closest('form')];
    if (name && form) takeTheirs({ name, form });
  },
  forecast: toMonth,
  gather: (b) => take('gather', b.dataset.note),
  tie: (b) => take('tie', b.dataset.note),
  leave: () => take(page.taken?.act ?? '', page.taken?.note ?? ''),
  'gather-here': (b) => bringHere(b, (note) => ({ do: 'detail', note, detail: 'same_as', value: b.dataset.note })),
  'tie-here': (b) => bringHere(b, (note) => ({ do: 'attach', note, about: b.dataset.note })),
  detach: (b) => {
    const form = b.closest('form');
    if (form) leave(form);
  },
  undo,
  'copy-results': copyResults,
  'copy-picture': copyPicture,
  // On a phone one's own notes come up above the foot: one reads on while one writes.
  'own-notes': (b) => {
    const up = document.body.classList.toggle('notes-up');
    b.setAttribute('aria-expanded', String(up));
    if (up) the('[data-own]').focus();
  },
  'download-own': (b) =>
    save(new Blob([$('[data-own]')?.value ?? recall('own')], { type: 'text/plain' }), b.dataset.name),
};

// ---- listening: once for a whole page ---------------------------------------------------------

export function wire() {
  if (page.wired) return;
  page.wired = true;
  document.addEventListener('click', (event) => {
    const from = origin(event);
    /** @type {HTMLAnchorElement | null} */
    const printed = from.closest('a[data-print]');
    if (printed && print(printed)) event.preventDefault();
    const button = from.closest('button');
    if (!button) return;
    leaveMenu(button);
    const { act, look, lookMoment, speaker, into, fill, pick, formula, more } = button.dataset;
    if (pick || formula) {
      if (pick) page.picks[pick] = button.getAttribute('aria-pressed') !== 'true';
      else page.formula = formula;
      dress();
    } else if (button.type !== 'submit' && button.dataset.do) pressed(button);
    else if (act) ACTS[act]?.(button);
    else if (look != null) {
      lookAt(look);
      if (button.dataset.lead) lead(button.dataset.lead);
    } else if (lookMoment) lookAtMoment(lookMoment);
    else if (more) page.more?.(more, button.dataset.before);
    else if (into) replyTo(button);
    else if (speaker) {
      const form = button.closest('form');
      if (!form) return;
      form.dataset.behalf = form.dataset.behalf === speaker ? '' : speaker;
      remember(behalfAt(form), form.dataset.behalf);
      dress(form);
    } else if (fill) {
      const form = the(`form[data-form="${fill}"]`);
      const field = form.elements.text;
      field.value = [field.value.trim(), button.textContent].filter(Boolean).join('\n');
      draft(form);
      field.focus();
    }
  });
  watchPointer();
  document.addEventListener('submit', (event) => {
    const form = origin(event).closest('form[data-do]');
    if (!form) return;
    event.preventDefault();
    submitted(form);
  });
  document.addEventListener('input', (event) => {
    const field = /** @type {Field} */ (event.target);
    const form = formOf(field);
    if (form?.matches('.composer:not(.month)')) invalid(field, false);
    if ('own' in field.dataset) remember('own', field.value);
    else if (form?.dataset.do === 'details') keepDetails(form);
    else if (field.name === 'text' && form?.dataset.form) {
      draft(form);
      sayOnce(the('.said', form), field.value.length < LIMIT ? '' : words('unsent.long'));
    } else if ('sound' in field.dataset) remember('sound', field.checked ? '1' : '');
    else if (form?.dataset.form && !field.closest('dialog') && typed(form).includes(field))
      saved(remember(keptAt(form, field), field.value) && field.value ? 'saved.draft' : '');
  });
  // A line ends with Enter, a note with Ctrl+Enter: nothing leaves by accident.
  document.addEventListener('keydown', (event) => {
    const form = formOf(event.target);
    if (event.key === 'Enter' && (event.ctrlKey || event.metaKey) && form?.dataset.do) {
      event.preventDefault();
      form.requestSubmit();
    }
  });
  watchSubjects();
  watchMenus();
  watchBand($('.at-now'));
}

// Put back what was typed before a reload.
/** @param {ParentNode} root */
export function restore(root = document) {
  for (const button of $$('form[data-form] button:disabled', root)) button.disabled = false;
  $$('form[data-form]', root).forEach((form) => {
    if (form.closest('dialog')) return;
    const text = recall(draftOf(form));
    const behalf = recall(behalfAt(form));
    if (text && behalf) form.dataset.behalf = behalf;
    if (text && form.elements.text && !form.elements.text.value) form.elements.text.value = text;
    if (text) unfold(form);
    for (const field of typed(form)) if (!field.value) field.value = recall(keptAt(form, field));
  });
  $$('[data-own]', root).forEach((field) => {
    field.value = recall('own');
  });
  $$('[data-has-own]', root).forEach((line) => {
    line.hidden = !recall('own');
  });
  $$('[data-sound]', root).forEach((field) => {
    field.checked = recall('sound') === '1';
  });
  dates(root);
}

// ---- as a widget (JupyterLab, Voilà's own pages) ------------------------------------------------

/** @param {{ model: Model, el: HTMLElement }} widget */
function render({ model, el }) {
  const root = document.createElement('div');
  root.className = 'impact in-notebook';
  const keeping = () => {
    page.unkept = !model.get('kept');
    root.classList.toggle('unkept', page.unkept);
  };
  keeping();
  model.on('change:kept', keeping);
  root.append(inert(model.get('frame')));
  el.append(root);
  page.lang = model.get('lang');
  speak(JSON.parse(model.get('words')), page.lang);
  page.me = model.get('me');
  fetchFiles(root, model);
  /** @type {Map<string, [Gesture, About]>} */
  const waiting = new Map();
  // Any pane's comm reaches the session: the last pane rendered sends for all.
  page.send = (gesture, about) => {
    waiting.set(gesture.id, [gesture, about]);
    saved('saved.sending');
    model.send({ gesture });
  };
  wire();
  model.on('msg:custom', (message) => {
    if (message.now) setClock(message.now, Date.now() / 1000, message.speed);
    if (message.whole) {
      foldInStep(root, model.get('section')); // now it stands in its cell
      put(root, { '*': '', ...message.whole });
    }
    if (message.patch) put(root, message.patch);
    if (message.answer) {
      const [gesture, about] = waiting.get(message.answer.id) ?? [];
      waiting.delete(message.answer.id);
      if (gesture && about) answered(gesture, about, message.answer);
    }
  });
  shareNames(shareThrough(model), root);
  bringHypotheses(giveFile(model), root);
  restore(root);
  model.send({ ask: 'whole' });
}

export default { render };
