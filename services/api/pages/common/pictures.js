// Pictures of products, from where the shop has them.

import { h, s } from './dom.js';
import { settings } from './settings.js';

let places = [];

/** Learns where pictures are; call once before the first is shown. */
export async function knowPictures() {
  places = Object.entries((await settings()).pictures);
}

/** The picture at an address, or a hanger where there is none or it can not be had. `alt` is empty where the text beside says it. */
export function picture(link, alt = '') {
  const frame = h('span', { class: 'picture' }, hanger());
  if (!link) return frame;
  const image = h('img', { alt, loading: 'lazy', decoding: 'async', on: {
    load: () => frame.replaceChildren(image),
    error: () => frame.replaceChildren(hanger()),
  } });
  frame.append(image);
  image.src = place(link);
  return frame;
}

function place(link) {
  const moved = places.find(([from]) => link.startsWith(from));
  return moved ? moved[1] + link.slice(moved[0].length) : link;
}

function hanger() {
  return s('svg', { class: 'hanger', viewBox: '0 0 24 24', 'aria-hidden': 'true' },
    s('path', { d: 'M12 8.5V7.6c1.2-.3 2-1.2 2-2.3A2.1 2.1 0 0 0 9.9 5M12 8.5 2.8 15.6c-.9.7-.4 1.9.7 1.9h17c1.1 0 1.6-1.2.7-1.9L12 8.5Z' }));
}
