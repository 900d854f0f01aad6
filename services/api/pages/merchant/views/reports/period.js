// The days that a report is of.

import { h } from '../../../common/dom.js';
import { say } from '../../../common/words.js';
import { field, input, showError } from '../../form.js';

const DAY = 86_400_000;
const LENGTHS = [7, 30, 90];
const MOST = 1_100;

/** The fields; `changed` is told `{ from, to }`, and `value()` gives them. */
export function period(query, changed) {
  const today = dateOf(Date.now());
  const from = input({ type: 'date', required: true, max: today, value: query.get('from') ?? daysAgo(30) });
  const to = input({ type: 'date', required: true, max: today, value: query.get('to') ?? today });
  const value = () => ({ from: from.value, to: to.value });
  const lengths = LENGTHS.map((days) => h('button', { type: 'button', class: 'chip', data: { days }, on: { click: () => {
    from.value = daysAgo(days);
    to.value = today;
    use();
  } } }, say('merchant.reports.days', { count: days })));
  const press = () => {
    for (const button of lengths) button.setAttribute('aria-pressed', String(to.value === today && from.value === daysAgo(Number(button.dataset.days))));
  };
  const use = () => {
    press();
    const isGood = from.value !== '' && to.value !== '' && from.value <= to.value && (new Date(to.value) - new Date(from.value)) / DAY < MOST;
    showError(to, isGood ? null : say('merchant.reports.days.invalid'));
    if (isGood) changed(value());
  };
  press();
  const element = h('div', { class: 'period', role: 'group', 'aria-label': say('merchant.reports.period'), on: { change: use } },
    h('div', { class: 'chips' }, lengths),
    field({ label: say('merchant.reports.from'), control: from }),
    field({ label: say('merchant.reports.to'), control: to }));
  return { element, value };
}

function daysAgo(days) {
  return dateOf(Date.now() - (days - 1) * DAY);
}

function dateOf(time) {
  return new Date(time).toISOString().slice(0, 10);
}
