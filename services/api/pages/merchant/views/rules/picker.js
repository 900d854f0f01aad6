// Products, found by words or by id and put in a list.

import { get, post, withQuery } from '../../../common/api.js';
import { fill, freshId, h } from '../../../common/dom.js';
import { picture } from '../../../common/pictures.js';
import { problemBox } from '../../../common/problems.js';
import { say } from '../../../common/words.js';
import { input } from '../../form.js';

const FOUND = 6;

/** The chosen products, in an order where `isOrdered`; `value()` gives their ids. */
export function picker({ label, products, pointer, isOrdered = false, signal }) {
  let chosen = products.map((id) => ({ id, title: id, image: null }));
  const list = h('ol', { class: isOrdered ? 'plain picked ordered' : 'plain picked' });
  const error = h('p', { class: 'error', id: freshId('picker-error') });
  const found = h('ul', { class: 'plain picked', 'aria-label': say('merchant.picker.found') });
  const told = h('p', { class: 'hint', role: 'status' });
  const search = input({ type: 'search', 'aria-describedby': error.id, on: { keydown: (event) => {
    if (event.key !== 'Enter') return;
    event.preventDefault();
    look();
  } } });
  search.id = freshId('picker');
  const look = async () => {
    const text = search.value.trim();
    if (text === '') return;
    button.disabled = true;
    try {
      const all = (await find(text, signal)).filter(({ id }) => chosen.every((one) => one.id !== id));
      fill(found, all.map((product) => line(product, action('add', product, () => {
        chosen.push(product);
        fill(found);
        show();
        search.focus();
      }))));
      fill(told, say('merchant.picker.count', { count: all.length }));
    } catch (problem) {
      if (problem.name !== 'AbortError') fill(told, problemBox(problem));
    }
    button.disabled = false;
  };
  const button = h('button', { type: 'button', on: { click: look } }, say('merchant.picker.search'));
  const move = (at, by) => {
    [chosen[at], chosen[at + by]] = [chosen[at + by], chosen[at]];
    show();
    list.children[at + by].querySelector('button:not(:disabled)').focus();
  };
  const show = () => fill(list, chosen.map((product, at) => line(product,
    isOrdered && action('up', product, () => move(at, -1), at === 0),
    isOrdered && action('down', product, () => move(at, 1), at === chosen.length - 1),
    action('remove', product, () => {
      chosen = chosen.filter((one) => one !== product);
      show();
      search.focus();
    }))));
  show();
  learn(chosen, signal).then(show);
  return {
    element: h('div', { class: 'field picker', data: { pointer } },
      h('label', { for: search.id }, label), list,
      h('div', { class: 'row' }, h('div', { class: 'grow' }, search), button),
      h('p', { class: 'hint' }, say('merchant.picker.hint')), told, found, error),
    value: () => chosen.map(({ id }) => id),
  };
}

const SIGNS = { add: '+', up: '↑', down: '↓', remove: '×' };

function action(name, { title }, run, disabled = false) {
  return h('button', { type: 'button', class: 'quiet icon', disabled, 'aria-label': say(`merchant.picker.${name}`, { title }), on: { click: run } }, SIGNS[name]);
}

function line({ id, title, image }, ...actions) {
  return h('li', {}, picture(image), h('span', {}, title, title !== id && h('span', { class: 'hint code' }, id)), h('span', { class: 'row' }, actions));
}

/** By the begin of their ids, and by what a search for the words gives. */
async function find(text, signal) {
  const [{ products: byId }, { products: byWords }] = await Promise.all([
    get(withQuery('/v1/catalog/products', { id_prefix: text, limit: FOUND }), { signal }),
    post('/v1/catalog/rules/preview', { search: { text, limit: FOUND } }, { signal }),
  ]);
  const all = [
    ...byId.map(({ id, title, image_link: image }) => ({ id, title, image })),
    ...byWords.map(({ product_id: id, title, image_link: image }) => ({ id, title, image })),
  ];
  return all.filter(({ id }, at) => all.findIndex((one) => one.id === id) === at).slice(0, FOUND);
}

/** Adds titles and pictures to products of which only the ids are known. One that is gone stays as it is. */
async function learn(products, signal) {
  await Promise.allSettled(products.map(async (product) => {
    const { title, image_link: image } = await get(`/v1/catalog/products/${encodeURIComponent(product.id)}`, { signal });
    Object.assign(product, { title, image });
  }));
}
