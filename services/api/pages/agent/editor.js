// Where the reply is written.

import { post } from '../common/api.js';
import { fill, freshId, h } from '../common/dom.js';
import { say } from '../common/words.js';
import { attach, detach } from './attach.js';
import { agentName } from './name.js';
import { product } from './products.js';
import { renewed } from './renewed.js';

/** The most characters of a reply. */
const LONGEST = 1_000;
/** How many may be left before they are told. */
const NEARLY = 200;

/**
 * The editor of a conversation's draft. `onSent` is called once a reply is kept, `onFailed` with
 * what went wrong. `take` goes on with a suggested reply.
 */
export function replyEditor(id, draft, { onSent, onFailed }) {
  const field = h('textarea', {
    id: freshId('reply'), rows: '3', maxlength: LONGEST, 'aria-describedby': 'reply-about', placeholder: say('agent.editor.example'),
    on: { input: () => draft.change({ text: field.value }), keydown },
  });
  const chips = h('ul', { class: 'plain chips attached', 'aria-label': say('agent.editor.attached') });
  const left = h('span', { class: 'hint' });
  const send = h('button', { class: 'primary' }, say('agent.editor.send'));
  const empty = h('p', { class: 'hint bad', role: 'alert', hidden: true }, say('agent.editor.empty'));
  const showChips = renewed(chips, (ids) => ids.map((each) => h('li', {}, productChip(each, removed))));

  draft.watch(({ text, products }) => {
    if (field.value !== text) field.value = text;
    if (text.trim() !== '') empty.hidden = true;
    fill(left, text.length > LONGEST - NEARLY && say('agent.editor.left', { count: LONGEST - text.length }));
    chips.hidden = products.length === 0;
    showChips(products);
  });

  function removed(productId) {
    detach(draft, productId);
    field.focus();
  }

  function keydown(event) {
    if (event.key !== 'Enter' || !(event.ctrlKey || event.metaKey)) return;
    event.preventDefault();
    if (!send.disabled) event.target.form.requestSubmit();
  }

  async function submit(event) {
    event.preventDefault();
    const { text, suggestion, products } = draft.now;
    empty.hidden = text.trim() !== '';
    if (!empty.hidden) return field.focus();
    send.disabled = true;
    field.readOnly = true;
    try {
      await post(`/v1/agent/conversations/${id}/messages`, { agent: agentName(), text: text.trim(), product_ids: products, suggestion });
      draft.clear();
      onSent();
    } catch (error) {
      onFailed(error);
    } finally {
      send.disabled = false;
      field.readOnly = false;
    }
  }

  return {
    element: h('form', { class: 'editor', on: { submit } },
      h('label', { class: 'unseen', for: field.id }, say('agent.editor')),
      chips, field, empty,
      h('div', { class: 'row editor-end' },
        h('span', { class: 'hint grow', id: 'reply-about' }, say('agent.editor.about', { keys: say('agent.editor.keys') })),
        left, send)),
    /** The language that the customer writes, for the spell checker. */
    speak(locale) {
      if (locale) field.lang = locale;
    },
    take({ text, product_ids: products = [] }) {
      const before = draft.now.text.trim();
      draft.change({ text: (before === '' ? text : `${before}\n\n${text}`).slice(0, LONGEST), suggestion: text });
      attach(draft, products);
      field.focus();
    },
    focus() {
      field.focus();
    },
  };
}

function productChip(id, remove) {
  const name = h('span', {}, id);
  product(id).then((known) => known && fill(name, known.title), () => {});
  return h('span', { class: 'chip' }, name,
    h('button', { type: 'button', class: 'quiet take-off', on: { click: () => remove(id) } },
      h('span', { class: 'unseen' }, say('agent.editor.detach'), ' ', name.cloneNode(true)), h('span', { 'aria-hidden': 'true' }, '×')));
}
