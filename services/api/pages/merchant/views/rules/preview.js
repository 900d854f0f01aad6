// A search as it is answered without the rule and with it, side by side.

import { post } from '../../../common/api.js';
import { fill, freshId, h } from '../../../common/dom.js';
import { category, moment, money } from '../../../common/format.js';
import { base64, prepare } from '../../../common/photo.js';
import { picture } from '../../../common/pictures.js';
import { say, sayList } from '../../../common/words.js';
import { field, FieldError, form, input } from '../../form.js';
import { compared } from './compared.js';

const SHOWN = 12;

/** The form that tries a rule; `draft()` gives it as it stands, or throws a `FieldError`. */
export function preview({ nameOf, draft, signal }) {
  const text = input({ type: 'search', maxlength: 500 });
  const photo = photoField();
  const result = h('div', { 'aria-live': 'polite' });
  const element = form({
    fields: [
      h('h2', {}, say('merchant.preview')),
      h('p', { class: 'hint' }, say('merchant.preview.about')),
      field({ label: say('merchant.preview.text'), control: text, pointer: '/search', optional: true }),
      photo.element,
    ],
    submit: say('merchant.preview.go'),
    send: async () => {
      const search = await searchOf(text.value.trim(), await photo.file());
      const rule = ruleOf(draft);
      fill(result, h('p', { class: 'row', role: 'status' }, h('span', { class: 'busy' }), say('merchant.preview.running')));
      try {
        fill(result, ...await both(nameOf(), rule, search, signal));
      } catch (error) {
        fill(result);
        throw error;
      }
    },
  });
  return h('section', { class: 'card stack rule-preview', 'aria-label': say('merchant.preview') }, element, result);
}

/** What is wrong in the rule's own form is told in words here, since its fields are elsewhere. */
function ruleOf(draft) {
  try {
    return draft();
  } catch (error) {
    throw error instanceof FieldError ? new FieldError('/search', error.text) : error;
  }
}

async function searchOf(text, file) {
  if (text === '' && file === null) throw new FieldError('/search', say('merchant.preview.nothing'));
  const search = { limit: SHOWN };
  if (text !== '') search.text = text;
  if (file !== null) search.photo = { data: await base64(file) };
  return search;
}

/** One after the other: a photo that was seen before takes no turn at the model. */
async function both(name, rule, search, signal) {
  const isPlanned = rule.starts_at && new Date(rule.starts_at) > new Date();
  const at = isPlanned ? rule.starts_at : null;
  const answer = (enabled) => post('/v1/catalog/rules/preview', { search, at, rules: { [name]: { ...rule, enabled } } }, { signal });
  const before = await answer(false);
  const after = await answer(true);
  return [
    isPlanned && h('p', { class: 'hint' }, say('merchant.preview.at', { when: moment(at) })),
    applied(after, name),
    after.redirect && h('p', { class: 'told' }, say('merchant.preview.redirect'), ' ', h('code', {}, after.redirect)),
    seen(after),
    h('div', { class: 'sides' }, side('before', before.products.map((product) => ({ product }))), side('after', compared(before.products, after.products))),
  ];
}

function applied({ rules = [] }, name) {
  return rules.includes(name)
    ? h('p', { class: 'told good' }, say('merchant.preview.applied'))
    : h('p', { class: 'told' }, say('merchant.preview.not_applied'));
}

function seen({ garments = [] }) {
  const kinds = garments.map((garment) => category(garment.category));
  return kinds.length > 0 && h('p', { class: 'hint' }, say('merchant.preview.seen', { garments: sayList(kinds) }));
}

function side(name, lines) {
  const id = freshId('side');
  return h('section', { 'aria-labelledby': id },
    h('h3', { id }, say(`merchant.preview.${name}`)),
    lines.length === 0 ? h('p', { class: 'hint' }, say('merchant.preview.none')) : h('ol', { class: 'plain side' }, lines.map(line)));
}

function line({ product: { title, image_link: image, price }, change = null, by = 0 }) {
  return h('li', { class: change },
    picture(image),
    h('span', {}, title, h('span', { class: 'hint' }, money(price)),
      change && h('span', { class: `chip ${{ new: 'good', up: 'good', down: 'warn', gone: 'bad' }[change]}` }, say(`merchant.preview.${change}`, { count: by }))));
}

/** A photo to choose; `file()` waits for it where it is still made small. */
function photoField() {
  const id = freshId('photo');
  let chosen = null;
  const shown = h('div', { class: 'row' });
  const put = (url) => {
    fill(shown,
      url && h('img', { class: 'preview-photo', src: url, alt: say('merchant.preview.photo.chosen'), on: { load: () => URL.revokeObjectURL(url) } }),
      h('button', { type: 'button', class: 'small quiet', on: { click: takeAway } }, say('merchant.preview.photo.remove')));
  };
  const takeAway = () => {
    chosen = null;
    picker.value = '';
    fill(shown);
    picker.focus();
  };
  const picker = h('input', { id, type: 'file', accept: 'image/*', class: 'covered', on: { change: async () => {
    if (picker.files.length === 0) return;
    const prepared = prepare(picker.files[0]);
    chosen = prepared;
    const { url } = await prepared;
    if (chosen === prepared) put(url);
  } } });
  return { file: async () => (await chosen)?.blob ?? null, element: h('div', { class: 'row file' }, picker, h('label', { for: id, class: 'button small' }, say('merchant.preview.photo')), shown) };
}
