// What every pane does in a browser, wherever it is shown: fragments in, gestures out, the clock,
// drafts. room.js gives it a light page's transport (HTTP and server-sent events); in JupyterLab and
// in Voilà's own pages `render`, at the foot, gives it the widget's comm.
// Inputs belong to the browser, fragments to the server: no element is both.

const doc = document;
export const $ = (selector, root = doc) => root.querySelector(selector);
export const $$ = (selector, root = doc) => [...root.querySelectorAll(selector)];

// One state for all the panes of a page, each of which loads this module by itself in JupyterLab.
export const page = (globalThis.__impact ??= {
  me: '', lang: 'fr', store: 'impact:', look: null, send: null, wired: false, picks: {}, formula: '', taken: null, ballot: null,
  // The journal's clock: it said `journal` when the server's said `server`, `offset` seconds from ours.
  journal: 0, server: 0, offset: 0, speed: 1,
});

export const words = (element, name) => element?.dataset['w' + name[0].toUpperCase() + name.slice(1)] ?? '';
export const saved = (state) => {
  const line = $('[data-saved]');
  if (line) line.textContent = state && words(line, state);
};
export const remember = (key, value) => {
  try {
    if (value === '' || value == null) localStorage.removeItem(page.store + key);
    else localStorage.setItem(page.store + key, typeof value === 'string' ? value : JSON.stringify(value));
    return true;
  } catch { return false; } // private browsing, or full: the page goes on without
};
export const recall = (key, fallback = '') => {
  try { return localStorage.getItem(page.store + key) ?? fallback; } catch { return fallback; }
};
export const recallAll = (prefix) => {
  try {
    return Object.keys(localStorage).filter((key) => key.startsWith(page.store + prefix)).map((key) => JSON.parse(localStorage.getItem(key)));
  } catch { return []; }
};
export const parsed = (text) => { try { return JSON.parse(text); } catch { return {}; } };
// Not crypto.randomUUID: a workshop on a local network is often served in plain http.
export const newId = () => [...crypto.getRandomValues(new Uint8Array(16))].map((b) => b.toString(16).padStart(2, '0')).join('');

// ---- fragments ----------------------------------------------------------------------------

// While a pointer is down nothing moves: a note that arrived then would slide the button from under it, and the
// click, which needs both its ends on one element, would be lost without a word.
let pressing = false;
let meanwhile = [];
let letGo;
const PRESS = 3000; // ms: a scrollbar's press never says that it ended

export function put(root, changes) {
  if (pressing) meanwhile.push([root, changes]);
  else putNow(root, changes);
}

// `ms` from now the pointer is taken to be up.
function release(ms) {
  clearTimeout(letGo);
  letGo = setTimeout(() => {
    pressing = false;
    for (const [root, changes] of meanwhile.splice(0)) putNow(root, changes);
  }, ms);
}

// Whoever types in a form keeps it where it is, whatever comes above.
function anchored(change) {
  const form = doc.activeElement?.closest?.('form');
  const before = form?.getBoundingClientRect().top;
  change();
  if (form?.offsetParent && !form.closest('dialog')) scrollBy({ top: form.getBoundingClientRect().top - before, behavior: 'instant' });
}

function putNow(root, changes) {
  const focus = held(doc.activeElement);
  anchored(() => {
    if ('*' in changes) $$('.fragment', root).forEach((old) => !(old.id in changes) && old.remove());
    for (const [id, html] of Object.entries(changes)) if (id !== '*') putOne(root, id, html);
    dress(root);
  });
  focus?.();
}

function putOne(root, id, html) {
  const zone = $(`[data-zone="${id.split('/')[0]}"]`, root);
  if (!zone) return;
  let fragment = [...zone.children].find((child) => child.id === id);
  if (!html) return fragment?.remove();
  if (!fragment) {
    fragment = doc.createElement(zone.tagName === 'UL' ? 'li' : 'div');
    fragment.id = id;
    fragment.className = 'fragment new';
    zone.insertBefore(fragment, [...zone.children].find((child) => child.id > id) ?? null);
  }
  const open = $$('details', fragment).map((details) => details.open);
  fragment.innerHTML = html;
  $$('details', fragment).forEach((details, i) => { details.open = open[i] ?? details.open; });
}

