// What an answer says of itself: what is missing, and what it was answered by.

import { h } from '../common/dom.js';
import { say } from '../common/words.js';

/** Parts that make an answer slower at most, which nobody needs to be told. */
const UNSAID = ['cache'];

/** A box that tells plainly what is worse than usual in an answer; null where nothing is. */
export function degradedBox(degraded) {
  const parts = [...new Set(degraded.map(({ part }) => part))].filter((part) => !UNSAID.includes(part));
  if (parts.length === 0) return null;
  return h('ul', { class: 'plain degraded' }, parts.map((part) => h('li', { data: { part } }, say(`shopper.degraded.${part}`))));
}

/** The language that the words of an answer are in. */
export function languageOf(degraded, asked) {
  return degraded.some(({ part }) => part === 'language') ? 'en' : asked;
}
