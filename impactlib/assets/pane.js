// What every pane does in a browser, wherever it is shown: what is mine in it, and what its buttons do. room.js gives
// it a light page's transport (HTTP and server-sent events); in JupyterLab and in Voilà's own pages `render`, at the
// foot, gives it the widget's comm.
// Inputs belong to the browser, fragments to the server: no element is both.

import { $, $$, dress, fitting, newId, page, parsed, recall, remember, saved, words } from './page.js';
import { put, watchPointer } from './fragments.js';
import { setClock, tick } from './clock.js';
import { goTo, lookAt, lookAtMoment } from './steps.js';
import { LIMIT, dates, detach, draft, draftOf, editOf, keptAt, openDialog, replyTo, typed } from './forms.js';
import { openStart, watchBand } from './start.js';
import { detailsAt, keepDetails, openDetails, takeTheirs } from './details.js';
import { copyPicture, copyResults, print } from './takeaway.js';
import { ASKED, answered, picked, pressed, submitted } from './gestures.js';

// What a fragment cannot say for everybody: what is mine, what I chose, where I look.
function fit(root) {
  $$('.tools[data-by]', root).forEach((tools) => {
    tools.hidden = !('any' in tools.dataset) && ![tools.dataset.by, tools.dataset.for].includes(page.me);
  });
  $$('[data-pick]', root).forEach((button) => {
    button.setAttribute('aria-pressed', String(page.picks[button.dataset.pick] ?? 'picked' in button.dataset));
  });
  $$('[data-picks]', root).forEach((line) => {
    line.textContent = words(line, 'picks').replace('{number}', $$('[data-pick][aria-pressed=true]', line.parentNode).length);
  });
  $$('[data-formula]', root).forEach((button, i) => {
    button.setAttribute('aria-pressed', String(page.formula ? page.formula === button.dataset.formula : i === 0));
  });
  $$('[data-formula-of]', root).forEach((part, i) => {
    part.hidden = page.formula ? page.formula !== part.dataset.formulaOf : i > 0;
  });
  const { act, note } = page.taken ?? {};
  $$('[data-act=gather], [data-act=tie]', root).forEach((button) => button.setAttribute('aria-pressed', String(act === button.dataset.act && note === button.dataset.note)));
  $$('[data-act=gather-here], [data-act=tie-here]', root).forEach((button) => { button.hidden = button.dataset.act !== `${act}-here` || button.dataset.note === note; });
}

fitting.push(fit);

// "Said already elsewhere", then "It repeats this one"; "Tie it", then "It is about this": two presses bring a
// recommendation to where it belongs.
function take(act, note) {
  page.taken = page.taken?.act === act && page.taken.note === note ? null : { act, note };
  dress();
}

function bringHere(button, gesture) {
  page.send({ id: newId(), note: page.taken.note, ...gesture }, {});
  $('button:not([hidden])', button.parentNode)?.focus({ preventScroll: true }); // this one goes
  page.taken = null;
  dress();
}

const ACTS = {
  edit: (b) => openDialog('edit', { set: { note: b.dataset.note, was: b.dataset.was }, fill: { text: recall(editOf(b.dataset.note)) || b.dataset.text } }),
  schedule: openStart,
  details: (b) => openDetails($(`dialog[data-dialog="${b.dataset.into}"] form`), b.closest('[data-values]'), b.dataset.field),
  // Any dialog that a button fills from its own words.
  open: (b) => openDialog(b.dataset.into, { set: picked(b.dataset, ASKED), fill: parsed(b.dataset.values) }),
  'look-together': (b) => goTo(b.dataset.note),
  close: (b) => {
    const form = $('form', b.closest('dialog'));
    remember(form.dataset.do === 'details' ? detailsAt(form) : draftOf(form), '');
    b.closest('dialog').close();
  },
  'show-out': (b) => { page.send({ id: newId(), do: 'show_out', person: b.closest('form').dataset.person }, { form: 'person' }); },
  'take-theirs': (b) => ACTS.close(b),
  'take-their-value': (b) => takeTheirs({ name: b.closest('[data-told]').dataset.told, form: b.closest('form') }),
  gather: (b) => take('gather', b.dataset.note),
  tie: (b) => take('tie', b.dataset.note),
  'gather-here': (b) => bringHere(b, { do: 'detail', detail: 'same_as', value: b.dataset.note }),
  'tie-here': (b) => bringHere(b, { do: 'attach', about: b.dataset.note }),
  detach: (b) => detach(b.closest('form')),
  undo: (b) => { const box = b.closest('[data-toast]'); box.hidden = true; page.send({ id: newId(), ...box.undo }, {}); },
  'copy-results': copyResults,
  'copy-picture': copyPicture,
  'download-own': (b) => {
    const link = document.createElement('a');
    link.href = URL.createObjectURL(new Blob([$('[data-own]')?.value ?? recall('own')], { type: 'text/plain' }));
    link.download = b.dataset.name;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 1000);
  },
};

