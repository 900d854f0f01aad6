// How the variants of experiments did next to their control.

import { h } from '../../../common/dom.js';
import { number } from '../../../common/format.js';
import { say } from '../../../common/words.js';
import { table } from '../../table.js';
import { rateCell } from './figures.js';

const OUTCOMES = ['clicked', 'added_to_cart', 'purchased'];
const TONES = { better: 'good', worse: 'bad', inconclusive: '' };

export function experiments({ experiments: all }) {
  return { isEmpty: all.length === 0, summary: say('merchant.reports.table_below'), content: all.map(experiment) };
}

function experiment({ name, running, variants }) {
  return h('section', { class: 'stack' },
    h('h2', {}, name, ' ', h('span', { class: running ? 'chip good' : 'chip' }, say(running ? 'merchant.experiment.running' : 'merchant.experiment.stopped'))),
    table({ caption: name, rows: variants, columns: [
      { title: say('merchant.experiment.variant'), cell: variantName },
      { title: say('merchant.experiment.visitors'), kind: 'number', cell: ({ visitors }) => number(visitors) },
      ...OUTCOMES.map((outcome) => ({
        title: say(`merchant.reports.${outcome}`),
        cell: (variant) => [...rateCell(variant[outcome]), verdict(variant.against_control?.[outcome])],
      })),
    ] }));
}

function variantName({ name, against_control: compared }) {
  return [name, !compared && h('span', { class: 'hint' }, say('merchant.experiment.control'))];
}

function verdict(difference) {
  if (!difference || difference.difference === null) return null;
  const points = (share) => number(share * 100, { maximumFractionDigits: 1, signDisplay: 'exceptZero' });
  return h('span', { class: `chip ${TONES[difference.verdict]}` }, say(`merchant.experiment.${difference.verdict}`, {
    difference: points(difference.difference), low: points(difference.low), high: points(difference.high) }));
}
