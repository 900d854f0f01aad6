// The small drawings on buttons.

import { s } from '../common/dom.js';

const PATHS = {
  add: 'M12 5v14M5 12h14',
  back: 'M15 5l-7 7 7 7',
  box: 'M4 8V4h4M16 4h4v4M20 16v4h-4M8 20H4v-4',
  camera: 'M4 8h3l2-3h6l2 3h3v11H4zM12 16.500a3.250 3.250 0 1 0 0-6.500 3.250 3.250 0 0 0 0 6.500Z',
  chat: 'M4 5h16v11H10l-5 4v-4H4z',
  check: 'M5 12.500l4.500 4.500L19 7',
  down: 'M7 4v9h-3V4zM7 12.500l4 7.500c2 0 2.500-1.500 2-4l-.5-2h6.500l-1.500-8.500c-.2-1-.8-1.500-2-1.500H7',
  forward: 'M9 5l7 7-7 7',
  leave: 'M9 5h10v10M19 5L6 18',
  look: 'M10.500 17a6.500 6.500 0 1 0 0-13 6.500 6.500 0 0 0 0 13ZM15.500 15.500L20 20',
  photo: 'M4 5h16v14H4zM4 16l4.500-5 4 4.500 3-3L20 17M15.500 9.500h.01',
  print: 'M7 9V4h10v5M7 17H4V9h16v8h-3M7 14h10v6H7z',
  send: 'M4 12l16-7-5 15-3.500-6.500z',
  swap: 'M5 9h13l-3.500-4M19 15H6l3.500 4',
  take: 'M6 12h12',
  up: 'M7 20v-9H4v9zM7 11.500L11 4c2 0 2.500 1.500 2 4l-.5 2h6.500l-1.500 8.500c-.2 1-.8 1.500-2 1.500H7',
  waste: 'M5 7h14M9 7V4h6v3M7 7l1 13h8l1-13',
};

/** A drawing; what it means stands beside it or in its button's name. */
export function icon(name) {
  return s('svg', { class: 'glyph', viewBox: '0 0 24 24', 'aria-hidden': 'true' }, s('path', { d: PATHS[name] }));
}