// A patch replaces the button that has the focus by its like: the focus goes on there.
function held(element) {
  const fragment = element?.closest?.('.fragment');
  if (!fragment) return null;
  const at = $$('button, a, summary', fragment).indexOf(element);
  const { do: what, way, note } = element.dataset;
  return () => {
    if (doc.contains(element)) return;
    // A note that was moved takes the focus along.
    const moved = what === 'move' && ($(`[data-way="${way}"][data-note="${note}"]`) ?? $(`[data-way][data-note="${note}"]`));
    if (moved) return moved.focus();
    const like = $$('button, a, summary', doc.getElementById(fragment.id) ?? undefined);
    (like[Math.min(at, like.length - 1)] ?? $('#main'))?.focus({ preventScroll: true });
  };
}

// What a fragment cannot say for everybody: what is mine, what I chose, where I look.
export function dress(root = doc) {
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
  $$('[data-speaker]', root).forEach((button) => {
    const form = button.closest('form');
    button.setAttribute('aria-pressed', String(form?.dataset.behalf === button.dataset.speaker));
  });
  const { act, note } = page.taken ?? {};
  $$('[data-act=gather], [data-act=tie]', root).forEach((button) => button.setAttribute('aria-pressed', String(act === button.dataset.act && note === button.dataset.note)));
  $$('[data-act=gather-here], [data-act=tie-here]', root).forEach((button) => { button.hidden = button.dataset.act !== `${act}-here` || button.dataset.note === note; });
  rest();
  $$('.steps li[data-m]', root).forEach((li) => li.style.setProperty('--m', li.dataset.m));
  page.ballot?.draw();
  show();
  follow();
  lookTogether();
  tick();
}

// While the consultants speak all that the team does in a step rests, with what was begun in it; but for its scores.
function rest() {
  const resting = Boolean($('[data-rest]'));
  if (!resting && !page.resting) return;
  page.resting = resting;
  for (const form of $$('main form[data-do], dialog form')) {
    form.classList.toggle('resting', resting);
    for (const field of form.elements) if (!field.matches('[data-act=close]')) field[field.matches('textarea, input') ? 'readOnly' : 'disabled'] = resting;
    if (form.closest('dialog[open]')) $('.said', form).textContent = resting ? $('[data-rest] p').textContent : '';
  }
  $$('[data-section] :is([data-do], [data-act], [data-into]):is(button)').forEach((button) => { button.disabled = resting; });
}

// "Said already elsewhere", then "It repeats this one"; "Tie it", then "It is about this": two presses bring a
// recommendation to where it belongs.
function take(act, note) {
  page.taken = page.taken?.act === act && page.taken.note === note ? null : { act, note };
  dress();
}

function bringHere(gesture) {
  page.send({ id: newId(), note: page.taken.note, ...gesture }, {});
  page.taken = null;
  dress();
}

// ---- what the facilitator asks everybody to look at --------------------------------------------

let together = '';

// The note comes to whoever does not write; those who do are told, and have the band.
function lookTogether() {
  const note = $('[data-together]')?.dataset.together ?? '';
  $$('[data-id]').forEach((card) => card.classList.toggle('looked-at', card.dataset.id === note));
  const busy = doc.activeElement?.matches('textarea, input, select') || $('dialog[open]');
  if (note && note !== together) busy ? toast($('[data-together] p').innerText.replace('\n', ' : ')) : bring(note);
  together = note;
}

const cardsOf = (note) => $$('[data-id]').filter((card) => card.dataset.id === note);
const bring = (note) => cardsOf(note).find((card) => card.offsetParent)?.scrollIntoView({ block: 'center' });

// What stands in steps that are not looked at is found in one that shows it.
function uncover(...elements) {
  const sections = elements.map((element) => element.closest('[data-section]')).filter(Boolean);
  if (sections.some((section) => section.classList.contains('on'))) return;
  const step = $$('.steps button[data-look]').find(({ dataset }) => sections.some((section) => dataset.shows.split(' ').includes(section.dataset.section)));
  if (step) lookAt(step.dataset.look);
}

function goTo(note) {
  uncover(...cardsOf(note));
  bring(note);
}

// Prepare: when the hour begins the team's page goes there, unless somebody is writing, who finds a link.
function follow() {
  const hour = $('[data-hour]');
  if (!hour) return;
  if (page.hour === 'before' && hour.dataset.hour === 'running' && hour.dataset.go && !typing() && !$('dialog[open]')) location.assign(hour.dataset.go);
  page.hour = hour.dataset.hour;
}

