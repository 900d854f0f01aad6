// What a product says of itself. Only what is changed is sent (a JSON merge patch, RFC 7396).

import { patch } from '../../../common/api.js';
import { h } from '../../../common/dom.js';
import { notice } from '../../../common/notices.js';
import { say } from '../../../common/words.js';
import { choice, field, form, input, listOf } from '../../form.js';
import { options, optionsOrNone } from '../../vocabulary.js';

const WORDS = ['gender', 'age_group', 'pattern', 'sleeve', 'length'];
const NAMES = ['title', 'description', 'category', 'brand', 'product_type', ...WORDS, 'material', 'tags', 'link', 'image_link'];

/** The form; `changed` is told the product as it is after a change. */
export function fieldsForm(product, path, changed) {
  let now = product;
  const controls = Object.fromEntries(NAMES.map((name) => [name, control(name, product)]));
  const send = async () => {
    const change = changeOf(controls, now);
    if (Object.keys(change).length === 0) {
      notice(say('merchant.product.same'));
      return;
    }
    now = await patch(path, change, { type: 'application/merge-patch+json' });
    notice(say('merchant.product.saved'));
    changed(now);
  };
  return form({
    className: 'stack product-fields',
    fields: NAMES.map((name) => field({ label: say(`merchant.product.${name}`), hint: hint(name, product), control: controls[name], pointer: `/${name}` })),
    submit: say('common.save'),
    send,
  });
}

function control(name, product) {
  if (name === 'category') return choice(options('category'), product.category);
  if (WORDS.includes(name)) return choice(optionsOrNone(name, say('merchant.not_said')), product[name] ?? '');
  if (name === 'description') return h('textarea', { rows: 4, set: { value: text(name, product) } });
  return input({ value: text(name, product), required: name === 'title', type: name.endsWith('link') ? 'url' : 'text' });
}

function hint(name, { from_picture: seen = [] }) {
  if (name === 'tags') return say('merchant.product.tags.hint');
  return seen.includes(name) ? say('merchant.product.from_picture') : null;
}

function text(name, product) {
  return name === 'tags' ? (product.tags ?? []).join(', ') : product[name] ?? '';
}

function changeOf(controls, product) {
  const changes = NAMES.filter((name) => controls[name].value.trim() !== text(name, product).trim());
  return Object.fromEntries(changes.map((name) => [name, name === 'tags' ? listOf(controls.tags) : controls[name].value.trim() || null]));
}
