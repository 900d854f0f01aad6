// Parts of the page that are made anew only where what they tell has changed.

import { fill } from '../common/dom.js';

/**
 * A function that fills `element` with what `build(data)` gives, unless the data are those of the
 * time before: nothing moves under the hands of who reads or presses there.
 */
export function renewed(element, build) {
  let before = null;
  return (data) => {
    const now = JSON.stringify(data);
    if (now === before) return;
    before = now;
    fill(element, build(data));
  };
}
