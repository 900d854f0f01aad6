// Whether an answer was of use.

import { h, fill } from '../common/dom.js';
import { say } from '../common/words.js';
import { icon } from './icons.js';
import { tell } from './measuring.js';

/** Asks about the answer that `look` names; the one press is thanked for. */
export function thumbs(look) {
  const place = h('div', { class: 'thumbs', role: 'group', 'aria-label': say('shopper.thumbs') });
  const press = (kind) => () => {
    tell(kind, look);
    fill(place, h('p', { role: 'status' }, say('shopper.thumbs.thanks')));
  };
  return fill(place,
    h('p', {}, say('shopper.thumbs')),
    h('button', { type: 'button', class: 'icon', 'aria-label': say('shopper.thumbs.up'), on: { click: press('thumbs_up') } }, icon('up')),
    h('button', { type: 'button', class: 'icon', 'aria-label': say('shopper.thumbs.down'), on: { click: press('thumbs_down') } }, icon('down')));
}
