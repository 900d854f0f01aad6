// A row of cards that scrolls sideways by itself.

import { h } from '../common/dom.js';
import { say } from '../common/words.js';
import { icon } from './icons.js';

/** The row, with buttons that turn it over where more is there than fits. */
export function shelf(cards, label) {
  const list = h('ul', { class: 'shelf plain', 'aria-label': label }, cards.map((card) => h('li', {}, card)));
  const turn = (way) => list.scrollBy({ left: way * list.clientWidth * 0.85, behavior: 'smooth' });
  const back = h('button', { type: 'button', class: 'icon turn back', 'aria-label': say('shopper.shelf.back'), on: { click: () => turn(-1) } }, icon('back'));
  const forward = h('button', { type: 'button', class: 'icon turn forward', 'aria-label': say('shopper.shelf.forward'), on: { click: () => turn(1) } }, icon('forward'));
  const update = () => {
    back.hidden = list.scrollLeft < 8;
    forward.hidden = list.scrollLeft + list.clientWidth > list.scrollWidth - 8;
  };
  list.addEventListener('scroll', update, { passive: true });
  new ResizeObserver(update).observe(list);
  return h('div', { class: 'shelf-frame' }, back, list, forward);
}

/** Cards that are still on their way. */
export function ghostShelf(count = 4) {
  return h('div', { class: 'shelf ghosts', 'aria-hidden': 'true' }, Array.from({ length: count }, () => h('span', { class: 'ghost' })));
}
