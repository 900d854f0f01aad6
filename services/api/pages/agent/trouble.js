// A place that tells what goes wrong again and again, once.

import { fill, h } from '../common/dom.js';
import { problemBox } from '../common/problems.js';

/** Shows an error until `clear`; the same one again is not told anew. */
export function troublePlace() {
  const element = h('div', { class: 'trouble' });
  let code = null;
  return {
    element,
    show(error, retry) {
      if (error.code === code && element.hasChildNodes()) return;
      code = error.code;
      fill(element, problemBox(error, retry));
    },
    clear() {
      code = null;
      fill(element);
    },
  };
}
