// What was answered, day by day.

import { h } from '../../../common/dom.js';
import { number, percent } from '../../../common/format.js';
import { say } from '../../../common/words.js';
import { table } from '../../table.js';
import { count, day, figures, rate } from './figures.js';

export function overview({ looks, searches, match_rate: matched, click_rate: clicked, conversion_rate: bought, days }) {
  return {
    isEmpty: days.length === 0,
    summary: say('merchant.reports.overview.summary', { looks: looks.answers, searches: searches.answers }),
    content: [
      figures(
        count(say('merchant.reports.looks'), looks.answers, looks.answers > 0 && say('merchant.reports.cached', { share: percent(looks.cached / looks.answers) })),
        count(say('merchant.reports.searches'), searches.answers),
        rate(say('merchant.reports.match_rate'), matched),
        rate(say('merchant.reports.click_rate'), clicked),
        rate(say('merchant.reports.conversion_rate'), bought),
        count(say('merchant.reports.degraded'), looks.degraded + searches.degraded)),
      h('h2', {}, say('merchant.reports.by_day')),
      dayTable(days),
    ],
  };
}

function dayTable(days) {
  const column = (title, value) => ({ title, kind: 'number', cell: (one) => number(value(one)) });
  return table({ caption: say('merchant.reports.by_day'), rows: days.toReversed(), columns: [
    { title: say('merchant.reports.day'), cell: (one) => day(one.day) },
    column(say('merchant.reports.looks'), ({ looks }) => looks.answers),
    column(say('merchant.reports.matched'), ({ looks }) => looks.matched),
    column(say('merchant.reports.clicked'), ({ looks }) => looks.clicked),
    column(say('merchant.reports.added_to_cart'), ({ looks }) => looks.added_to_cart),
    column(say('merchant.reports.purchased'), ({ looks }) => looks.purchased),
    column(say('merchant.reports.searches'), ({ searches }) => searches.answers),
  ] });
}
