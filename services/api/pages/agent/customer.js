// What the shop let the service know of a customer.

import { get } from '../common/api.js';
import { fill, h } from '../common/dom.js';
import { colours, money, moment, shortMoment } from '../common/format.js';
import { problemBox } from '../common/problems.js';
import { say, sayJoined } from '../common/words.js';
import { product } from './products.js';

/** Purchases that are told at most, the latest first. */
const PURCHASES = 3;

/** Sizes, tastes, budget and purchases of a customer, as soon as they are known. */
export function customerFacts(id) {
  const place = h('div', {}, h('p', { class: 'hint' }, say('common.loading')));
  const load = async () => {
    try {
      fill(place, facts(await get(`/v1/customers/${encodeURIComponent(id)}`)));
    } catch (error) {
      fill(place, error.status === 404 ? h('p', { class: 'hint' }, say('agent.customer.unknown')) : problemBox(error, load));
    }
  };
  load();
  return place;
}

function facts({ profile, events }) {
  const { sizes, liked_colours: liked, avoided_colours: avoided, budget } = profile;
  const bought = events.filter(({ kind }) => kind === 'purchase').slice(-PURCHASES).reverse();
  const known = [
    sizes.length > 0 && ['sizes', sayJoined(sizes)],
    liked.length > 0 && ['liked', colours(liked)],
    avoided.length > 0 && ['avoided', colours(avoided)],
    budget && ['budget', money(budget)],
    bought.length > 0 && ['bought', h('ul', { class: 'plain' }, bought.map(purchase))],
  ].filter(Boolean);
  if (known.length === 0) return h('p', { class: 'hint' }, say('agent.customer.nothing'));
  return h('dl', { class: 'facts' }, known.map(([name, value]) => [h('dt', {}, say(`agent.customer.${name}`)), h('dd', {}, value)]));
}

function purchase({ product_id: id, time, value }) {
  const name = h('span', {}, id ?? '');
  if (id) product(id).then((known) => known && fill(name, known.title), () => {});
  return h('li', {}, name, ' ', h('span', { class: 'hint' }, value && [money(value), ' '], h('time', { datetime: time, title: moment(time) }, shortMoment(time))));
}
