// What a rule does: the kind, and with which products.

import { get } from '../../../common/api.js';
import { fill, h } from '../../../common/dom.js';
import { majorUnits, minorUnits, percent } from '../../../common/format.js';
import { say } from '../../../common/words.js';
import { choices, chosenOf, field, FieldError, input, listOf } from '../../form.js';
import { options } from '../../vocabulary.js';
import { picker } from './picker.js';

const KINDS = ['pin', 'boost', 'bury', 'hide', 'redirect'];
const VOCABULARIES = { categories: 'category', colours: 'colour', patterns: 'pattern', genders: 'gender', age_groups: 'age_group' };
const LISTS = ['brands', 'tags', 'materials', 'sizes'];

/** The fields for an effect; `value()` gives it as it stands, or throws a `FieldError`. */
export function effect(then, signal) {
  const place = h('div', { class: 'stack' });
  const parts = {};
  const kinds = choices({ legend: say('merchant.rules.kind'), one: true, chosen: [then.kind],
    options: KINDS.map((kind) => [kind, say(`merchant.rules.kind.${kind}`), say(`merchant.rules.kind.${kind}.about`)]),
    on: { change: () => use(chosenOf(kinds)[0]) } });
  const use = (kind) => {
    parts[kind] ??= make(kind, kind === then.kind ? then : {}, signal);
    fill(place, parts[kind].element);
  };
  use(then.kind);
  return {
    element: h('div', { class: 'stack' }, kinds, place),
    value: () => {
      const [kind] = chosenOf(kinds);
      return { kind, ...parts[kind].value() };
    },
  };
}

function make(kind, then, signal) {
  if (kind === 'pin') return pin(then, signal);
  if (kind === 'redirect') return redirect(then);
  const meant = which(then.which ?? {}, signal);
  if (kind === 'hide') return { element: meant.element, value: () => ({ which: meant.value() }) };
  const force = strength(then.strength ?? 0.3);
  return { element: h('div', { class: 'stack' }, force.element, meant.element), value: () => ({ which: meant.value(), strength: force.value() }) };
}

function pin({ products = [] }, signal) {
  const chosen = picker({ label: say('merchant.rules.pinned'), products, pointer: '/then/products', isOrdered: true, signal });
  return { element: chosen.element, value: () => {
    if (chosen.value().length === 0) throw new FieldError('/then/products', say('merchant.rules.pinned.none'));
    return { products: chosen.value() };
  } };
}

function redirect({ url = '' }) {
  const control = input({ type: 'url', required: true, inputmode: 'url', placeholder: 'https://', value: url });
  return {
    element: field({ label: say('merchant.address'), hint: say('merchant.rules.url.hint'), control, pointer: '/then/url' }),
    value: () => ({ url: control.value.trim() }),
  };
}

function strength(now) {
  const told = h('output', {});
  const control = h('input', { type: 'range', min: 0, max: 1, step: 0.05, value: now, on: { input: () => tell() } });
  const tell = () => fill(told, percent(Number(control.value)));
  tell();
  return {
    element: h('div', {}, field({ label: say('merchant.rules.strength'), hint: say('merchant.rules.strength.hint'), control, pointer: '/then/strength' }), told),
    value: () => Number(control.value),
  };
}

function which({ products = [], filters = {} }, signal) {
  const chosen = picker({ label: say('merchant.rules.products'), products, pointer: '/then/which/products', signal });
  const groups = Object.entries(VOCABULARIES).map(([list, kind]) => [list, choices({
    legend: say(`merchant.rules.filter.${list}`), inline: true, chosen: filters[list] ?? [], options: options(kind), pointer: `/then/which/filters/${list}` })]);
  const texts = LISTS.map((list) => [list, input({ value: (filters[list] ?? []).join(', ') })]);
  const prices = priceFields(filters, signal);
  const element = h('div', { class: 'stack' },
    h('p', { class: 'hint' }, say('merchant.rules.which.hint')),
    chosen.element,
    groups.map(([list, boxes]) => h('details', { open: (filters[list] ?? []).length > 0 }, h('summary', {}, say(`merchant.rules.filter.${list}`)), boxes)),
    h('div', { class: 'filter-row' }, texts.map(([list, control]) => field({
      label: say(`merchant.rules.filter.${list}`), hint: say('merchant.rules.commas'), control, pointer: `/then/which/filters/${list}`, optional: true }))),
    prices.element);
  const value = () => {
    const lists = [...groups.map(([list, boxes]) => [list, chosenOf(boxes)]), ...texts.map(([list, control]) => [list, listOf(control)])];
    const given = { ...filters, ...Object.fromEntries(lists), ...prices.value() };
    if (chosen.value().length === 0 && Object.values(given).every(isNothing)) throw new FieldError('/then/which/products', say('merchant.rules.which.none'));
    return { products: chosen.value(), filters: given };
  };
  return { element, value };
}

const isNothing = (value) => value === null || value === undefined || value === false || value.length === 0;

/** The bounds of the price, in the currency that the catalog has. */
function priceFields({ min_price: min, max_price: max }, signal) {
  let currency = (min ?? max)?.currency ?? null;
  const controls = { min_price: min, max_price: max };
  for (const [name, price] of Object.entries(controls)) controls[name] = input({ inputmode: 'decimal', value: price ? majorUnits(price) : '' });
  const element = h('div', { class: 'filter-row' }, Object.entries(controls).map(([name, control]) => field({
    label: say(`merchant.rules.filter.${name}`), control, pointer: `/then/which/filters/${name}`, optional: true })));
  if (currency === null) catalogCurrency(signal).then((found) => { currency = found; });
  const read = ([name, { value }]) => {
    if (value.trim() === '') return [name, null];
    const amount = currency === null ? null : minorUnits(value, currency);
    if (amount === null) throw new FieldError(`/then/which/filters/${name}`, say('merchant.offers.price.invalid'));
    return [name, { amount, currency }];
  };
  return { element, value: () => Object.fromEntries(Object.entries(controls).map(read)) };
}

async function catalogCurrency(signal) {
  try {
    const { products: [first] } = await get('/v1/catalog/products?limit=1', { signal });
    return first?.variants[0].price.currency ?? null;
  } catch {
    return null;
  }
}
