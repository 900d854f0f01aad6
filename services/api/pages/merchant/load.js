// What is fetched before it can be shown.

import { fill, h } from '../common/dom.js';
import { problemBox } from '../common/problems.js';
import { say } from '../common/words.js';

/** What stands where something is on its way. */
export function loading() {
  return h('div', { class: 'loading', role: 'status' },
    h('span', { class: 'unseen' }, say('common.loading')),
    [1, 2, 3].map(() => h('div', { class: 'ghost', 'aria-hidden': 'true' })));
}

/**
 * Fills a place with what `ask` fetches, as `show` shows it; where that fails, with why and a way
 * to try again. What was abandoned (AbortError) is not shown any more.
 */
export async function load(place, ask, show) {
  fill(place, loading());
  try {
    fill(place, show(await ask()));
  } catch (error) {
    if (error.name !== 'AbortError') fill(place, problemBox(error, () => load(place, ask, show)));
  }
}

/**
 * A list that comes page by page: `ask(cursor)` gives `{ items, next }`, `add(items)` adds them to
 * `list`. Where there are none at all, `empty` is shown instead.
 */
export function growing({ list, ask, add, empty }) {
  const place = h('div', { class: 'growing' }, loading());
  const more = h('button', { type: 'button', on: { click: () => fetchPage() } }, say('common.more'));
  const told = h('p', { class: 'hint', role: 'status', tabindex: '-1' });
  const failed = h('div');
  const foot = h('div', { class: 'growing-foot' }, more, told, failed);
  let count = 0;
  let cursor = null;
  const showPage = ({ items, next }) => {
    if (count === 0) fill(place, items.length > 0 || next ? [list, foot] : empty);
    add(items);
    count += items.length;
    cursor = next ?? null;
    fill(told, say('merchant.shown', { count }));
    const hadFocus = document.activeElement === more;
    more.hidden = cursor === null;
    if (hadFocus && more.hidden) told.focus();
  };
  const fetchPage = async () => {
    more.disabled = true;
    fill(failed);
    try {
      showPage(await ask(cursor));
    } catch (error) {
      if (error.name !== 'AbortError') fill(count === 0 ? place : failed, problemBox(error, fetchPage));
    }
    more.disabled = false;
  };
  fetchPage();
  return place;
}
