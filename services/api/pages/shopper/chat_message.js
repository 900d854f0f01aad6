// One message of the chat.

import { h } from '../common/dom.js';
import { shortMoment } from '../common/format.js';
import { say } from '../common/words.js';
import { smallCard } from './match_card.js';
import { openProduct } from './product_dialog.js';

/** A message; `photo` is the address of one that is shown with it, `language` that of its words. */
export function messageView({ from, agent, text, at, products = [], photo = null, language = null, hadPhoto = false }) {
  return h('article', { class: `message ${from}` },
    h('p', { class: 'speaker' }, from === 'agent' && agent ? agent : say(`shopper.chat.from.${from}`), at && h('time', { datetime: at }, shortMoment(at))),
    photo && h('img', { class: 'shared', src: photo, alt: say('shopper.photo.alt') }),
    hadPhoto && h('p', { class: 'hint' }, say('shopper.chat.had_photo')),
    text && h('p', { class: 'said', lang: language }, text),
    products.length > 0 && h('ol', { class: 'plain shown' }, products.map((match, place) => h('li', {}, h('b', { class: 'badge', 'aria-hidden': 'true' }, place + 1), smallCard(match, { open: openProduct })))));
}
