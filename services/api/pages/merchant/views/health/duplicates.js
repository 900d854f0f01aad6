// Products that share a number or a picture, group by group.

import { get, withQuery } from '../../../common/api.js';
import { h } from '../../../common/dom.js';
import { say } from '../../../common/words.js';
import { growing } from '../../load.js';
import { address } from '../../routes.js';

/** The groups, fetched once they are asked for. */
export function duplicates({ by, groups }, signal) {
  const box = h('details', { on: { toggle: () => {
    if (box.childElementCount === 1) box.append(groupList(by, signal));
  } } }, h('summary', {}, say('merchant.duplicates.show', { count: groups })));
  return box;
}

function groupList(by, signal) {
  const list = h('ul', { class: 'plain groups' });
  const ask = async (cursor) => {
    const { groups, next } = await get(withQuery('/v1/catalog/duplicates', { by, cursor, limit: 10 }), { signal });
    return { items: groups, next };
  };
  return growing({ list, ask, add: (groups) => list.append(...groups.map((group) => one(by, group))), empty: null });
}

function one(by, { value, count, products }) {
  return h('li', {},
    h('p', { class: 'hint' }, by === 'gtin' ? h('code', {}, value) : say('merchant.duplicates.one_picture'), ' · ', say('merchant.products.count', { count })),
    h('ul', { class: 'plain chips' }, products.map((id) => h('li', {}, h('a', { class: 'chip', href: address('products', [id]) }, id)))));
}
