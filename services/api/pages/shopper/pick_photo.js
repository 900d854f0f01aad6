// The ways that a photo gets into the page: chosen, taken, dropped, pasted.

import { h } from '../common/dom.js';
import { icon } from './icons.js';
import { say } from '../common/words.js';

/** Buttons that open the system's choice of files, and the camera where there is one at hand. */
export function photoButtons(take) {
  return h('div', { class: 'row photo-buttons' },
    fileButton({ take, drawing: 'photo', kind: 'primary', text: say('shopper.photo.choose') }),
    fileButton({ take, drawing: 'camera', text: say('shopper.photo.take'), capture: 'environment' }));
}

/** The button for another photo in place of the one that is shown. */
export function anotherPhotoButton(take) {
  return fileButton({ take, drawing: 'photo', kind: 'small', text: say('shopper.photo.another') });
}

function fileButton({ take, drawing, kind, text, capture }) {
  const change = (event) => {
    const [file] = event.target.files;
    event.target.value = '';
    if (file) take(file);
  };
  const input = h('input', { type: 'file', accept: 'image/*', capture, class: 'unseen', tabindex: '-1', 'aria-hidden': 'true', on: { change } });
  return h('span', { class: `file ${drawing}` },
    h('button', { type: 'button', class: kind, on: { click: () => input.click() } }, icon(drawing), text),
    input);
}

/** Takes photos that are dropped anywhere on the page or pasted into it; `over` is told of one above it. */
export function takeAnywhere(take, over) {
  const first = (data) => [...(data?.files ?? [])].find((file) => file.type.startsWith('image/'));
  const carries = (event) => [...event.dataTransfer.types].includes('Files');
  document.addEventListener('paste', (event) => {
    const file = first(event.clipboardData);
    if (file) take(file);
  });
  document.addEventListener('dragover', (event) => {
    if (!carries(event)) return;
    event.preventDefault();
    over(true);
  });
  document.addEventListener('dragleave', (event) => {
    if (event.relatedTarget === null) over(false);
  });
  document.addEventListener('drop', (event) => {
    over(false);
    if (!carries(event)) return;
    event.preventDefault();
    const [file] = event.dataTransfer.files;
    if (file) take(file);
  });
}
