// Buttons that do something to what they stand beside.

import { h } from '../common/dom.js';
import { problemNotice } from '../common/notices.js';
import { askFirst } from './dialog.js';

/** A button. `of` tells a screen reader what it belongs to, where several are alike. */
export function button(label, press, { of = null, look = 'small' } = {}) {
  return h('button', { type: 'button', class: look, on: { click: press } }, label, of && h('span', { class: 'unseen' }, ' ', of));
}

/** A button that does something at once; it is not to be pressed meanwhile, and what fails is told. */
export function doing(label, run, options) {
  const element = button(label, async () => {
    element.disabled = true;
    try {
      await run();
    } catch (error) {
      problemNotice(error);
    }
    element.disabled = false;
  }, options);
  return element;
}

/** A button that does something once its dialog, of `title` and `text`, is answered. */
export function asking(label, { title, text, run }, options) {
  return button(label, () => askFirst({ title, text, action: label, run }), { look: 'small danger', ...options });
}