// ---- listening: once for a whole page ---------------------------------------------------------

export function wire() {
  if (page.wired) return;
  page.wired = true;
  document.addEventListener('click', (event) => {
    const button = event.target.closest('button');
    const printed = event.target.closest('[data-print]');
    if (printed && print(printed)) event.preventDefault();
    if (!button) return;
    const { act, look, lookMoment, speaker, into, fill, pick, formula, more } = button.dataset;
    if (pick || formula) {
      if (pick) page.picks[pick] = button.getAttribute('aria-pressed') !== 'true';
      else page.formula = formula;
      dress();
    } else if (button.type !== 'submit' && button.dataset.do) pressed(button);
    else if (act) ACTS[act]?.(button);
    else if (look != null) lookAt(look);
    else if (lookMoment) lookAtMoment(lookMoment);
    else if (more) page.more?.(more, button.dataset.before);
    else if (into) replyTo(button);
    else if (speaker) {
      const form = button.closest('form');
      form.dataset.behalf = form.dataset.behalf === speaker ? '' : speaker;
      remember(`behalf:${form.dataset.form}`, form.dataset.behalf);
      dress(form);
    } else if (fill) {
      const field = $(`form[data-form="${fill}"]`).elements.text;
      field.value = [field.value.trim(), button.textContent].filter(Boolean).join('\n');
      draft(field.form);
      field.focus();
    }
  });
  watchPointer();
  document.addEventListener('submit', (event) => {
    const form = event.target.closest('form[data-do]');
    if (!form) return;
    event.preventDefault();
    submitted(form);
  });
  document.addEventListener('input', (event) => {
    const field = event.target;
    if ('own' in field.dataset) remember('own', field.value);
    else if (field.form?.dataset.do === 'details') keepDetails(field.form);
    else if (field.name === 'text' && field.form?.dataset.form) {
      draft(field.form);
      $('.said', field.form).textContent = field.value.length < LIMIT ? '' : words($('[data-saved]'), 'long');
    } else if ('sound' in field.dataset) remember('sound', field.checked ? '1' : '');
    else if (field.form?.dataset.form && !field.closest('dialog') && typed(field.form).includes(field)) saved(remember(keptAt(field), field.value) && field.value ? 'draft' : '');
  });
  // A line ends with Enter, a note with Ctrl+Enter: nothing leaves by accident.
  document.addEventListener('keydown', (event) => {
    if (event.key === 'Enter' && (event.ctrlKey || event.metaKey) && event.target.form?.dataset.do) {
      event.preventDefault();
      event.target.form.requestSubmit();
    }
  });
  // A toggle does not bubble.
  document.addEventListener('toggle', ({ target }) => { if ('adjust' in target.dataset) document.body.classList.toggle('adjusting', target.open); }, true);
  setInterval(tick, 500);
  watchBand($('.at-now'));
}

// Put back what was typed before a reload.
export function restore(root = document) {
  $$('form[data-form] button:disabled', root).forEach((button) => { button.disabled = false; });
  $$('form[data-form]', root).forEach((form) => {
    if (form.closest('dialog')) return;
    const text = recall(draftOf(form));
    const behalf = recall(`behalf:${form.dataset.form}`);
    if (text && behalf) form.dataset.behalf = behalf;
    if (text && form.elements.text && !form.elements.text.value) form.elements.text.value = text;
    for (const field of typed(form)) if (!field.value) field.value = recall(keptAt(field));
  });
  $$('[data-own]', root).forEach((field) => { field.value = recall('own'); });
  $$('[data-has-own]', root).forEach((line) => { line.hidden = !recall('own'); });
  $$('[data-sound]', root).forEach((field) => { field.checked = recall('sound') === '1'; });
  dates(root);
}

// ---- as a widget (JupyterLab, Voilà's own pages) ------------------------------------------------

function render({ model, el }) {
  const root = document.createElement('div');
  root.className = 'impact in-notebook';
  root.innerHTML = model.get('frame');
  el.append(root);
  page.lang = model.get('lang');
  page.me = 'you';
  const waiting = new Map();
  // Any pane's comm reaches the session: the last pane rendered sends for all.
  page.send = (gesture, about) => {
    waiting.set(gesture.id, [gesture, about]);
    saved('sending');
    model.send({ gesture });
  };
  wire();
  model.on('msg:custom', (message) => {
    if (message.now) setClock(message.now, Date.now() / 1000, message.speed);
    if (message.whole) put(root, { '*': '', ...message.whole });
    if (message.patch) put(root, message.patch);
    if (message.answer) {
      const [gesture, about] = waiting.get(message.answer.id) ?? [{}, {}];
      waiting.delete(message.answer.id);
      answered(gesture, about, message.answer);
    }
  });
  restore(root);
  model.send({ ask: 'whole' });
}

export default { render };
