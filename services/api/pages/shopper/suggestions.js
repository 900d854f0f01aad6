// What can be asked for next, out of what there is.

import { minorUnits } from '../common/format.js';
import { isAtHand, sizesOf } from './stock.js';

const COLOURS = 6;
const SIZES = 8;
/** Sums that people think in, times a power of ten. */
const ROUND = [1, 1.5, 2, 2.5, 3, 4, 5, 6, 7.5];

/** Colours, sizes and prices to choose among these matches by; what is wanted already is left out. */
export function suggestionsOf(matches, wish) {
  const variants = matches.flatMap((match) => match.variants);
  const sizes = sizesOf(variants.filter(isAtHand)).filter((size) => !wish.sizes.includes(size));
  return {
    colours: coloursOf(matches).filter((word) => !wish.filters.colours?.includes(word)).slice(0, COLOURS),
    sizes: sizes.slice(0, SIZES),
    prices: limitsOf(matches),
  };
}

/** Main colours of the versions that there are, the commonest first. */
function coloursOf(matches) {
  const counts = new Map();
  for (const { variants } of matches) {
    for (const word of new Set(variants.map(({ colours }) => colours[0]).filter(Boolean))) counts.set(word, (counts.get(word) ?? 0) + 1);
  }
  return [...counts].sort((a, b) => b[1] - a[1]).map(([word]) => word);
}

/** Round prices that leave some of the matches out and some in, the highest first. */
function limitsOf(matches) {
  const prices = matches.map(({ price }) => price.amount).sort((a, b) => a - b);
  if (prices.length < 2) return [];
  const { currency } = matches[0].price;
  const quantile = (share) => prices[Math.floor(share * (prices.length - 1))];
  const limits = [0.75, 0.35].map((share) => roundBelow(quantile(share), currency)).filter((limit) => limit >= prices[0]);
  return [...new Set(limits)].map((amount) => ({ amount, currency }));
}

function roundBelow(amount, currency) {
  const unit = minorUnits('1', currency);
  const steps = [1, 10, 100, 1_000, 10_000, 100_000].flatMap((power) => ROUND.map((step) => step * power * unit));
  return steps.filter((step) => step < amount).at(-1) ?? 0;
}
