// Money, numbers and times as the language of the moment writes them.

import { say, sayList, sayWith } from './words.js';

/** An amount in minor units and its currency (ISO 4217). */
export function money({ amount, currency }) {
  return sayWith((tag) => {
    const format = new Intl.NumberFormat(tag, { style: 'currency', currency });
    return format.format(amount / 10 ** format.resolvedOptions().maximumFractionDigits);
  });
}

/** How many minor units an amount as people write it comes to; null where it is none. */
export function minorUnits(text, currency) {
  const plain = text.trim().replace(',', '.');
  if (!/^\d+(\.\d+)?$/.test(plain)) return null;
  const { maximumFractionDigits } = new Intl.NumberFormat('en', { style: 'currency', currency }).resolvedOptions();
  return Math.round(Number(plain) * 10 ** maximumFractionDigits);
}

/** An amount as it is put into a field: `75.90`. */
export function majorUnits({ amount, currency }) {
  const { maximumFractionDigits } = new Intl.NumberFormat('en', { style: 'currency', currency }).resolvedOptions();
  return (amount / 10 ** maximumFractionDigits).toFixed(maximumFractionDigits);
}

export function number(value, options) {
  return sayWith((tag) => new Intl.NumberFormat(tag, options).format(value));
}

/** A share from 0 to 1. */
export function percent(share) {
  return number(share, { style: 'percent', maximumFractionDigits: 1 });
}

/** A moment (RFC 3339), by day and time. */
export function moment(text) {
  return sayWith((tag) => new Intl.DateTimeFormat(tag, { dateStyle: 'medium', timeStyle: 'short' }).format(new Date(text)));
}

/** A moment of today by its time, another by its day. */
export function shortMoment(text) {
  const then = new Date(text);
  const today = then.toDateString() === new Date().toDateString();
  return sayWith((tag) => new Intl.DateTimeFormat(tag, today ? { timeStyle: 'short' } : { dateStyle: 'short' }).format(then));
}

/** How long ago a moment was. */
export function ago(text) {
  return sayWith((tag) => {
    const seconds = (Date.now() - new Date(text).getTime()) / 1000;
    const [unit, size] = [['day', 86_400], ['hour', 3_600], ['minute', 60]].find(([, size]) => seconds >= size) ?? ['second', 1];
    return new Intl.RelativeTimeFormat(tag, { numeric: 'auto' }).format(-Math.round(seconds / size), unit);
  });
}

/** Milliseconds as seconds. */
export function seconds(milliseconds) {
  return number(milliseconds / 1000, { style: 'unit', unit: 'second', maximumFractionDigits: 1 });
}

/** Bytes as kilobytes or megabytes. */
export function bytes(count) {
  const [value, unit] = count < 1e6 ? [count / 1e3, 'kilobyte'] : [count / 1e6, 'megabyte'];
  return number(value, { style: 'unit', unit, maximumFractionDigits: 1 });
}

export function category(word) {
  return say(`category.${word}`);
}

export function colour(word) {
  return say(`colour.${word}`);
}

export function colours(list) {
  return sayList(list.map(colour));
}

export function pattern(word) {
  return say(`pattern.${word}`);
}

/** What a garment or a product is, in a few words: Blazer, pink and white. */
export function kindAndColours({ category: kind, colours: seen = [] }) {
  return seen.length === 0 ? category(kind) : say('common.kind_and_colours', { kind: category(kind), colours: colours(seen) });
}
