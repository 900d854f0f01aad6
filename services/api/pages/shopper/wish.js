// What is wanted of the matches: words, sizes and conditions, each of which can be taken back.

import { category, colour, money, pattern } from '../common/format.js';
import { say, sayList } from '../common/words.js';

const LISTS = ['categories', 'colours', 'patterns', 'materials', 'brands', 'tags', 'genders', 'age_groups', 'sizes'];
const LIMITS = ['min_price', 'max_price'];
const NAMES = {
  categories: category,
  colours: colour,
  patterns: pattern,
  genders: (word) => say(`gender.${word}`),
  age_groups: (word) => say(`age_group.${word}`),
};

/** What holds before anything was asked for. */
export const NO_WISH = { words: [], sizes: [], filters: {} };

/** The wish as requests have it. */
export function conditionsOf({ words, sizes, filters }) {
  return {
    text: words.length > 0 ? words.join(', ') : undefined,
    customer: sizes.length > 0 ? { sizes } : undefined,
    filters: Object.keys(filters).length > 0 ? filters : undefined,
  };
}

/** The wish with words besides. */
export function withWords(wish, words) {
  return { ...wish, words: [...wish.words, words] };
}

/** The wish with a size besides. */
export function withSize(wish, size) {
  return { ...wish, sizes: [...new Set([...wish.sizes, size])] };
}

/** The wish with this value of a filter: one more where it is a list, in place of the one before where not. */
export function withFilter(wish, field, value) {
  const set = LISTS.includes(field) ? [...new Set([...(wish.filters[field] ?? []), value])] : value;
  return { ...wish, filters: { ...wish.filters, [field]: set } };
}

/**
 * The parts of a wish and of what was understood of its words, each with its text and the wish
 * that is left where it is taken back. A part that stands in the words alone takes the words with
 * it; what else they said stays.
 */
export function partsOf(wish, understood = {}) {
  const words = wish.words.map((said) => ({
    kind: 'words', text: say('shopper.wish.words', { words: said }), rest: { ...wish, words: wish.words.filter((other) => other !== said) },
  }));
  const sizes = wish.sizes.map((size) => ({
    kind: 'size', text: say('shopper.wish.size', { what: size }), rest: { ...wish, sizes: wish.sizes.filter((other) => other !== size) },
  }));
  const asked = fields(wish.filters).map((field) => part(field, wish.filters, { ...wish, filters: without(wish.filters, field) }));
  const heard = fields(understood).filter((field) => !(field in wish.filters)).map((field) => {
    const left = { ...plain(without(understood, field)), ...wish.filters };
    return part(field, understood, { ...wish, words: [], filters: left });
  });
  return [...words, ...sizes, ...asked, ...heard];
}

function part(field, filters, rest) {
  const value = filters[field];
  if (LIMITS.includes(field)) return { kind: field, text: say(`shopper.wish.${field}`, { what: money(value) }), rest };
  const name = NAMES[field] ?? String;
  const text = sayList(value.map(name), 'disjunction');
  return { kind: field, text: field === 'sizes' ? say('shopper.wish.size', { what: text }) : text, rest };
}

function fields(filters) {
  return [...LISTS.filter((field) => filters[field]?.length > 0), ...LIMITS.filter((field) => filters[field])];
}

function plain(filters) {
  return Object.fromEntries(fields(filters).map((field) => [field, filters[field]]));
}

function without(filters, field) {
  return Object.fromEntries(Object.entries(filters).filter(([name]) => name !== field));
}
