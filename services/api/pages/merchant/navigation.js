// The views of the page, and the way to each.

import { h, s } from '../common/dom.js';
import { say } from '../common/words.js';
import { address, pageAddress } from './routes.js';
import { centre } from './strip.js';

const GROUPS = {
  catalog: ['health', 'products', 'import'],
  search: ['rules', 'synonyms'],
  figures: ['reports'],
  connections: ['webhooks', 'keys'],
};

const ICONS = {
  health: 'M3 12h4l2.500-6 4.500 12 2.500-6H21',
  products: 'M12 8.500v-1c1.200-.3 2-1.200 2-2.200A2.100 2.100 0 0 0 9.900 5M12 8.500 2.800 15.600c-.9.7-.4 1.900.7 1.900h17c1.100 0 1.600-1.200.7-1.900L12 8.500Z',
  import: 'M12 4v11m-4.500-4.500L12 15l4.500-4.500M4 19.500h16',
  rules: 'M5 4v16M12 4v16M19 4v16M3 9h4M10 15h4M17 7h4',
  synonyms: 'M4 8h13m-3-3 3 3-3 3M20 16H7m3-3-3 3 3 3',
  reports: 'M4 20V11m5.300 9V5m5.400 15v-6M20 20V8',
  webhooks: 'M9 7V3m6 4V3M6 7h12v5a6 6 0 0 1-12 0V7Zm6 11v3',
  keys: 'M14.500 9.500a4.500 4.500 0 1 0-4 4.470L12 15.500h2V18h2.500v2.500H20V17l-5.800-5.800a4.500 4.500 0 0 0 .3-1.700ZM9 8.500h.01',
};

/** The names of all views, each with a module in `views/`. */
export const VIEWS = Object.values(GROUPS).flat();

/** The navigation, hidden until somebody is signed in. */
export function navigation() {
  return h('nav', { class: 'views', hidden: true, 'aria-label': say('merchant.nav') },
    Object.entries(GROUPS).map(([group, views]) => h('div', { class: 'views-group' },
      h('p', { 'aria-hidden': 'true' }, say(`merchant.nav.${group}`)),
      h('ul', { class: 'plain' }, views.map(entry)))));
}

/** Marks the view that is shown. */
export function mark(nav, view) {
  for (const link of nav.querySelectorAll('a')) {
    if (link.dataset.view !== view) {
      link.removeAttribute('aria-current');
      continue;
    }
    link.setAttribute('aria-current', 'page');
    centre(nav, link);
  }
}

function entry(view) {
  return h('li', {}, h('a', { href: pageAddress(address(view)), data: { view } }, sign(view), say(`merchant.${view}`)));
}

/** The sign that stands for a view. */
export function sign(view) {
  return s('svg', { class: 'sign', viewBox: '0 0 24 24', 'aria-hidden': 'true' }, s('path', { d: ICONS[view] }));
}
