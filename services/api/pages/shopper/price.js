// What something costs.

import { h } from '../common/dom.js';
import { money } from '../common/format.js';
import { say } from '../common/words.js';

/** A price, and the regular one struck through where it is lower now. */
export function priceTag({ price, regular_price: regular }) {
  if (!regular || regular.amount <= price.amount) return h('span', { class: 'price' }, money(price));
  return h('span', { class: 'price sale' },
    h('span', { class: 'unseen' }, say('shopper.price.now')), h('span', {}, money(price)), ' ',
    h('span', { class: 'unseen' }, say('shopper.price.before')), h('s', {}, money(regular)));
}

/** The cheapest of a match's variants, which is what its price is that of. */
export function priceOf(match) {
  return match.variants.find(({ price }) => price.amount === match.price.amount) ?? match;
}
