// What was said, the newest last.

import { get, withQuery } from '../common/api.js';
import { h } from '../common/dom.js';
import { moment, shortMoment } from '../common/format.js';
import { problemNotice } from '../common/notices.js';
import { say } from '../common/words.js';
import { productCards } from './products.js';

const PAGE = 100;
/** Pixels from the end within which the log follows what comes. */
const NEAR = 120;

/** The log of a conversation. `show` takes its newest messages, the newest first, each time that they were read. */
export function messageLog(id, photos) {
  const list = h('ol', { class: 'plain messages' });
  const earlier = h('button', { type: 'button', class: 'small earlier', hidden: true, on: { click: () => showEarlier() } }, say('agent.log.earlier'));
  const begin = h('p', { class: 'hint earlier', hidden: true }, say('agent.log.begin'));
  const scroller = h('div', { class: 'log', role: 'log', tabindex: '0', 'aria-label': say('agent.log') }, earlier, begin, list);
  const newest = h('button', { type: 'button', class: 'small to-newest', hidden: true, on: { click: () => toNewest() } }, say('agent.log.newest'));
  const items = new Map();
  let cursor = null;
  let hasRead = false;
  let locale = null;
  let follows = true;

  scroller.addEventListener('scroll', () => {
    follows = scroller.scrollHeight - scroller.scrollTop - scroller.clientHeight < NEAR;
    if (follows) newest.hidden = true;
  }, { passive: true });
  // Photos and products make messages higher once they are there.
  const sizes = new ResizeObserver(() => follows && toNewest());
  sizes.observe(list);
  sizes.observe(scroller);

  const oldest = () => Math.min(...items.keys());
  const latest = () => Math.max(...items.keys());

  function toNewest() {
    follows = true;
    scroller.scrollTop = scroller.scrollHeight;
    newest.hidden = true;
  }

  function add(messages) {
    const unknown = messages.filter(({ number }) => !items.has(number));
    for (const message of unknown) items.set(message.number, messageItem(message, { photos, locale }));
    if (unknown.length === 0) return [];
    const numbers = [...items.keys()].sort((a, b) => a - b);
    numbers.forEach((number, place) => {
      const item = items.get(number);
      if (list.children[place] !== item) list.insertBefore(item, list.children[place] ?? null);
    });
    return unknown;
  }

  /** Forgets what is there where messages between it and the newest are missing. */
  function closeGap(messages) {
    if (items.size === 0 || messages.length === 0 || messages.at(-1).number <= latest() + 1) return;
    items.clear();
    list.replaceChildren();
    cursor = null;
    hasRead = false;
  }

  async function showEarlier() {
    earlier.disabled = true;
    follows = false;
    const before = scroller.scrollHeight - scroller.scrollTop;
    try {
      const page = await get(withQuery(`/v1/conversations/${id}`, { limit: PAGE, cursor }));
      cursor = page.next ?? null;
      hasRead = cursor === null;
      add(page.messages);
      scroller.scrollTop = scroller.scrollHeight - before;
      tellBegin();
    } catch (error) {
      problemNotice(error);
    } finally {
      earlier.disabled = false;
    }
  }

  function tellBegin() {
    const isComplete = items.size === 0 || oldest() === 1;
    const hadFocus = document.activeElement === earlier;
    earlier.hidden = isComplete || hasRead;
    begin.hidden = isComplete || !hasRead;
    if (hadFocus && earlier.hidden) scroller.focus();
  }

  return {
    element: h('div', { class: 'log-frame' }, scroller, newest),
    show(messages, conversation) {
      locale = conversation.locale ?? null;
      closeGap(messages);
      const added = add(messages);
      tellBegin();
      if (follows || added.some(({ from }) => from === 'agent')) toNewest();
      else if (added.length > 0) newest.hidden = false;
    },
  };
}

function messageItem(message, { photos, locale }) {
  const { from, agent, text, at, intent, suggestion, photo_ids: pictures = [], product_ids: products = [] } = message;
  return h('li', { class: 'message', data: { from } },
    h('p', { class: 'message-head' },
      h('strong', {}, from === 'agent' && agent ? agent : say(`agent.from.${from}`)),
      h('time', { datetime: at, title: moment(at) }, shortMoment(at)),
      intent && h('span', { class: 'chip' }, h('span', { class: 'unseen' }, say('agent.intent'), ' '), say(`agent.intent.${intent}`)),
      suggestion && h('span', { class: 'chip' }, say('agent.message.suggested'))),
    pictures.length > 0 && h('div', { class: 'message-photos' }, pictures.map((picture) => photos.frame(picture))),
    text !== '' && h('p', { class: 'message-text', dir: 'auto', lang: langOf(from, locale) }, text),
    products.length > 0 && productCards(products));
}

/** The assistant writes the customer's language or English; an agent may write any. */
function langOf(from, locale) {
  return from === 'agent' ? null : (locale ?? (from === 'assistant' ? 'en' : null));
}
