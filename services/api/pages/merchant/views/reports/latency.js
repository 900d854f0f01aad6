// How long answers took.

import { h } from '../../../common/dom.js';
import { number, seconds } from '../../../common/format.js';
import { say } from '../../../common/words.js';
import { table } from '../../table.js';

const PERCENTILES = ['p50', 'p90', 'p95', 'p99'];

export function latency({ measures }) {
  const timed = measures.filter(({ answers }) => answers > 0);
  return {
    isEmpty: timed.length === 0,
    summary: say('merchant.reports.table_below'),
    content: table({ caption: say('merchant.reports.latency'), rows: timed, columns: [
      { title: say('merchant.reports.measure'), cell: measureName },
      { title: say('merchant.reports.answers.title'), kind: 'number', cell: ({ answers }) => number(answers) },
      ...PERCENTILES.map((name) => ({ title: say(`merchant.reports.${name}`), kind: 'number', cell: (measure) => duration(measure[name]) })),
    ] }),
  };
}

function measureName({ measure }) {
  const key = `merchant.measure.${measure}`;
  return [say(key), h('span', { class: 'hint' }, say(`${key}.about`))];
}

function duration(milliseconds) {
  if (milliseconds === null || milliseconds === undefined) return '–';
  return milliseconds < 1_000 ? number(milliseconds, { style: 'unit', unit: 'millisecond' }) : seconds(milliseconds);
}
