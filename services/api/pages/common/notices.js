// Short notices at the edge of the page, told to screen readers too.

import { h } from './dom.js';
import { problemText } from './problems.js';
import { say } from './words.js';

let shelf = null;

/** Shows a text for some seconds. */
export function notice(text) {
  show('notice', h('p', {}, text), 6_000);
}

/** Shows what went wrong until it is put away. */
export function problemNotice(error) {
  const { title, remedy } = problemText(error);
  show('notice bad', h('p', {}, h('strong', {}, title), ' ', remedy), null);
}

function show(kind, text, time) {
  if (shelf === null) {
    shelf = h('div', { class: 'notices', role: 'status', 'aria-live': 'polite' });
    document.body.append(shelf);
  }
  const away = () => box.remove();
  const box = h('div', { class: kind }, text,
    h('button', { type: 'button', class: 'quiet icon', 'aria-label': say('common.close'), on: { click: away } }, '×'));
  shelf.append(box);
  if (time !== null) setTimeout(away, time);
}
