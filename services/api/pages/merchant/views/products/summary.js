// A product's variants in a few words.

import { h } from '../../../common/dom.js';
import { colours, money } from '../../../common/format.js';
import { say, sayJoined } from '../../../common/words.js';

const BUYABLE = ['in_stock', 'limited_stock', 'preorder', 'backorder'];

/** All colours of the variants, each once. */
export function coloursOf({ variants }) {
  return [...new Set(variants.flatMap(({ colours: own = [] }) => own.slice(0, 1)))];
}

/** What it costs now, from the cheapest variant to the dearest. */
export function priceRange({ variants }) {
  const paid = variants.map(({ price, sale_price: sale }) => sale ?? price).sort((one, other) => one.amount - other.amount);
  const [low, high] = [paid[0], paid.at(-1)];
  return low.amount === high.amount ? money(low) : sayJoined([money(low), money(high)], ' – ');
}

/** How much there is, over all variants. */
export function stockChip({ variants }) {
  const offered = variants.filter(({ availability }) => BUYABLE.includes(availability));
  if (offered.length === 0) return h('span', { class: 'chip bad' }, say(`availability.${variants[0].availability}`));
  const count = offered.reduce((sum, { stock }) => sum + (stock ?? 0), 0);
  const isCounted = offered.every(({ stock }) => typeof stock === 'number');
  return h('span', { class: 'chip good' }, isCounted ? say('merchant.stock.count', { count }) : say(`availability.${offered[0].availability}`));
}

/** Which variant it is: size and colours, else its id. */
export function variantName({ id, size, colours: own = [], colour_name: words }) {
  const parts = [size, words ?? (own.length > 0 && colours(own))].filter(Boolean);
  return parts.length === 0 ? id : sayJoined(parts, ' · ');
}
