// Products to attach to a reply: those of the conversation, those that match a garment, those of a search.

import { post } from '../common/api.js';
import { fill, freshId, h } from '../common/dom.js';
import { kindAndColours, minorUnits } from '../common/format.js';
import { notice } from '../common/notices.js';
import { problemBox } from '../common/problems.js';
import { languageNow, say } from '../common/words.js';
import { product, productRows, productRowsOf } from './products.js';
import { renewed } from './renewed.js';
import { shop } from './shop.js';

/** Products that a message may show. */
const MOST = 20;
const FOUND = 8;

/** Puts products on a draft, as far as there is room. */
export function attach(draft, ids) {
  const products = [...new Set([...draft.now.products, ...ids])];
  if (products.length > MOST) notice(say('agent.attach.full', { count: MOST }));
  draft.change({ products: products.slice(0, MOST) });
}

/** Takes a product off a draft. */
export function detach(draft, id) {
  draft.change({ products: draft.now.products.filter((each) => each !== id) });
}

/**
 * The search for products. `mentioned` shows those of the conversation as long as nothing else was
 * asked for; `like` shows those that match a garment: `matches` where they were found before.
 */
export function attachPanel(draft) {
  const id = freshId('search');
  const field = h('input', { id, type: 'search', maxlength: '500', placeholder: say('agent.attach.example') });
  const size = h('select', { id: `${id}-size` }, h('option', { value: '' }, say('agent.attach.any_size')));
  const most = h('input', { id: `${id}-most`, inputmode: 'decimal', autocomplete: 'off', pattern: '\\s*\\d+([.,]\\d{1,2})?\\s*', title: say('agent.attach.most.about') });
  const mostLabel = h('label', { for: most.id }, say('agent.attach.most'));
  const button = h('button', {}, say('agent.attach.search'));
  const title = h('h4', { tabindex: '-1' }, say('agent.attach.mentioned'));
  const told = h('p', { class: 'hint', role: 'status' });
  const results = h('div', { class: 'results' });
  const element = h('div', { class: 'stack' },
    h('form', { class: 'stack search', role: 'search', on: { submit } },
      h('label', { class: 'unseen', for: id }, say('agent.attach.words')),
      h('div', { class: 'search-words' }, field, button),
      h('div', { class: 'search-filters' },
        h('div', { class: 'field' }, h('label', { for: size.id }, say('agent.attach.size')), size),
        h('div', { class: 'field' }, mostLabel, most))),
    title, told, results);
  let searching = null;

  const control = (known) => attachButton(draft, known);
  const showMentioned = renewed(results, (ids) => (ids.length === 0 ? h('p', { class: 'hint' }, say('agent.attach.mentioned.none')) : productRowsOf(ids, control)));

  draft.watch(() => results.querySelectorAll('button[data-product]').forEach((each) => tellAttached(each, draft)));
  shop().then(({ currency, sizes }) => {
    fill(mostLabel, say('agent.attach.most.in', { currency }));
    size.append(...sizes.map((each) => h('option', {}, each)));
  }, () => {});

  async function submit(event) {
    event.preventDefault();
    button.disabled = true;
    await show(say('agent.attach.found'), asked);
    button.disabled = false;
  }

  async function asked(signal) {
    const { currency } = await shop();
    const amount = minorUnits(most.value, currency);
    const filters = { sizes: size.value === '' ? [] : [size.value], max_price: amount === null ? null : { amount, currency } };
    return search({ text: field.value.trim() || null, filters }, signal);
  }

  /** Shows under a title the products that `find` gives, and looks for no others any more. */
  async function show(about, find) {
    searching?.abort();
    searching = new AbortController();
    const { signal } = searching;
    fill(title, about);
    fill(told, say('common.loading'));
    fill(results);
    try {
      const products = await find(signal);
      if (signal.aborted) return;
      fill(told, products.length === 0 ? say('agent.attach.nothing') : say('agent.attach.count', { count: products.length }));
      fill(results, productRows(products, control));
    } catch (error) {
      if (signal.aborted) return;
      fill(told);
      fill(results, problemBox(error, () => show(about, find)));
    }
  }

  return {
    element,
    mentioned(ids) {
      if (searching === null) showMentioned(ids);
    },
    like(garment, matches) {
      show(say('agent.attach.like', { garment: kindAndColours(garment) }), (signal) => (matches ? allOf(matches) : searchLike(garment, signal)));
      title.scrollIntoView({ block: 'start', behavior: 'smooth' });
      title.focus({ preventScroll: true });
    },
    close() {
      searching?.abort();
    },
  };
}

/** Products found before, as they are now. */
async function allOf(matches) {
  const products = await Promise.all(matches.slice(0, FOUND).map(({ product_id: id }) => product(id)));
  return products.filter((known) => known !== null);
}

function searchLike({ category, perhaps, description }, signal) {
  return search({ text: description, filters: { categories: [category, perhaps].filter(Boolean) } }, signal);
}

async function search(asked, signal) {
  const { products } = await post('/v1/search', { limit: FOUND, locale: languageNow(), ...asked }, { signal });
  return products;
}

function attachButton(draft, { product_id: id, title }) {
  const press = () => (draft.now.products.includes(id) ? detach(draft, id) : attach(draft, [id]));
  const button = h('button', { type: 'button', class: 'small attach', data: { product: id }, on: { click: press } },
    say('agent.attach.attach'), h('span', { class: 'unseen' }, title));
  tellAttached(button, draft);
  return button;
}

function tellAttached(button, draft) {
  button.setAttribute('aria-pressed', String(draft.now.products.includes(button.dataset.product)));
}
