// Rules: what the shop wants of answers, beside what customers ask for.

import { get, put, remove } from '../../common/api.js';
import { h } from '../../common/dom.js';
import { say } from '../../common/words.js';
import { asking, doing } from '../buttons.js';
import { heading, nothingYet } from '../heading.js';
import { load } from '../load.js';
import { address } from '../routes.js';
import { showEditor } from './rules/editor.js';
import { standing, whatItDoes, whenItHolds } from './rules/told.js';

const PATH = '/v1/catalog/rules';
const pathOf = (name) => `${PATH}/${encodeURIComponent(name)}`;

export function show(place, { parts: [part, name], signal, nameView }) {
  if (part === 'new' || part === 'edit') {
    showEditor(place, { name: part === 'new' ? null : name ?? '', signal, nameView });
    return;
  }
  const list = h('div');
  const refresh = () => load(list, () => get(PATH, { signal }), ({ rules }) => (rules.length === 0
    ? nothingYet('rules', say('merchant.rules.none'))
    : h('ul', { class: 'plain entries' }, rules.map((rule) => entry(rule, refresh)))));
  place.append(
    heading(say('merchant.rules'), say('merchant.rules.about'),
      h('a', { class: 'button primary', href: address('rules', ['new']) }, say('merchant.rules.add'))),
    list);
  refresh();
}

function entry(rule, refresh) {
  const { name, ...body } = rule;
  const state = standing(rule);
  return h('li', { class: 'card entry' },
    h('div', {},
      h('h2', {}, name, ' ', h('span', { class: `chip ${state === 'active' ? 'good' : ''}` }, say(`merchant.rules.${state}`))),
      h('p', {}, whatItDoes(rule.then)),
      h('p', { class: 'hint' }, whenItHolds(rule))),
    h('div', { class: 'row' },
      doing(rule.enabled ? say('merchant.disable') : say('merchant.enable'), async () => {
        await put(pathOf(name), { ...body, enabled: !rule.enabled });
        refresh();
      }, { of: name }),
      h('a', { class: 'button small', href: address('rules', ['edit', name]) }, say('merchant.edit'), h('span', { class: 'unseen' }, ' ', name)),
      asking(say('common.delete'), {
        title: say('merchant.rules.delete', { name }),
        text: say('merchant.rules.delete.about'),
        run: async () => {
          await remove(pathOf(name));
          refresh();
        },
      }, { of: name })));
}
