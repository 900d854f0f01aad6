// The advice, as it is written.

import { h } from '../common/dom.js';
import { say } from '../common/words.js';
import { smallCard } from './match_card.js';
import { openProduct } from './product_dialog.js';

/** The advice; `matchOf` finds the match of a product that it speaks of. */
export function adviceView(matchOf) {
  const text = h('p', { class: 'advice-text' });
  const list = h('ul', { class: 'plain advice-list' });
  const element = h('section', { class: 'advice', hidden: true, 'aria-labelledby': 'advice-title' },
    h('h2', { id: 'advice-title' }, say('shopper.advice')),
    h('div', {}, text, list));

  /** Takes one more piece; `language` is that of its words. */
  function add({ text: words, suggestion }, look, language) {
    element.hidden = false;
    if (words) {
      text.lang = language;
      text.textContent = words;
      return;
    }
    const products = suggestion.product_ids.map(matchOf).filter(Boolean);
    list.append(h('li', {},
      h('p', { lang: language }, suggestion.text),
      h('div', { class: 'advised' }, products.map((match) => smallCard(match, { look, open: openProduct })))));
  }

  return { element, add };
}
