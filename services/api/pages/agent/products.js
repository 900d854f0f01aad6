// Products, with their prices and stock of now, and how they are shown.

import { get } from '../common/api.js';
import { fill, h } from '../common/dom.js';
import { money } from '../common/format.js';
import { picture } from '../common/pictures.js';
import { say, sayJoined } from '../common/words.js';

/** Milliseconds that a product is shown for before it is asked for anew. */
const FRESH = 60_000;
/** Sizes in letters, from small to large. */
const LETTERS = ['XXS', 'XS', 'S', 'M', 'L', 'XL', 'XXL', 'XXXL'];
const asked = new Map();

/** A product by its id; null where the shop has it no more. */
export function product(id) {
  const known = asked.get(id);
  if (known && Date.now() - known.at < FRESH) return known.answer;
  const answer = get(`/v1/products/${encodeURIComponent(id)}`).catch((error) => {
    if (error.status === 404) return null;
    asked.delete(id);
    throw error;
  });
  asked.set(id, { at: Date.now(), answer });
  return answer;
}

/** Small cards of the products that a message names, in its order. */
export function productCards(ids) {
  return h('ul', { class: 'plain product-cards', 'aria-label': say('agent.products.named') }, ids.map((id) => later(id, card)));
}

/** Rows of products by their ids, each with what `control(product)` gives at its end. */
export function productRowsOf(ids, control) {
  return h('ul', { class: 'plain product-rows' }, ids.map((id) => later(id, (known) => row(known, control))));
}

/** The same of products that are at hand. */
export function productRows(products, control) {
  return h('ul', { class: 'plain product-rows' }, products.map((known) => h('li', {}, row(known, control))));
}

/** An item that shows a product as soon as it is there. */
function later(id, build) {
  const item = h('li', {}, h('span', { class: 'ghost', 'aria-hidden': 'true' }));
  product(id).then(
    (known) => fill(item, known === null ? h('p', { class: 'hint' }, say('agent.products.gone', { id })) : build(known)),
    () => fill(item, h('p', { class: 'hint' }, say('agent.products.failed', { id }))),
  );
  return item;
}

function card(known) {
  return h('div', { class: 'product-card' }, picture(known.image_link), name(known), price(known), stock(known));
}

function row(known, control) {
  return h('div', { class: 'product-row' },
    picture(known.image_link),
    h('div', { class: 'product-text' }, name(known), price(known), stock(known)),
    control(known));
}

function name({ title, link }) {
  return link
    ? h('a', { class: 'product-name', href: link, target: '_blank', rel: 'noopener noreferrer' }, title, h('span', { class: 'unseen' }, ' ', say('agent.products.new_tab')))
    : h('span', { class: 'product-name' }, title);
}

function price({ price: now, variants }) {
  if (!now) return null;
  const regular = variants.find((variant) => variant.regular_price && variant.price.amount === now.amount)?.regular_price;
  return h('span', { class: 'product-price' }, money(now),
    regular && [' ', h('s', {}, h('span', { class: 'unseen' }, say('agent.products.before'), ' '), money(regular))]);
}

/** The sizes that can be bought now; else that none can. */
function stock({ available = true, variants }) {
  const there = variants.filter(({ availability }) => !['out_of_stock', 'discontinued'].includes(availability));
  if (!available || there.length === 0) return h('span', { class: 'product-stock bad' }, say('availability.out_of_stock'));
  const sizes = [...new Set(there.map(({ size }) => size).filter(Boolean))].sort(bySize);
  return sizes.length === 0 ? null : h('span', { class: 'product-stock' }, sayJoined(sizes));
}

function bySize(a, b) {
  return LETTERS.indexOf(a) - LETTERS.indexOf(b) || a.localeCompare(b, 'en', { numeric: true });
}
