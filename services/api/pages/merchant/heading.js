// What stands on top of each view.

import { h } from '../common/dom.js';
import { sign } from './navigation.js';
import { address, pageAddress } from './routes.js';
import { centre } from './strip.js';

/** The view's name, what it is for, and what can be done at once. */
export function heading(title, about = null, ...actions) {
  return h('header', { class: 'heading' },
    h('div', {}, h('h1', { tabindex: '-1' }, title), about && h('p', { class: 'about' }, about)),
    actions.length > 0 && h('div', { class: 'row' }, actions));
}

/** The way back to a view. */
export function back(label, view, parts = []) {
  return h('p', { class: 'back' }, h('a', { href: address(view, parts) }, h('span', { 'aria-hidden': 'true' }, '← '), label));
}

/** Links between the parts of a view. `parts` are `[key, label, address]`. */
export function tabs(label, parts, now) {
  const strip = h('nav', { class: 'tabs', 'aria-label': label },
    parts.map(([key, name, href]) => h('a', { href: pageAddress(href), 'aria-current': key === now ? 'page' : null }, name)));
  requestAnimationFrame(() => {
    const current = strip.querySelector('[aria-current]');
    if (current) centre(strip, current);
  });
  return strip;
}

/** What stands where there is nothing yet: what to do about it. */
export function nothingYet(view, text, ...actions) {
  return h('div', { class: 'empty' }, sign(view), h('p', {}, text), actions);
}
