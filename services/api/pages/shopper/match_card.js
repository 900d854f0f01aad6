// A product, as a card.

import { h } from '../common/dom.js';
import { picture } from '../common/pictures.js';
import { say } from '../common/words.js';
import { icon } from './icons.js';
import { tell } from './measuring.js';
import { priceOf, priceTag } from './price.js';
import { gradeBadge, reasonChips } from './reasons.js';
import { colourDots, sizesLine } from './stock.js';

/**
 * The card of a match, which `open` shows more of. `look` and `position` say where it was answered;
 * `wearing`, where there is one, is a button that puts it on the outfit board.
 */
export function matchCard(match, { look, position, open, wearing = null }) {
  return h('article', { class: 'match', data: { product: match.product_id } },
    h('div', { class: 'front' }, picture(match.image_link), gradeBadge(match)),
    h('div', { class: 'about' },
      match.brand && h('p', { class: 'brand-name' }, match.brand),
      h('h3', { class: 'name' }, h('button', { type: 'button', class: 'open', on: { click: opened(match, { look, position, open }) } }, match.title)),
      h('p', {}, priceTag(priceOf(match)), ' ', colourDots(match.variants)),
      sizesLine(match.variants),
      reasonChips(match.reasons),
      (match.link || wearing) && h('div', { class: 'deeds' }, wearing, shopLink(match, { look, position, text: 'shopper.shop' }))));
}

/** The way to a product's page in the shop, where it has one. */
export function shopLink({ product_id: product, title, link }, { look, position, kind = 'to-shop', text = 'shopper.to_shop' }) {
  return link && h('a', { class: kind, href: link, target: '_blank', rel: 'noopener', on: { click: () => tell('click', look, { product, position }) } },
    say(text), icon('leave'), h('span', { class: 'unseen' }, title, ' ', say('shopper.new_tab')));
}

/** A product in a line: its picture, its name, its price. */
export function smallCard(match, { look, position, open }) {
  return h('button', { type: 'button', class: 'small-match', data: { product: match.product_id }, on: { click: opened(match, { look, position, open }) } },
    picture(match.image_link),
    h('span', { class: 'about' }, h('span', { class: 'name' }, match.title), match.price && priceTag(priceOf(match))));
}

function opened(match, { look, position, open }) {
  return () => {
    tell('click', look, { product: match.product_id, position });
    open(match, { look, position });
  };
}