// ---- which step is shown ------------------------------------------------------------------

let before; // the group's step at the last look

export function show() {
  const bar = $('.bar');
  if (!bar) return;
  const moved = before !== undefined && before !== bar.dataset.step + bar.dataset.state;
  // Whoever is typing when the group moves on stays where they are: the banner takes them along.
  if (moved && typing() && !page.look) page.look = page.was;
  else if (moved && !page.look) scrollTo({ top: 0 });
  before = bar.dataset.step + bar.dataset.state;
  const steps = $$('.steps button[data-look]');
  const state = bar.dataset.state;
  const group = bar.dataset.step || steps[0]?.dataset.look;
  const looked = page.look && page.look !== group ? page.look : null;
  const summary = page.look ? page.look === 'summary' : state === 'ended';
  const current = steps.find((button) => button.dataset.look === (looked ?? group));
  if (!page.look) page.was = group;
  const shown = summary ? ['summary'] : current?.dataset.shows.split(' ') ?? [];
  if (!summary && state === 'before' && !looked) shown.push('lobby');
  $$('[data-section]').forEach((section) => section.classList.toggle('on', shown.includes(section.dataset.section)));
  steps.forEach((button) => button.setAttribute('aria-pressed', String(!summary && button === current)));
  const looking = $('[data-looking]');
  if (looking) looking.hidden = !(page.look && (looked || summary !== (state === 'ended')));
  $$('[data-look="summary"]').forEach((link) => link.setAttribute('aria-pressed', String(summary)));
}

const typing = () => {
  const at = doc.activeElement;
  return Boolean(at?.closest('[data-ballot]') || (at?.matches('textarea, input') && at.value && at.closest('[data-section]')));
};

function lookAt(step) {
  const group = $('.bar')?.dataset.step;
  page.look = step && step !== group ? step : $('.bar')?.dataset.state === 'ended' && step ? step : null;
  show();
  $('#main')?.focus({ preventScroll: true });
  scrollTo({ top: 0 });
}

// ---- the clock ----------------------------------------------------------------------------

export const now = () => page.journal + (Date.now() / 1000 + page.offset - page.server) * page.speed;
export const setClock = (journal, server, speed) => Object.assign(page, { journal, server, speed, offset: server - Date.now() / 1000 });

const sign = (seconds) => {
  const whole = Math.abs(seconds < 0 ? Math.floor(seconds) : Math.ceil(seconds));
  return `${seconds < 0 ? '+' : ''}${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, '0')}`;
};
const hour = (at) => {
  const [h, m] = new Intl.DateTimeFormat('fr', { hour: '2-digit', minute: '2-digit' }).format(at * 1000).split(':');
  return page.lang === 'fr' ? `${+h} h ${m}` : `${+h}:${m}`;
};

let leftBefore = 0;
let stepBefore = '';
export function tick() {
  const time = $('.time');
  const bar = $('.bar');
  if (!time || !bar) return;
  const { granted, ran, resumed, paused, ends, scheduled } = time.dataset;
  const state = bar.dataset.state;
  const [big, small, say] = [$('b', time), $('small', time), $('[data-say]', time)];
  if (state === 'ended' || state === 'before') {
    big.textContent = state === 'ended' ? '0:00' : '–';
    small.textContent = state === 'ended' ? words(time, 'ended') : scheduled ? `${words(time, 'start')} ${hour(+scheduled)}` : words(time, 'before');
    time.className = 'time';
    return;
  }
  const left = granted - ran - (resumed ? Math.max(0, now() - resumed) : 0);
  const share = granted > 0 ? left / granted : 0;
  const mood = left < 0 ? 'over' : share <= 0.05 ? 'last' : share <= 0.2 ? 'soon' : '';
  const end = +ends + (paused ? now() - paused : 0);
  big.textContent = sign(left);
  small.textContent = [paused ? words(time, 'paused') : mood && words(time, mood), `${words(time, 'end')} ${hour(end)}`].filter(Boolean).join(' · ');
  if (!time.classList.contains(mood || 'calm')) {
    time.className = `time ${mood || 'calm'}`;
    say.textContent = mood ? words(time, mood) : '';
  }
  const done = Math.min(1, Math.max(0, granted > 0 ? 1 - left / granted : 1));
  $('.steps [aria-current] b')?.style.setProperty('width', `${done * 100}%`);
  const step = bar.dataset.step;
  // Not "just after zero": a page in the background ticks once a minute.
  if (left <= 0 && leftBefore > 0 && stepBefore === step) ring();
  [leftBefore, stepBefore] = [left, step];
}

