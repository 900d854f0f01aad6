// The line that says what is happening.

import { h, fill } from '../common/dom.js';

/** A line that is read out as it changes: `say` while something goes on, `end` when it is over. */
export function progressLine() {
  const element = h('p', { class: 'progress', role: 'status', 'aria-live': 'polite' });
  return {
    element,
    say: (text) => fill(element, h('span', { class: 'busy', 'aria-hidden': 'true' }), h('span', {}, text)),
    end: (text = '') => fill(element, h('span', {}, text)),
  };
}
