// How far answers led, from the match to the purchase.

import { h } from '../../../common/dom.js';
import { money } from '../../../common/format.js';
import { say } from '../../../common/words.js';
import { table } from '../../table.js';
import { count, figures, intervalBar, intervalText, rateText } from './figures.js';

const STEPS = ['matched', 'clicked', 'added_to_cart', 'purchased', 'liked'];
const EVENTS = ['view', 'click', 'add_to_cart', 'purchase', 'thumbs_up', 'thumbs_down'];

export function conversion({ looks, searches, events, paid }) {
  return {
    isEmpty: looks.answers + searches.answers + EVENTS.reduce((sum, name) => sum + events[name], 0) === 0,
    summary: say('merchant.reports.overview.summary', { looks: looks.answers, searches: searches.answers }),
    content: [
      h('div', { class: 'sides' }, steps('looks', looks), steps('searches', searches)),
      h('h2', {}, say('merchant.reports.events')),
      figures(EVENTS.map((name) => count(say(`merchant.event.${name}`), events[name]))),
      paid.length > 0 && [h('h2', {}, say('merchant.reports.paid')), paidTable(paid)],
    ],
  };
}

function steps(name, all) {
  return h('section', { class: 'card' },
    h('h2', {}, say(`merchant.reports.${name}`), ' ', h('span', { class: 'hint' }, say('merchant.reports.answers', { count: all.answers }))),
    h('dl', { class: 'funnel' }, STEPS.map((step) => h('div', {},
      h('dt', {}, say(`merchant.reports.${step}`)),
      h('dd', {}, h('strong', {}, rateText(all[step])), intervalBar(all[step]), h('span', { class: 'hint' }, intervalText(all[step])))))));
}

function paidTable(paid) {
  return table({ caption: say('merchant.reports.paid'), rows: paid, columns: [
    { title: say('merchant.reports.currency'), cell: ({ all }) => all.currency },
    { title: say('merchant.reports.paid.all'), kind: 'number', cell: ({ all }) => money(all) },
    { title: say('merchant.reports.paid.after'), kind: 'number', cell: ({ after_answers: after }) => money(after) },
  ] });
}