function ring() {
  if (!$('[data-sound]')?.checked) return;
  const audio = new AudioContext();
  const [tone, volume] = [audio.createOscillator(), audio.createGain()];
  tone.frequency.value = 660;
  volume.gain.setValueAtTime(0.15, audio.currentTime);
  volume.gain.exponentialRampToValueAtTime(0.001, audio.currentTime + 1.2);
  tone.connect(volume).connect(audio.destination);
  tone.start();
  tone.stop(audio.currentTime + 1.2);
}

// ---- gestures -----------------------------------------------------------------------------

const LIMIT = 20000; // characters: what the server would refuse the page refuses at once
const DRAFT = 10 * LIMIT; // a book pasted by accident must not take the room that a browser gives to all drafts

const PLAIN = ['do', 'note', 'step', 'person', 'metric', 'value', 'ease', 'kept', 'round', 'detail', 'was', 'source', 'tied', 'on', 'hidden', 'before', 'other', 'other_was'];

const ASKED = ['note', 'was', 'person', 'metric', 'step', 'other', 'other_was']; // what a dialog keeps of its button
const picked = (data, names) => Object.fromEntries(names.filter((name) => name in data).map((name) => [name, data[name]]));
const gestureOf = (data) => ({ id: newId(), ...picked(data, PLAIN) });

let lastPress = 0;

function pressed(button) {
  const gesture = gestureOf(button.dataset);
  // The next step's button comes under the pointer that pressed this one's: a double press moves one step.
  if (['start', 'end'].includes(gesture.do)) {
    if (performance.now() - lastPress < 600) return;
    lastPress = performance.now();
  }
  if (gesture.do === 'open_round') {
    gesture.metrics = $$('[data-pick][aria-pressed=true]').map(({ dataset }) => dataset.pick).join(' ');
  }
  page.send(gesture, { note: button.dataset.note, undo: button.dataset.undo, done: button.dataset.done });
}

function submitted(form) {
  const said = $('.said', form);
  const text = form.elements.text?.value ?? '';
  const kind = form.dataset.kind ?? '';
  const blank = !typed(form).some(({ value }) => value.trim());
  if (blank && performance.now() - (form.sentAt ?? -9999) < 1500) return; // the second of two presses
  said.textContent = '';
  if (form.dataset.do === 'details') return sendDetails(form);
  const nothing = form.elements.text ? !text.trim() && kind !== 'answer' : form.matches('.composer') && blank;
  const refusal = text.length >= LIMIT ? 'long' : nothing ? 'empty' : '';
  if (refusal) {
    said.textContent = words($('[data-saved]'), refusal);
    (form.elements.text ?? typed(form)[0]).focus();
    return;
  }
  const values = Object.fromEntries([...new FormData(form)].filter(([, value]) => typeof value === 'string'));
  const gesture = { ...gestureOf(form.dataset), ...values };
  for (const name of ['kind', 'about', 'behalf']) if (form.dataset[name]) gesture[name] = form.dataset[name];
  page.send(gesture, { form: form.dataset.form, text });
  if (form.closest('dialog')) return;
  form.sentAt = performance.now();
  clear(form);
}

function clear(form) {
  // Back to the note that this was about: its form stands further down.
  if (form.dataset.about) $(`[data-id="${form.dataset.about}"]`)?.scrollIntoView({ block: 'nearest' });
  typed(form).forEach((field) => remember(keptAt(field), ''));
  remember(`behalf:${form.dataset.form}`, '');
  form.reset();
  dates(form);
  delete form.dataset.behalf;
  detach(form);
  const anchor = form.closest('[data-anchor]');
  if (anchor) anchor.hidden = true;
  // Who has agreed need not agree again: the fold closes now, not under whatever is pressed next.
  const fold = form.closest('.agree');
  if (fold) {
    fold.open = false;
    $('summary', fold).focus({ preventScroll: true });
  }
  dress(form);
}

