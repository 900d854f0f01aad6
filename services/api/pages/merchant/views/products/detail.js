// One product: its picture, its offers, all of its fields, and its end.

import { get, remove } from '../../../common/api.js';
import { fill, h } from '../../../common/dom.js';
import { notice } from '../../../common/notices.js';
import { picture } from '../../../common/pictures.js';
import { say } from '../../../common/words.js';
import { asking } from '../../buttons.js';
import { back } from '../../heading.js';
import { load } from '../../load.js';
import { address, go } from '../../routes.js';
import { fieldsForm } from './fields.js';
import { offers } from './offers.js';
import { priceRange, stockChip } from './summary.js';

export function showProduct(place, { id, signal, nameView }) {
  const path = `/v1/catalog/products/${encodeURIComponent(id)}`;
  const title = h('h1', { tabindex: '-1' }, id);
  const content = h('div');
  const named = (product) => {
    fill(title, product.title);
    nameView(product.title);
  };
  place.append(back(say('merchant.products'), 'products'), title, content);
  load(content, () => get(path, { signal }), (product) => {
    named(product);
    return whole(product, path, named);
  });
}

function whole(product, path, named) {
  const aside = h('div', { class: 'product-aside' });
  const summarise = (now) => fill(aside,
    picture(now.image_link, ''),
    h('p', { class: 'row spread' }, h('strong', {}, priceRange(now)), stockChip(now)),
    h('p', { class: 'hint code' }, now.id),
    now.link && h('p', {}, h('a', { href: now.link, target: '_blank', rel: 'noreferrer' }, say('merchant.product.in_shop'))));
  summarise(product);
  return h('div', { class: 'product-page' }, aside, h('div', { class: 'stack loose' },
    part('offers', offers(product, summarise)),
    part('fields', fieldsForm(product, path, (now) => {
      summarise(now);
      named(now);
    })),
    part('delete', h('p', {}, say('merchant.product.delete.about')), h('p', {}, deleteButton(product, path)))));
}

function part(name, ...content) {
  return h('section', { class: 'card' }, h('h2', {}, say(`merchant.product.${name}`)), content);
}

function deleteButton({ title }, path) {
  return asking(say('merchant.product.delete'), {
    title: say('merchant.product.delete.title'),
    text: say('merchant.product.delete.sure', { title }),
    run: async () => {
      await remove(path);
      notice(say('merchant.product.deleted', { title }));
      go(address('products'));
    },
  }, { look: 'danger' });
}
