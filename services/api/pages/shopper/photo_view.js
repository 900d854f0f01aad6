// The photo, and the garments seen in it as boxes.

import { h } from '../common/dom.js';
import { kindAndColours } from '../common/format.js';
import { say } from '../common/words.js';
import { drawBox } from './box_drawing.js';
import { area, lay } from './region.js';

/** The photo; `onGarment` is given the garment whose box is pressed and its number, `onRegion` a part that was marked by hand. */
export function photoView(photo, { onGarment, onRegion }) {
  const boxes = new Map();
  const spot = h('span', { class: 'spot', hidden: true, 'aria-hidden': 'true' });
  const frame = h('div', { class: 'frame' },
    photo.url === null ? h('p', { class: 'no-preview' }, say('shopper.photo.no_preview')) : h('img', { src: photo.url, alt: say('shopper.photo.alt') }),
    spot);
  if (photo.url !== null) frame.style.setProperty('--shape', photo.width / photo.height);

  function add(garment, number) {
    boxes.get(garment.id)?.remove();
    const name = say('shopper.box', { number, garment: kindAndColours(garment) });
    const box = h('button', { type: 'button', class: 'box', 'aria-label': name, data: { garment: garment.id }, on: {
      click: () => onGarment(garment, number),
      pointerenter: () => point(garment.id, true),
      pointerleave: () => point(garment.id, false),
    } }, h('b', { 'aria-hidden': 'true' }, number));
    lay(box, garment.box);
    // A small garment is not to be hidden by a large one around it.
    box.style.zIndex = String(100 - Math.round(area(garment.box) * 90));
    boxes.set(garment.id, box);
    frame.append(box);
  }

  /** Shows which box and which garment of the list belong together. */
  function point(id, on) {
    boxes.get(id)?.classList.toggle('pointed', on);
    document.querySelector(`.garment[data-garment="${id}"]`)?.classList.toggle('pointed', on);
  }

  /** Lights one part of the photo; the whole of it where there is none. */
  function light(region, id = null) {
    spot.hidden = region === null;
    if (region !== null) lay(spot, region);
    for (const [garment, box] of boxes) {
      if (garment === id) box.setAttribute('aria-current', 'true');
      else box.removeAttribute('aria-current');
    }
  }

  function draw(over) {
    drawBox(frame, (region) => {
      over();
      if (region !== null) onRegion(region);
    });
  }

  return { element: frame, add, point, light, draw, busy: (on) => frame.classList.toggle('looking', on) };
}