// The server's answer to one of my gestures; `about` is what `send` was told of it.
export function answered(gesture, about, answer) {
  if (page.ballot?.answered(gesture, answer)) return;
  const form = about.form && $(`form[data-form="${about.form}"]`);
  if (about.key) return detailAnswered(form, gesture, about, answer);
  const dialog = form?.closest('dialog');
  if (!('refused' in answer)) {
    saved('saved');
    if (gesture.do === 'open_round') page.picks = {};
    if (dialog?.open && !$('.said', form).textContent) dialog.close();
    if (dialog) remember(`draft:edit:${gesture.note}`, '');
    if (about.undo) toast(about.done, { do: about.undo, note: about.note });
    return;
  }
  saved(form ? 'back' : 'not');
  // The dialog may have been closed meanwhile, by a reload for one: it opens again with what was refused.
  if (dialog && !dialog.open) openDialog(dialog.dataset.dialog, { set: picked(gesture, ASKED), fill: fieldsOf(form, gesture) });
  if (answer.code === 'changed' && dialog) return conflict(form, answer);
  if (form) {
    if (!dialog) unfold(form);
    $('.said', form).textContent = answer.refused;
    form.dataset.refused = answer.code; // what a form offers only then
    const field = form.elements.text;
    if (field && about.text && !field.value.includes(about.text)) field.value = [about.text, field.value].filter(Boolean).join('\n');
    for (const [name, value] of Object.entries(fieldsOf(form, gesture))) if (name !== 'text') form.elements[name].value = value;
    if (gesture.behalf) form.dataset.behalf = gesture.behalf;
    if (gesture.about) attach(form, gesture.about, '');
    dress(form);
    const anchor = form.closest('[data-anchor]');
    if (anchor) anchor.hidden = false;
    draft(form);
  } else toast(answer.refused);
}

// What a gesture carried of a form's own fields.
const fieldsOf = (form, gesture) => Object.fromEntries([...form.elements].filter(({ name }) => name && gesture[name] != null).map(({ name }) => [name, gesture[name]]));

function conflict(form, answer) {
  const box = $('.conflict', form);
  box.hidden = false;
  $('[data-theirs]', box).textContent = answer.text;
  form.dataset.was = answer.version;
}

let fading;
export function toast(text, undo) {
  const box = $('[data-toast]');
  if (!box) return;
  $('span', box).textContent = text;
  $('button', box).hidden = !undo;
  box.undo = undo;
  box.hidden = false;
  clearTimeout(fading);
  fading = setTimeout(() => { if (!box.contains(doc.activeElement)) box.hidden = true; }, 8000);
}

// ---- forms: drafts, dates, what a note is about, for whom --------------------------------------

// An answer's draft belongs to its question, an edit's to its note.
const draftOf = (form) => (form.closest('dialog') ? `draft:edit:${form.dataset.note}` : form.closest('[data-anchor]') ? `draft:${form.dataset.form}:${form.dataset.about ?? ''}` : `draft:${form.dataset.form}`);

// The lines of a form that is no dialog: each is kept as it is typed.
const typed = (form) => $$('textarea, input:not([type])', form).filter(({ name }) => name);
const keptAt = (field) => draftOf(field.form) + (field.name === 'text' ? '' : `:${field.name}`);

function draft(form) {
  const text = form.elements.text?.value ?? '';
  const kept = text.length < DRAFT && remember(draftOf(form), text);
  if (text) saved(kept ? 'draft' : '');
}

function dates(root = doc) {
  $$('[data-in-days]', root).forEach((field) => {
    const day = new Date();
    day.setDate(day.getDate() + +field.dataset.inDays);
    field.value = [day.getFullYear(), day.getMonth() + 1, day.getDate()].map((n) => String(n).padStart(2, '0')).join('-');
  });
}

function attach(form, note, label) {
  form.dataset.about = note;
  const line = $('.about', form);
  if (!line) return;
  line.hidden = false;
  if (label) $('[data-about-text]', line).textContent = label;
}

function detach(form) {
  delete form.dataset.about;
  const line = $('.about', form);
  if (line) line.hidden = true;
}

// "Answer" and its like: the form comes below the note that it is about.
function replyTo(button) {
  const form = $(`form[data-form="${button.dataset.into}"]`);
  if (!form) return;
  attach(form, button.dataset.about, button.dataset.label);
  reveal(form);
  if (form.closest('[data-anchor]')) form.elements.text.value = recall(draftOf(form));
  const anchor = form.closest('[data-anchor]');
  if (anchor) {
    anchor.hidden = false;
    anchor.scrollIntoView({ block: 'nearest' });
  }
  form.elements.text.focus();
}

