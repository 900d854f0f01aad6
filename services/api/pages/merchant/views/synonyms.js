// Synonyms: words that customers use for one and the same.

import { get, put, remove } from '../../common/api.js';
import { h } from '../../common/dom.js';
import { notice } from '../../common/notices.js';
import { say } from '../../common/words.js';
import { asking, button } from '../buttons.js';
import { openForm } from '../dialog.js';
import { field, FieldError, input, listOf } from '../form.js';
import { heading, nothingYet } from '../heading.js';
import { load } from '../load.js';

const PATH = '/v1/catalog/synonyms';
const pathOf = (name) => `${PATH}/${encodeURIComponent(name)}`;

export function show(place, { signal }) {
  const list = h('div');
  const refresh = () => load(list, () => get(PATH, { signal }), ({ synonyms }) => (synonyms.length === 0
    ? nothingYet('synonyms', say('merchant.synonyms.none'))
    : h('ul', { class: 'plain entries' }, synonyms.map((group) => entry(group, refresh)))));
  place.append(
    heading(say('merchant.synonyms'), say('merchant.synonyms.about'),
      button(say('merchant.synonyms.add'), () => edit(null, refresh), { look: 'primary' })),
    list);
  refresh();
}

function entry(group, refresh) {
  const { name, words } = group;
  return h('li', { class: 'card entry' },
    h('div', {}, h('h2', {}, name), h('ul', { class: 'plain chips' }, words.map((word) => h('li', { class: 'chip' }, word)))),
    h('div', { class: 'row' },
      button(say('merchant.edit'), () => edit(group, refresh), { of: name }),
      asking(say('common.delete'), {
        title: say('merchant.synonyms.delete', { name }),
        text: say('merchant.synonyms.delete.about'),
        run: async () => {
          await remove(pathOf(name));
          refresh();
        },
      }, { of: name })));
}

function edit(group, refresh) {
  const name = input({ required: true, maxlength: 100, value: group?.name, disabled: group !== null });
  const words = h('textarea', { rows: 6, required: true, set: { value: group?.words.join('\n') ?? '' } });
  openForm(group ? say('merchant.synonyms.edit') : say('merchant.synonyms.add'), {
    fields: [
      field({ label: say('merchant.name'), hint: say('merchant.synonyms.name.hint'), control: name }),
      field({ label: say('merchant.synonyms.words'), hint: say('merchant.synonyms.words.hint'), control: words, pointer: '/words' }),
    ],
    submit: say('common.save'),
    send: async () => {
      const list = listOf(words);
      if (list.length < 2) throw new FieldError('/words', say('merchant.synonyms.too_few'));
      await put(pathOf(name.value.trim()), { words: list });
      notice(say('merchant.saved'));
      refresh();
    },
  });
}
