// The products that pass the filters, each with its prices and stock to be changed in place.

import { get, withQuery } from '../../../common/api.js';
import { fill, freshId, h } from '../../../common/dom.js';
import { kindAndColours } from '../../../common/format.js';
import { picture } from '../../../common/pictures.js';
import { say } from '../../../common/words.js';
import { nothingYet } from '../../heading.js';
import { growing } from '../../load.js';
import { address } from '../../routes.js';
import { offers } from './offers.js';
import { coloursOf, priceRange, stockChip } from './summary.js';

export function productList(query, signal) {
  const list = h('ul', { class: 'plain products' });
  const ask = async (cursor) => {
    const { products, next } = await get(withQuery('/v1/catalog/products', { ...Object.fromEntries(query), cursor, limit: 20 }), { signal });
    return { items: products, next };
  };
  return growing({ list, ask, add: (products) => list.append(...products.map(row)), empty: nothingYet('products', say('merchant.products.none')) });
}

function row(product) {
  const id = freshId('offers');
  const numbers = h('div', { class: 'product-numbers' });
  const summarise = (now) => fill(numbers, h('strong', {}, priceRange(now)), stockChip(now));
  const editor = h('div', { id, class: 'product-offers', hidden: true });
  const toggle = h('button', { type: 'button', class: 'small', 'aria-expanded': 'false', 'aria-controls': id, on: { click: () => {
    editor.hidden = !editor.hidden;
    toggle.setAttribute('aria-expanded', String(!editor.hidden));
    if (editor.childElementCount === 0) editor.append(offers(product, summarise));
  } } }, say('merchant.offers.open'), h('span', { class: 'unseen' }, ' ', product.title));
  summarise(product);
  return h('li', { class: 'card product' },
    picture(product.image_link),
    h('div', { class: 'product-words' },
      h('h2', {}, h('a', { href: address('products', [product.id]) }, product.title)),
      h('p', { class: 'hint' }, product.brand && [product.brand, ' · '], kindAndColours({ category: product.category, colours: coloursOf(product) })),
      h('p', { class: 'hint code' }, product.id)),
    numbers, toggle, editor);
}
