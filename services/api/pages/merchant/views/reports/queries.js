// What customers look for, and do not find.

import { h } from '../../../common/dom.js';
import { kindAndColours, number, percent } from '../../../common/format.js';
import { say } from '../../../common/words.js';
import { table } from '../../table.js';
import { figures, rate } from './figures.js';

export function queries({ garments, unmatched, sought }) {
  return {
    isEmpty: garments.of === 0,
    summary: say('merchant.reports.queries.summary', { count: garments.of, matched: garments.hits }),
    content: [
      figures(rate(say('merchant.reports.garments_matched'), garments)),
      h('div', { class: 'sides' }, list('unmatched', unmatched), list('sought', sought)),
    ],
  };
}

function list(name, rows) {
  const title = say(`merchant.reports.${name}`);
  return h('section', {}, h('h2', {}, title), rows.length === 0 ? h('p', { class: 'empty' }, say(`merchant.reports.${name}.none`)) : garmentTable(title, rows));
}

function garmentTable(caption, rows) {
  return table({ caption, rows, columns: [
    { title: say('merchant.reports.garment'), cell: ({ category, colour }) => kindAndColours({ category, colours: colour ? [colour] : [] }) },
    { title: say('merchant.reports.sought_count'), kind: 'number', cell: ({ garments }) => number(garments) },
    { title: say('merchant.reports.unmatched_count'), kind: 'number', cell: unmatchedCell },
  ] });
}

function unmatchedCell({ garments, unmatched }) {
  return [number(unmatched), h('span', { class: 'hint' }, percent(unmatched / garments))];
}
