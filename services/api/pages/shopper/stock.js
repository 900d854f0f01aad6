// What there is of a product: sizes and colours.

import { h } from '../common/dom.js';
import { colour } from '../common/format.js';
import { say, sayList } from '../common/words.js';

const LETTERS = ['xxs', 'xs', 's', 'm', 'l', 'xl', 'xxl', '3xl', '4xl', '5xl'];
const AT_HAND = ['in_stock', 'limited_stock'];

/** Whether a variant is there now. */
export function isAtHand({ availability }) {
  return AT_HAND.includes(availability);
}

/** The sizes of variants, the small ones first. */
export function sizesOf(variants) {
  return [...new Set(variants.map(({ size }) => size).filter(Boolean))].sort(bySize);
}

function bySize(a, b) {
  return rank(a) - rank(b) || a.localeCompare(b, 'en', { numeric: true });
}

function rank(size) {
  const at = LETTERS.indexOf(size.toLowerCase());
  return at < 0 ? LETTERS.length : at;
}

/** Variants by what they look like: `[colours, variants]`, in their order. */
export function versionsOf(variants) {
  return [...Map.groupBy(variants, ({ colours }) => colours.join(' ')).values()].map((group) => [group[0].colours, group]);
}

/** A dot in up to two colours. */
export function dot(colours) {
  return h('span', { class: 'dot', 'aria-hidden': 'true', data: { first: colours[0] ?? '', second: colours[1] ?? colours[0] ?? '' } });
}

/** The colours that variants come in, as dots. */
export function colourDots(variants) {
  const versions = versionsOf(variants);
  if (versions.length < 2) return null;
  const names = sayList([...new Set(versions.map(([[first]]) => first).filter(Boolean))].map(colour));
  return h('span', { class: 'dots', role: 'img', 'aria-label': say('shopper.colours', { colours: names }) }, versions.slice(0, 6).map(([colours]) => dot(colours)));
}

/** The sizes that are there now, in a line. */
export function sizesLine(variants) {
  const sizes = sizesOf(variants.filter(isAtHand));
  if (sizes.length === 0) return null;
  return h('p', { class: 'sizes' }, h('span', { class: 'unseen' }, say('shopper.sizes')), sizes.map((size) => h('span', {}, size)));
}
