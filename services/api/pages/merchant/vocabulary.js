// The words that products are described by, as the service knows them, each with its name.

import { say } from '../common/words.js';

const WORDS = {
  category: [
    'blazer', 'blouse', 'bodysuit', 'dress', 'hat', 'hoodie', 'long-sleeve-top', 'jacket', 'trousers',
    'polo-shirt', 'shirt', 'shoes', 'shorts', 'skirt', 't-shirt', 'top', 'tank-top',
  ],
  colour: [
    'black', 'white', 'grey', 'beige', 'brown', 'red', 'burgundy', 'orange', 'yellow', 'green', 'olive',
    'turquoise', 'light-blue', 'blue', 'navy', 'purple', 'pink',
  ],
  pattern: ['plain', 'striped', 'checked', 'dotted', 'floral', 'animal', 'graphic'],
  sleeve: ['sleeveless', 'short', 'three-quarter', 'long'],
  length: ['cropped', 'short', 'knee', 'midi', 'long'],
  gender: ['women', 'men', 'unisex'],
  age_group: ['newborn', 'infant', 'toddler', 'kids', 'adult'],
  availability: ['in_stock', 'limited_stock', 'preorder', 'backorder', 'out_of_stock', 'discontinued', 'unknown'],
  lack: ['picture', 'description', 'brand', 'colour', 'size', 'material', 'pattern', 'gender', 'age_group', 'gtin', 'link', 'availability'],
};

/** The words of a kind as options, `[value, name]`. */
export function options(kind) {
  const prefix = kind === 'lack' ? 'merchant.lacks' : kind;
  return WORDS[kind].map((word) => [word, say(`${prefix}.${word}`)]);
}

/** The same after an option that chooses none. */
export function optionsOrNone(kind, none) {
  return [['', none], ...options(kind)];
}
