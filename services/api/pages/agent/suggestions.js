// Replies that the service suggests.

import { h } from '../common/dom.js';
import { say } from '../common/words.js';

/** The suggested replies, in English as the service writes them; `onTake` is called with the one to go on with. */
export function suggestionList(suggestions, onTake) {
  if (suggestions.length === 0) return h('p', { class: 'hint' }, say('agent.suggestions.none'));
  return h('ul', { class: 'plain suggestions' }, suggestions.map((suggestion) => {
    const products = suggestion.product_ids?.length ?? 0;
    return h('li', {}, h('button', { type: 'button', class: 'suggestion', on: { click: () => onTake(suggestion) } },
      h('span', { lang: 'en' }, suggestion.text),
      products > 0 && h('span', { class: 'hint' }, say('agent.suggestions.products', { count: products }))));
  }));
}
