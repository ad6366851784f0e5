// The page `understand`: traps whose numbers one changes, exercises that answer, and how far one has come. All that can be
// shown is in the page: the server drew every state and every answer.

import { $$, the, words } from './dom.js';

const { base = '' } = document.body.dataset;
const STORE = `impact:${base}:understand`;

/** What this browser keeps: the last answer to each exercise. @type {Record<string, string>} */
let answers = {};
let keeps = true;
try {
  answers = { ...JSON.parse(localStorage.getItem(STORE) ?? '{}') };
} catch {
  keeps = false; // private browsing, or what is kept cannot be read: the next answer tries again
}

function keep() {
  try {
    localStorage.setItem(STORE, JSON.stringify(answers));
    keeps = true;
  } catch {
    keeps = false;
  }
}

for (const trap of $$('[data-trap]')) {
  const control = the('input', trap);
  const states = $$('[data-state]', trap);
  control.disabled = false;
  control.addEventListener('input', () => {
    const at = Number(control.value);
    for (const [index, state] of states.entries()) state.hidden = index !== at;
    const value = states[at]?.dataset.state ?? '';
    the('output', trap).textContent = value;
    control.setAttribute('aria-valuetext', value);
  });
}

const exercises = $$('form[data-exercise]');

/** Shows what is said to an answer, and whether it was right.
 * @type {(exercise: HTMLElement, answer: string) => boolean} */
function show(exercise, answer) {
  let right = false;
  for (const said of $$('[data-answer]', exercise)) {
    said.hidden = said.dataset.answer !== answer;
    if (!said.hidden) right = 'right' in said.dataset;
  }
  exercise.classList.toggle('done', right);
  return right;
}

function tell() {
  const left = exercises.filter((exercise) => !exercise.classList.contains('done'));
  const all = exercises.length;
  the('progress').value = all - left.length;
  the('[data-done]').textContent = words('understand.done', { number: `${all - left.length}`, all: `${all}` });
  the('[data-unkept]').hidden = keeps;
  const next = the('a[data-next]');
  next.hidden = !left.length || left.length === all;
  next.href = `#${left[0]?.id ?? ''}`;
  the('[data-again]').hidden = !Object.keys(answers).length;
  the('[data-finished]').hidden = left.length > 0;
}

for (const exercise of exercises) {
  const { exercise: id = '' } = exercise.dataset;
  const kept = answers[id];
  the('button', exercise).disabled = false;
  for (const option of $$('input', exercise)) option.checked = option.value === kept;
  if (kept) show(exercise, kept);
  exercise.addEventListener('submit', (event) => {
    event.preventDefault();
    const chosen = $$('input', exercise).find((option) => option.checked);
    the('[data-choose]', exercise).hidden = !!chosen;
    if (!chosen) return;
    answers[id] = chosen.value;
    show(exercise, chosen.value);
    keep();
    tell();
  });
}

the('[data-again]').addEventListener('click', () => {
  answers = {};
  keep();
  for (const exercise of exercises) {
    for (const option of $$('input', exercise)) option.checked = false;
    show(exercise, '');
  }
  tell();
  exercises[0]?.focus();
});

tell();
the('[data-progressing]').hidden = false;
document.body.dataset.ready = '1';
