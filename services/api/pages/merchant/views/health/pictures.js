// Pictures that can not be had, and why.

import { get, withQuery } from '../../../common/api.js';
import { h } from '../../../common/dom.js';
import { say } from '../../../common/words.js';
import { growing } from '../../load.js';
import { failureText } from '../../failures.js';
import { address } from '../../routes.js';
import { growingTable } from '../../table.js';

/** The pictures, fetched once they are asked for. */
export function failedPictures(signal) {
  const box = h('details', { on: { toggle: () => {
    if (box.childElementCount === 1) box.append(pictureTable(signal));
  } } }, h('summary', {}, say('merchant.pictures_failed.show')));
  return box;
}

function pictureTable(signal) {
  const { element, add } = growingTable({ caption: say('merchant.pictures_failed.show'), columns: [
    { title: say('merchant.product'), cell: ({ product }) => h('a', { href: address('products', [product]) }, product) },
    { title: say('merchant.address'), cell: ({ image_link: link }) => h('code', {}, link) },
    { title: say('merchant.reason'), cell: ({ failure }) => failure && failureText(failure) },
  ] });
  const ask = async (cursor) => {
    const { pictures, next } = await get(withQuery('/v1/catalog/pictures', { state: 'failed', cursor }), { signal });
    return { items: pictures, next };
  };
  return growing({ list: element, ask, add, empty: h('p', { class: 'hint' }, say('merchant.pictures_failed.none')) });
}
