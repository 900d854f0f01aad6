// The agent's name, as customers read it. It is kept as long as the tab.

import { fill, freshId, h } from '../common/dom.js';
import { say } from '../common/words.js';

const KEY = 'vitrine.agent.name';
const LONGEST = 60;

const buttons = new Set();

export function agentName() {
  return sessionStorage.getItem(KEY);
}

export function forgetName() {
  sessionStorage.removeItem(KEY);
}

function keepName(name) {
  sessionStorage.setItem(KEY, name);
  for (const button of buttons) button.textContent = name;
}

/** Asks for the name at `place` where none is known, and resolves once one is. */
export async function askName(place) {
  if (agentName() !== null) return;
  const id = freshId('name');
  const name = await new Promise((given) => {
    const { form, field } = nameForm(given, say('agent.name.enter'));
    fill(place, h('section', { class: 'card sign-in', 'aria-labelledby': id },
      h('h1', { id }, say('agent.name.title')),
      form));
    field.focus();
  });
  keepName(name);
}

/** A button that shows the name and has it changed. */
export function nameButton() {
  const label = h('span', {}, agentName());
  buttons.add(label);
  return h('button', { type: 'button', class: 'quiet small name', on: { click: changeName } },
    h('span', { class: 'unseen' }, say('agent.name.change'), ' '), label);
}

function changeName() {
  const id = freshId('name');
  const dialog = h('dialog', { 'aria-labelledby': id, on: { close: () => dialog.remove() } });
  const { form, field } = nameForm((name) => {
    keepName(name);
    dialog.close();
  }, say('common.save'));
  field.value = agentName();
  dialog.append(h('h2', { id }, say('agent.name.change')), form);
  form.append(h('button', { type: 'button', on: { click: () => dialog.close() } }, say('common.cancel')));
  document.body.append(dialog);
  dialog.showModal();
  field.select();
}

function nameForm(given, button) {
  const id = freshId('name');
  const field = h('input', { id, required: true, maxlength: LONGEST, autocomplete: 'off', 'aria-describedby': `${id}-about` });
  const submit = (event) => {
    event.preventDefault();
    const name = field.value.trim();
    if (name !== '') given(name);
  };
  const form = h('form', { class: 'stack', on: { submit } },
    h('label', { for: id }, say('agent.name')),
    field,
    h('p', { id: `${id}-about`, class: 'hint' }, say('agent.name.about')),
    h('button', { class: 'primary' }, button));
  return { form, field };
}
