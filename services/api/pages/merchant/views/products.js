// Products: the list with its filters, and one product.

import { h } from '../../common/dom.js';
import { say } from '../../common/words.js';
import { heading } from '../heading.js';
import { onlyLatest } from '../latest.js';
import { showProduct } from './products/detail.js';
import { filters } from './products/filters.js';
import { productList } from './products/list.js';

export function show(place, { parts: [id], query, signal, nameView }) {
  if (id !== undefined) {
    showProduct(place, { id, signal, nameView });
    return;
  }
  const list = h('div');
  const latest = onlyLatest(signal);
  const refresh = (chosen) => list.replaceChildren(productList(chosen, latest()));
  place.append(heading(say('merchant.products'), say('merchant.products.about')), filters(query, refresh), list);
  refresh(query);
}
