// Figures as reports show them: counts, and shares with how sure they are.

import { h } from '../../../common/dom.js';
import { number, percent } from '../../../common/format.js';
import { say, sayWith } from '../../../common/words.js';

/** Cards side by side. */
export function figures(...cards) {
  return h('dl', { class: 'figures' }, cards);
}

export function count(name, value, about = null) {
  return h('div', { class: 'figure' }, h('dt', {}, name), h('dd', {}, number(value), about && h('span', { class: 'hint' }, about)));
}

/** A share, with its 95 % confidence interval in words and as a bar. */
export function rate(name, share) {
  return h('div', { class: 'figure' }, h('dt', {}, name), h('dd', {}, rateText(share), intervalBar(share), h('span', { class: 'hint' }, intervalText(share))));
}

export function rateText({ rate: share }) {
  return share === null ? '–' : percent(share);
}

/** How many of how many, and between which shares the true one lies. */
export function intervalText({ hits, of, rate: share, low, high }) {
  if (share === null) return say('merchant.rate.none');
  return say('merchant.rate', { hits, of, low: percent(low), high: percent(high) });
}

export function intervalBar({ rate: share, low, high }) {
  if (share === null) return null;
  const bar = h('span', { class: 'interval', 'aria-hidden': 'true' }, h('span'), h('span'));
  const [range, point] = bar.children;
  range.style.left = `${low * 100}%`;
  range.style.width = `${Math.max(1, (high - low) * 100)}%`;
  point.style.left = `${share * 100}%`;
  return bar;
}

/** A share with its interval, in the cell of a table. */
export function rateCell(share) {
  return [rateText(share), h('span', { class: 'hint' }, intervalText(share))];
}

/** A day, `2026-11-01`. */
export function day(text) {
  return sayWith((tag) => new Intl.DateTimeFormat(tag, { dateStyle: 'medium', timeZone: 'UTC' }).format(new Date(text)));
}