// A form may stand in another step, or folded.
function reveal(form) {
  uncover(form);
  unfold(form);
}

function unfold(form) {
  for (let fold = form.closest('details'); fold; fold = fold.parentElement.closest('details')) fold.open = true;
}

// ---- details: a dialog of many fields, one gesture for each that changed ------------------------

// Its button stands in something that has `data-values` (JSON, by field; `versions` are those of texts) and the ids
// of the notes that these belong to: data-note and, for fields with data-of="metric", data-metric.

const fieldsIn = (form) => [...form.elements].filter(({ name }) => name);
const detailsAt = (form, { note, metric } = form.dataset) => `draft:${form.dataset.form}:${note ?? ''}/${metric ?? ''}`;
const decimal = (field, value) => (field.inputMode === 'decimal' && page.lang === 'fr' ? value.replace('.', ',') : value);

function openDetails(form, card, wanted) {
  for (const of of ['note', 'metric']) form.dataset[of] = card.dataset[of] ?? '';
  const kept = parsed(recall(detailsAt(form), '{}'));
  form.seen = parsed(card.dataset.values);
  form.versions = { ...form.seen.versions };
  form.reset();
  form.waiting = 0;
  $('.said', form).textContent = '';
  $$('[data-for]', form).forEach((part) => { part.hidden = !form.dataset[part.dataset.for]; });
  for (const field of fieldsIn(form)) {
    const mine = kept[field.name];
    if (mine) [form.seen[field.name], form.versions[field.name]] = [mine.was, mine.version];
    field.value = decimal(field, mine?.value ?? form.seen[field.name] ?? '');
    tell(form, field.name);
  }
  form.closest('dialog').showModal();
  const field = form.elements[wanted];
  for (let fold = field?.closest('details'); fold; fold = fold.parentElement.closest('details')) fold.open = true;
  field?.focus();
}

const changesIn = (form) => Object.fromEntries(fieldsIn(form)
  .map((field) => [field.name, { value: field.value, was: form.seen[field.name] ?? '', version: form.versions[field.name] }, field])
  .filter(([, { value, was }, field]) => value.trim() !== decimal(field, was)));

function keepDetails(form) {
  const changes = changesIn(form);
  saved(remember(detailsAt(form), Object.keys(changes).length ? changes : '') ? 'draft' : '');
}

function sendDetails(form) {
  if (form.waiting) return; // the second of two presses
  const sent = [];
  const born = {}; // what is said of a metric that is not there yet
  for (const [name, { value, was, version }] of Object.entries(changesIn(form))) {
    const note = form.dataset[form.elements[name].dataset.of ?? 'note'];
    tell(form, name);
    if (!note) born[name] = value;
    else sent.push([{ [name]: value }, version ? { do: 'edit', note, text: value, was: version } : { do: 'detail', note, detail: name, value, was }]);
  }
  if (Object.keys(born).length) sent.push([born, { do: 'draft', about: form.dataset.note, ...born }]);
  form.waiting = sent.length;
  if (!sent.length) form.closest('dialog').close();
  const key = detailsAt(form);
  for (const [values, gesture] of sent) page.send({ id: newId(), ...gesture }, { form: form.dataset.form, key, values });
}

function detailAnswered(form, gesture, { key, values }, answer) {
  const refused = 'refused' in answer;
  const names = Object.keys(values);
  saved(refused ? 'back' : 'saved');
  const kept = parsed(recall(key, '{}'));
  if (!refused) names.forEach((name) => delete kept[name]);
  remember(key, Object.keys(kept).length ? kept : '');
  // A lost connection, or a reload, has closed the dialog meanwhile: it opens again with what was refused.
  const card = refused && form && !$('dialog[open]') && $$('[data-values]').find((one) => detailsAt(form, one.dataset) === key);
  if (card) openDetails(form, card, names[0]);
  const dialog = form?.closest('dialog');
  if (!dialog?.open || detailsAt(form) !== key) return refused && toast(answer.refused);
  form.waiting = Math.max(0, form.waiting - 1);
  if (refused) {
    const name = answer.field ?? names[0];
    tell(form, name, answer.refused, answer.code === 'changed' ? answer : undefined);
    form.elements[name].focus();
    return;
  }
  Object.assign(form.seen, values);
  if (gesture.do === 'draft') form.dataset.metric = gesture.id;
  if (!form.waiting && !$('[data-told]:not([hidden])', form) && !$('.said', form).textContent) dialog.close();
}

