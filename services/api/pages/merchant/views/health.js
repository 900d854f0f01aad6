// Catalog health: what can be done so that products are found, the most pressing first.

import { get } from '../../common/api.js';
import { h } from '../../common/dom.js';
import { number, percent } from '../../common/format.js';
import { say } from '../../common/words.js';
import { heading, nothingYet } from '../heading.js';
import { load } from '../load.js';
import { address } from '../routes.js';
import { duplicates } from './health/duplicates.js';
import { failedPictures } from './health/pictures.js';

export function show(place, { signal }) {
  const content = h('div');
  place.append(heading(say('merchant.health'), say('merchant.health.about')), content);
  load(content, () => get('/v1/catalog/health', { signal }), (health) => (health.products === 0 ? emptyCatalog() : findings(health, signal)));
}

function emptyCatalog() {
  return nothingYet('health', say('merchant.health.empty'),
    h('a', { class: 'button primary', href: address('import') }, say('merchant.health.import')));
}

function findings(health, signal) {
  const found = [...lacking(health), ...twice(health, signal), ...unseen(health, signal)];
  const pressing = found.filter(({ share }) => share > 0).sort((one, other) => other.share - one.share);
  const well = found.filter(({ share }) => share === 0);
  return [
    summary(health, pressing.length),
    pressing.length > 0 && h('ul', { class: 'plain findings' }, pressing.map(finding)),
    well.length > 0 && h('details', { class: 'card well', open: pressing.length === 0 },
      h('summary', {}, say('merchant.health.well', { count: well.length })),
      h('ul', { class: 'plain' }, well.map(({ key }) => h('li', {}, h('span', { class: 'tick-mark', 'aria-hidden': 'true' }), say(`${key}.well`))))),
  ];
}

function summary({ products, pictures }, pressing) {
  return h('dl', { class: 'figures' },
    figure(say('merchant.health.products'), products),
    figure(say('merchant.health.pressing'), pressing),
    figure(say('merchant.health.pictures'), pictures.had),
    pictures.waiting > 0 && figure(say('merchant.health.waiting'), pictures.waiting));
}

function figure(name, value) {
  return h('div', { class: 'figure' }, h('dt', {}, name), h('dd', {}, number(value)));
}

function lacking({ lacks }) {
  return lacks.map(({ lack, products, share, list }) => ({ key: `merchant.lack.${lack}`, count: products, share, more: productsLink(list, products) }));
}

function twice({ duplicates: found, products }, signal) {
  return found.map((duplicate) => ({
    key: `merchant.duplicates.${duplicate.by}`,
    count: duplicate.groups,
    share: duplicate.first.reduce((sum, { count }) => sum + count, 0) / products,
    isLowest: duplicate.groups > duplicate.first.length,
    more: duplicates(duplicate, signal),
  }));
}

function unseen({ pictures, never_matched: never }, signal) {
  return [
    { key: 'merchant.pictures_failed', count: pictures.failed.products, share: pictures.failed.share, more: failedPictures(signal) },
    { key: 'merchant.never_matched', count: never.products, share: never.share, more: productsLink(never.list, never.products) },
  ];
}

/** The list that the service names, as this page shows it. */
function productsLink(list, count) {
  const { searchParams } = new URL(list, location.origin);
  return h('p', {}, h('a', { href: address('products', [], searchParams) }, say('merchant.health.show', { count })));
}

function finding({ key, count, share, isLowest = false, more }) {
  const bar = h('span', { class: 'bar-of', 'aria-hidden': 'true' }, h('span'));
  bar.firstChild.style.width = `${Math.max(1, share * 100)}%`;
  return h('li', { class: 'card finding' },
    h('div', { class: 'finding-head' },
      h('h2', {}, say(key, { count })),
      h('p', { class: 'share' }, isLowest ? say('merchant.health.at_least', { share: percent(share) }) : percent(share))),
    bar,
    h('p', {}, say(`${key}.why`)),
    h('p', { class: 'remedy' }, h('strong', {}, say('merchant.health.do')), ' ', say(`${key}.do`)),
    more);
}
