// A rule in words.

import { category, money, moment, percent } from '../../../common/format.js';
import { say, sayJoined, sayList } from '../../../common/words.js';

/** `active`, `planned`, `over` or `off`. */
export function standing({ enabled = true, starts_at: start, ends_at: end }) {
  if (!enabled) return 'off';
  if (start && new Date(start) > new Date()) return 'planned';
  return end && new Date(end) <= new Date() ? 'over' : 'active';
}

export function whatItDoes({ kind, products, which, strength = 0.3, url }) {
  if (kind === 'redirect') return say('merchant.rules.does.redirect', { url });
  if (kind === 'pin') return say('merchant.rules.does.pin', { count: products.length, products: named(products) });
  return say(`merchant.rules.does.${kind}`, { what: meant(which), strength: percent(strength) });
}

export function whenItHolds({ when = {}, starts_at: start, ends_at: end }) {
  const { texts = [], categories = [] } = when;
  const parts = [
    texts.length > 0 && say('merchant.rules.when.texts', { texts: sayList(texts.map(quoted), 'disjunction') }),
    categories.length > 0 && say('merchant.rules.when.categories', { categories: sayList(categories.map(category), 'disjunction') }),
    texts.length + categories.length === 0 && say('merchant.rules.when.always'),
    start && say('merchant.rules.when.from', { when: moment(start) }),
    end && say('merchant.rules.when.until', { when: moment(end) }),
  ];
  return sayJoined(parts.filter(Boolean), ' · ');
}

const quoted = (text) => say('merchant.quoted', { text });

function named(products) {
  const first = products.slice(0, 3);
  return products.length > 3 ? say('merchant.rules.and_more', { products: sayJoined(first), count: products.length - 3 }) : sayList(first);
}

function meant({ products = [], filters = {} }) {
  const parts = [
    products.length > 0 && named(products),
    ...['categories', 'colours', 'patterns', 'genders', 'age_groups'].map((list) => words(list, filters[list])),
    ...['brands', 'tags', 'materials', 'sizes'].map((list) => texts(list, filters[list])),
    filters.min_price && say('merchant.rules.meant.min_price', { price: money(filters.min_price) }),
    filters.max_price && say('merchant.rules.meant.max_price', { price: money(filters.max_price) }),
  ];
  return sayJoined(parts.filter(Boolean), ' · ');
}

const KINDS = { categories: 'category', colours: 'colour', patterns: 'pattern', genders: 'gender', age_groups: 'age_group' };

function words(list, chosen = []) {
  return chosen.length > 0 && sayList(chosen.map((word) => say(`${KINDS[list]}.${word}`)), 'disjunction');
}

function texts(list, chosen = []) {
  return chosen.length > 0 && say(`merchant.rules.meant.${list}`, { words: sayList(chosen, 'disjunction') });
}
