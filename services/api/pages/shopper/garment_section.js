// One garment of the photo and the products that match it.

import { h, fill, freshId } from '../common/dom.js';
import { category, kindAndColours, pattern } from '../common/format.js';
import { problemBox } from '../common/problems.js';
import { say, sayList } from '../common/words.js';
import { icon } from './icons.js';
import { matchCard } from './match_card.js';
import { openProduct } from './product_dialog.js';
import { ghostShelf, shelf } from './shelf.js';

/**
 * The section of a garment, numbered where it is in the photo's list, ghosts in place of its matches until they come. `onCloser` looks at it
 * alone (none where that is what is done), `onKind` is given the kind that it was said to be and
 * resolves to its matches, `onPoint` is told of the pointer, `wearing` makes the button that puts
 * a match on the outfit board.
 */
export function garmentSection(garment, number, { onCloser, onKind, onPoint, wearing }) {
  const id = freshId('garment');
  const told = h('div', { class: 'told-of' });
  const place = h('div', { class: 'matches', 'aria-busy': 'true' }, ghostShelf());
  const closer = onCloser && h('button', { type: 'button', class: 'small closer', on: { click: () => onCloser(garment, number) } },
    icon('look'), say('shopper.closer'), h('span', { class: 'unseen' }, kindAndColours(garment)));
  const head = h('header', { class: 'garment-head' },
    number !== null && h('b', { class: 'badge', 'aria-hidden': 'true' }, number),
    h('h2', { id }, kindAndColours(garment)),
    h('p', { class: 'hint features' }, featuresOf(garment)),
    closer);
  const pointed = (on) => () => onPoint?.(garment.id, on);
  const listeners = { pointerenter: pointed(true), pointerleave: pointed(false) };
  const element = h('section', { class: 'garment', 'aria-labelledby': id, data: { garment: garment.id }, on: listeners }, head, told, place);

  let matches = [];

  function show(found, look, kind = null) {
    matches = found.matches;
    place.removeAttribute('aria-busy');
    fill(told, question(kind), noteOf(garment, found, kind));
    const cards = matches.map((match, position) => matchCard(match, { look, position, open: openProduct, wearing: wearing?.(match) }));
    if (cards.length === 0) fill(place, h('p', { class: 'empty' }, say('shopper.no_matches', { kind: category(kind ?? garment.category) })));
    else if (onCloser) fill(place, shelf(cards, say('shopper.matches_for', { garment: kindAndColours(garment) })));
    else fill(place, h('ul', { class: 'plain all-matches' }, cards.map((card) => h('li', {}, card))));
  }

  /** Asks what the garment is, where the photo leaves it open. */
  function question(kind) {
    if (!garment.perhaps) return null;
    const choices = [garment.category, garment.perhaps].map((choice) => h('button', {
      type: 'button', class: 'chip', 'aria-pressed': String(choice === kind), on: { click: () => choose(choice === kind ? null : choice) },
    }, category(choice)));
    return h('div', { class: 'question' },
      h('p', {}, say('shopper.which', { one: category(garment.category), other: category(garment.perhaps) })),
      h('div', { class: 'chips', role: 'group', 'aria-label': say('shopper.which.answer') }, choices));
  }

  async function choose(kind) {
    fill(place, ghostShelf());
    place.setAttribute('aria-busy', 'true');
    try {
      const { found, look } = await onKind(garment, kind);
      show(found, look, kind);
      (told.querySelector('[aria-pressed="true"]') ?? told.querySelector('button'))?.focus();
    } catch (error) {
      if (error.name === 'AbortError') return;
      place.removeAttribute('aria-busy');
      fill(place, problemBox(error, () => choose(kind)));
    }
  }

  return { element, garment, show, matches: () => matches };
}

function featuresOf(garment) {
  const features = [
    garment.pattern !== 'plain' && pattern(garment.pattern),
    garment.sleeve && say(`sleeve.${garment.sleeve}`),
    garment.length && say(`length.${garment.length}`),
  ].filter(Boolean);
  return features.length > 0 && sayList(features);
}

/** Says where products of other kinds had to do. */
function noteOf(garment, { matches, note }, kind) {
  const own = [garment.category, garment.perhaps, kind];
  const others = [...new Set(matches.map((match) => match.category).filter((other) => !own.includes(other)))];
  if (!note || others.length === 0) return null;
  const key = matches.some((match) => own.includes(match.category)) ? 'shopper.others_added' : 'shopper.others_instead';
  return h('p', { class: 'hint' }, say(key, { kinds: sayList(others.map(category)) }));
}
