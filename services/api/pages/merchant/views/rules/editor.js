// A rule being made or changed, beside what it would do.

import { get, put } from '../../../common/api.js';
import { h } from '../../../common/dom.js';
import { notice } from '../../../common/notices.js';
import { say } from '../../../common/words.js';
import { choices, chosenOf, field, FieldError, form, input, listOf } from '../../form.js';
import { back, heading } from '../../heading.js';
import { load } from '../../load.js';
import { address, go } from '../../routes.js';
import { options } from '../../vocabulary.js';
import { effect } from './effect.js';
import { preview } from './preview.js';

const PATH = '/v1/catalog/rules';
const NEW = { when: {}, then: { kind: 'pin', products: [] }, enabled: true };

/** Shows the rule of this name; null makes a new one. */
export function showEditor(place, { name, signal, nameView }) {
  const title = name === null ? say('merchant.rules.new') : say('merchant.rules.edit', { name });
  const content = h('div');
  nameView(title);
  place.append(back(say('merchant.rules'), 'rules'), heading(title), content);
  load(content, async () => (name === null ? NEW : named(name, signal)), (rule) => (rule === undefined
    ? h('p', { class: 'empty' }, say('merchant.rules.gone', { name }))
    : editor(name, rule, signal)));
}

async function named(name, signal) {
  const { rules } = await get(PATH, { signal });
  return rules.find((rule) => rule.name === name);
}

function editor(kept, rule, signal) {
  const name = input({ required: true, maxlength: 100, value: kept, disabled: kept !== null });
  const occasion = when(rule.when ?? {});
  const then = effect(rule.then, signal);
  const time = period(rule);
  const enabled = h('input', { type: 'checkbox', checked: rule.enabled !== false });
  const draft = () => ({ when: occasion.value(), then: then.value(), ...time.value(), enabled: enabled.checked });
  const nameOf = () => name.value.trim() || String(say('merchant.rules.new'));
  const element = form({
    className: 'stack loose',
    fields: [
      h('div', { class: 'card stack' }, field({ label: say('merchant.name'), hint: say('merchant.rules.name.hint'), control: name })),
      h('section', { class: 'card stack' }, h('h2', {}, say('merchant.rules.then')), then.element),
      h('section', { class: 'card stack' }, h('h2', {}, say('merchant.rules.when')), occasion.element),
      h('section', { class: 'card stack' }, h('h2', {}, say('merchant.rules.period')), time.element,
        h('label', { class: 'check' }, enabled, h('span', {}, say('merchant.rules.enabled')))),
    ],
    submit: say('common.save'),
    cancel: () => go(address('rules')),
    send: async () => {
      await put(`${PATH}/${encodeURIComponent(nameOf())}`, draft());
      notice(say('merchant.saved'));
      go(address('rules'));
    },
  });
  return h('div', { class: 'rule-page' }, element, preview({ nameOf, draft, signal }));
}

function when({ texts = [], categories = [] }) {
  const words = h('textarea', { rows: 3, set: { value: texts.join('\n') } });
  const kinds = choices({ legend: say('merchant.rules.categories'), inline: true, chosen: categories, options: options('category'), pointer: '/when/categories' });
  return {
    element: h('div', { class: 'stack' },
      h('p', { class: 'hint' }, say('merchant.rules.when.hint')),
      field({ label: say('merchant.rules.texts'), hint: say('merchant.rules.texts.hint'), control: words, pointer: '/when/texts', optional: true }),
      kinds),
    value: () => ({ texts: listOf(words), categories: chosenOf(kinds) }),
  };
}

function period({ starts_at: start, ends_at: end }) {
  const [from, until] = [start, end].map((time) => input({ type: 'datetime-local', value: localTime(time) }));
  return {
    element: h('div', { class: 'filter-row roomy' },
      field({ label: say('merchant.rules.starts'), control: from, pointer: '/starts_at', optional: true }),
      field({ label: say('merchant.rules.ends'), control: until, pointer: '/ends_at', optional: true })),
    value: () => {
      const [starts_at, ends_at] = [from, until].map(({ value }) => (value ? new Date(value).toISOString() : null));
      if (starts_at && ends_at && ends_at <= starts_at) throw new FieldError('/ends_at', say('merchant.rules.ends.early'));
      return { starts_at, ends_at };
    },
  };
}

/** A moment as a field of local time holds it. */
function localTime(text) {
  if (!text) return '';
  const then = new Date(text);
  return new Date(then - then.getTimezoneOffset() * 60_000).toISOString().slice(0, 16);
}
