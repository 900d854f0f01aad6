// Asking again, with other words or under other conditions.

import { h, fill, freshId } from '../common/dom.js';
import { colour, money } from '../common/format.js';
import { say } from '../common/words.js';
import { dot } from './stock.js';
import { suggestionsOf } from './suggestions.js';
import { NO_WISH, partsOf, withFilter, withSize, withWords } from './wish.js';

/** The longest that words may be, all together. */
const LONGEST = 500;

/** The form; `ask` is given each new wish. */
export function refineForm(ask) {
  const id = freshId('words');
  const field = h('input', { id, type: 'text', maxlength: 200, autocomplete: 'off', enterkeyhint: 'search', placeholder: say('shopper.refine.placeholder') });
  const button = h('button', { class: 'primary' }, say('shopper.refine.do'));
  const chosen = h('div', { class: 'chosen', tabindex: '-1' });
  const offered = h('div', { class: 'offered' });
  let wish = NO_WISH;
  let hadFocus = false;

  function onWish(next) {
    hadFocus = true;
    ask(next);
  }

  const submit = (event) => {
    event.preventDefault();
    const words = field.value.trim();
    if (words !== '') onWish(withWords(wish, words));
  };
  const element = h('section', { class: 'refine', hidden: true, 'aria-label': say('shopper.refine') },
    h('form', { class: 'row', on: { submit } }, h('label', { class: 'unseen', for: id }, say('shopper.refine')), field, button),
    chosen, offered);

  /** Shows what is asked for, what was understood of it, and what could be. */
  function show(asked, understood, matches) {
    wish = asked;
    element.hidden = false;
    field.value = '';
    field.maxLength = Math.max(0, LONGEST - wish.words.join(', ').length - 2);
    fill(chosen, chosenChips(partsOf(wish, understood)));
    fill(offered, offers(suggestionsOf(matches, wish)));
    // What was pressed is gone.
    if (hadFocus) chosen.focus({ preventScroll: true });
    hadFocus = false;
  }

  function chosenChips(parts) {
    if (parts.length === 0) return null;
    return h('ul', { class: 'chips plain', 'aria-label': say('shopper.wish') },
      parts.map(({ kind, text, rest }) => h('li', {}, h('button', {
        type: 'button', class: 'chip accent', data: { kind }, 'aria-label': say('shopper.wish.take_away', { what: text }), on: { click: () => onWish(rest) },
      }, text, h('span', { 'aria-hidden': 'true' }, '×')))),
      parts.length > 1 && h('li', {}, h('button', { type: 'button', class: 'chip', on: { click: () => onWish(NO_WISH) } }, say('shopper.wish.none'))));
  }

  function offers({ colours, sizes, prices }) {
    const cheaper = prices.at(-1);
    const priceChips = prices.map((limit) => {
      const text = say(limit === cheaper ? 'shopper.refine.cheaper' : 'shopper.wish.max_price', { what: money(limit) });
      return chip(limit === cheaper ? 'cheaper' : 'max_price', text, withFilter(wish, 'max_price', limit));
    });
    return [
      group('shopper.refine.price', priceChips),
      group('shopper.refine.colour', colours.map((word) => chip('colour', [dot([word]), colour(word)], withFilter(wish, 'colours', word)))),
      group('shopper.refine.size', sizes.map((size) => chip('size', size, withSize(wish, size)))),
    ];
  }

  function group(name, chips) {
    return chips.length > 0 && h('div', { class: 'chips offers', role: 'group', 'aria-label': say(name) }, h('span', { class: 'hint', 'aria-hidden': 'true' }, say(name)), chips);
  }

  function chip(kind, text, next) {
    return h('button', { type: 'button', class: 'chip', data: { offer: kind }, on: { click: () => onWish(next) } }, text);
  }

  function busy(on) {
    for (const part of element.querySelectorAll('button')) part.disabled = on;
  }

  return { element, show, busy };
}
