// A photo and what the shop has for it: the whole of it, or one part looked at closer.

import { h, fill } from '../common/dom.js';
import { say } from '../common/words.js';
import { icon } from './icons.js';
import { anotherPhotoButton } from './pick_photo.js';
import { photoView } from './photo_view.js';
import { results } from './results.js';

/**
 * The view of a photo. `take` is given another photo; `step` is called when one part comes to be
 * shown alone, and `back` when that is to be left.
 */
export function lookView(photo, { take, step, back }) {
  const view = photoView(photo, { onGarment: lookAtGarment, onRegion: (region) => lookCloser(region) });
  const whole = results({ photo, view, onCloser: lookAtGarment });
  const title = h('h1', { tabindex: '-1' });
  const place = h('div', {}, whole.element);
  const backButton = h('button', { type: 'button', class: 'quiet back-to-all', hidden: true, on: { click: back } }, icon('back'), say('shopper.back_to_all'));
  const markButton = h('button', { type: 'button', class: 'small', on: { click: mark } }, icon('box'), say('shopper.mark'));
  const element = h('div', { class: 'look' },
    h('div', { class: 'stage' },
      view.element,
      h('div', { class: 'tools row' }, markButton, anotherPhotoButton(take)),
      h('p', { class: 'hint' }, say('shopper.photo.kept'))),
    h('div', { class: 'answers' }, backButton, title, place));
  let closer = null;

  function mark() {
    markButton.disabled = true;
    view.draw(() => {
      markButton.disabled = false;
      markButton.focus();
    });
  }

  function lookAtGarment(garment, number) {
    lookCloser(garment.box, garment.id, number);
  }

  function lookCloser(region, id = null, number = null) {
    if (closer === null) step();
    closer?.stop();
    closer = results({ photo, view, region, number });
    view.light(region, id);
    fill(title, say(id === null ? 'shopper.title.part' : 'shopper.title.closer'));
    fill(place, closer.element);
    backButton.hidden = false;
    closer.ask();
    toTitle();
  }

  /** Shows the whole photo again; whether one part was shown. */
  function leaveCloser() {
    if (closer === null) return false;
    closer.stop();
    closer = null;
    showWhole();
    toTitle();
    return true;
  }

  function showWhole() {
    view.light(null);
    fill(title, say('shopper.title.look'));
    fill(place, whole.element);
    backButton.hidden = true;
  }

  function toTitle() {
    title.focus({ preventScroll: true });
    element.querySelector('.answers').scrollIntoView({ block: 'start' });
  }

  function stop() {
    whole.stop();
    closer?.stop();
  }

  showWhole();
  return { element, leaveCloser, stop, begin: () => {
    title.focus({ preventScroll: true });
    whole.ask();
  } };
}