// Beside a field: why it was refused, and what somebody else put there meanwhile.
function tell(form, name, why = '', theirs) {
  const box = $(`[data-told="${name}"]`, form);
  if (!box) return why && ($('.said', form).textContent = why);
  const field = form.elements[name];
  box.hidden = !why;
  $('span', box).textContent = why;
  for (const part of $$('q, button', box)) part.hidden = !theirs;
  if (!theirs) return;
  [form.seen[name], form.versions[name]] = [theirs.text, theirs.version];
  $('q', box).textContent = [...(field.options ?? [])].find(({ value }) => value === theirs.text)?.text ?? decimal(field, theirs.text);
}

function takeTheirs({ name, form }) {
  form.elements[name].value = decimal(form.elements[name], form.seen[name]);
  tell(form, name);
  keepDetails(form);
}

// ---- dialogs ------------------------------------------------------------------------------

function openDialog(name, data) {
  const dialog = $(`dialog[data-dialog="${name}"]`);
  const form = $('form', dialog);
  form.reset();
  $('.said', form).textContent = '';
  delete form.dataset.refused;
  for (const [name, value] of Object.entries(data.set)) if (value != null) form.dataset[name] = value;
  for (const [field, value] of Object.entries(data.fill)) form.elements[field].value = value;
  const box = $('.conflict', form);
  if (box) box.hidden = true;
  dialog.showModal();
}

const ACTS = {
  edit: (b) => openDialog('edit', { set: { note: b.dataset.note, was: b.dataset.was }, fill: { text: recall(`draft:edit:${b.dataset.note}`) || b.dataset.text } }),
  details: (b) => openDetails($(`dialog[data-dialog="${b.dataset.into}"] form`), b.closest('[data-values]'), b.dataset.field),
  person: (b) => openDialog('person', { set: { person: b.dataset.person }, fill: { name: b.dataset.name, role: b.dataset.role } }),
  // Any dialog that a button fills from its own words.
  open: (b) => openDialog(b.dataset.into, { set: picked(b.dataset, ASKED), fill: parsed(b.dataset.values) }),
  'go-to': (b) => {
    const there = $(b.dataset.to);
    uncover(there);
    there.scrollIntoView();
    ($('[tabindex], button, summary', there) ?? there).focus({ preventScroll: true });
  },
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
  'gather-here': (b) => bringHere({ do: 'detail', detail: 'same_as', value: b.dataset.note }),
  'tie-here': (b) => bringHere({ do: 'attach', about: b.dataset.note }),
  detach: (b) => detach(b.closest('form')),
  undo: (b) => { const box = b.closest('[data-toast]'); box.hidden = true; page.send({ id: newId(), ...box.undo }, {}); },
  'download-own': (b) => {
    const link = doc.createElement('a');
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
  doc.addEventListener('click', (event) => {
    const button = event.target.closest('button');
    if (!button) return;
    const { act, look, speaker, into, fill, pick, formula } = button.dataset;
    if (pick || formula) {
      if (pick) page.picks[pick] = button.getAttribute('aria-pressed') !== 'true';
      else page.formula = formula;
      dress();
    } else if (button.type !== 'submit' && button.dataset.do) pressed(button);
    else if (act) ACTS[act]?.(button);
    else if (look != null) lookAt(look);
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
  doc.addEventListener('pointerdown', () => { pressing = true; release(PRESS); });
  // The click comes after the pointer is up; a finger's somewhat later.
  for (const up of ['pointerup', 'pointercancel']) doc.addEventListener(up, () => release(80));
  doc.addEventListener('submit', (event) => {
    const form = event.target.closest('form[data-do]');
    if (!form) return;
    event.preventDefault();
    submitted(form);
  });
  doc.addEventListener('input', (event) => {
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
  doc.addEventListener('keydown', (event) => {
    if (event.key === 'Enter' && (event.ctrlKey || event.metaKey) && event.target.form?.dataset.do) {
      event.preventDefault();
      event.target.form.requestSubmit();
    }
  });
  // A toggle does not bubble.
  doc.addEventListener('toggle', ({ target }) => { if ('adjust' in target.dataset) doc.body.classList.toggle('adjusting', target.open); }, true);
  setInterval(tick, 500);
}

// Put back what was typed before a reload.
export function restore(root = doc) {
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
  const root = doc.createElement('div');
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
