// What a visitor sees first.

import { h } from '../common/dom.js';
import { say } from '../common/words.js';
import { photoButtons } from './pick_photo.js';
import { icon } from './icons.js';

const EXAMPLE = '/pages/shopper/example.svg';
const [WIDTH, HEIGHT] = [640, 844];
/** Where the garments of the drawing are, in hundredths: left, top, width, height. */
const SEEN = [['hat', 33, 7, 34, 12], ['t-shirt', 28, 28, 44, 28.5], ['skirt', 31, 55, 38, 25]];

/** The start: `take` is given a file to look at. */
export function startView(take) {
  return h('div', { class: 'start' },
    h('section', { class: 'invitation', 'aria-labelledby': 'start-title' },
      h('h1', { id: 'start-title' }, say('shopper.start.title')),
      h('p', { class: 'lead' }, say('shopper.start.lead')),
      h('div', { class: 'drop' },
        icon('photo'),
        photoButtons(take),
        h('p', { class: 'hint mouse' }, say('shopper.start.or_drop'))),
      h('p', { class: 'hint promise' }, icon('check'), h('span', {}, say('shopper.start.not_stored')))),
    exampleFigure(take));
}

function exampleFigure(take) {
  const boxes = SEEN.map(([kind, left, top, width, height], at) => {
    const box = h('span', { class: 'seen' }, h('b', {}, at + 1), h('span', {}, say(`category.${kind}`)));
    Object.assign(box.style, { left: `${left}%`, top: `${top}%`, width: `${width}%`, height: `${height}%` });
    return box;
  });
  return h('figure', { class: 'example' },
    h('div', { class: 'specimen', 'aria-hidden': 'true' }, h('img', { src: EXAMPLE, alt: '', width: WIDTH, height: HEIGHT }), boxes),
    h('figcaption', {},
      h('span', {}, say('shopper.start.example')),
      h('button', { type: 'button', class: 'small', on: { click: async () => take(await exampleFile()) } }, say('shopper.start.try'))));
}

/** The drawing as a picture of pixels, which is what the service reads. */
async function exampleFile() {
  const image = new Image(WIDTH, HEIGHT);
  image.src = EXAMPLE;
  await image.decode();
  const canvas = new OffscreenCanvas(WIDTH, HEIGHT);
  canvas.getContext('2d').drawImage(image, 0, 0);
  return canvas.convertToBlob({ type: 'image/png' });
}
