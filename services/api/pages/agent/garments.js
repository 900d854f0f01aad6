// What the customer's last photo shows.

import { h } from '../common/dom.js';
import { category, kindAndColours, pattern, percent } from '../common/format.js';
import { say, sayJoined } from '../common/words.js';

/** The garments, numbered as their boxes are; `onFind` is called with the one that products are wanted for. */
export function garmentList(garments, onFind) {
  if (garments.length === 0) return h('p', { class: 'hint' }, say('agent.garments.none'));
  return h('ol', { class: 'plain garments' }, garments.map((garment, place) => h('li', { class: 'garment' },
    h('span', { class: 'badge', 'aria-hidden': 'true' }, place + 1),
    h('div', { class: 'garment-text' },
      h('strong', {}, kindAndColours(garment)),
      h('span', { class: 'hint' }, details(garment)),
      doubt(garment),
      garment.text && h('span', { class: 'hint' }, say('agent.garments.text', { text: garment.text }))),
    h('button', { type: 'button', class: 'small', on: { click: () => onFind(garment) } },
      say('agent.garments.find'),
      h('span', { class: 'unseen' }, kindAndColours(garment))))));
}

function details({ pattern: seen, sleeve, length }) {
  return sayJoined([pattern(seen), sleeve && say(`sleeve.${sleeve}`), length && say(`length.${length}`)].filter(Boolean));
}

/** How sure the model is of the kind, and what else it may be. */
function doubt({ confidence, perhaps }) {
  const sure = typeof confidence === 'number' && h('span', { class: `chip ${perhaps ? 'warn' : 'good'}` }, say('agent.garments.sure', { share: percent(confidence) }));
  const other = perhaps && h('span', { class: 'chip warn' }, say('agent.garments.perhaps', { kind: category(perhaps) }));
  return (sure || other) && h('span', { class: 'chips' }, sure, other);
}
