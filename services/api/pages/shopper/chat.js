// The chat beside the look: with the shop's assistant, and with a person where one is needed.

import { h, fill, freshId } from '../common/dom.js';
import { problemBox } from '../common/problems.js';
import { languageNow, say } from '../common/words.js';
import { messageView } from './chat_message.js';
import { conversationNow, deleteConversation, forget, productsOf, read, saying } from './conversation.js';
import { languageOf } from './degraded.js';
import { icon } from './icons.js';

const WAIT = 4_000;
const WAIT_HIDDEN = 20_000;
const WITH_PEOPLE = ['waiting', 'agent'];
const BESIDE = matchMedia('(min-width: 62rem)');

/** The chat, closed; `photoNow` gives the photo that is looked at, if any. */
export function chat(photoNow) {
  const id = freshId('say');
  const log = h('div', { class: 'log', role: 'log', 'aria-label': say('shopper.chat.log'), tabindex: '0' });
  const standing = h('p', { class: 'standing', role: 'status' });
  const trouble = h('div', { class: 'trouble' });
  const question = h('div', { class: 'trouble' });
  const starters = h('div', { class: 'chips starters' });
  const field = h('textarea', { id, rows: 1, maxlength: 1000, placeholder: say('shopper.chat.placeholder'), on: { keydown } });
  const sendButton = h('button', { class: 'primary icon', 'aria-label': say('shopper.chat.send') }, icon('send'));
  const deletion = h('div', { class: 'deletion' });
  const element = h('dialog', { id: 'chat', class: 'chat', 'aria-labelledby': 'chat-title', on: { close: closed, keydown: escape } },
    h('div', { class: 'chat-head' },
      h('h2', { id: 'chat-title', tabindex: '-1' }, say('shopper.chat')),
      deletion,
      h('button', { type: 'button', class: 'quiet icon', 'aria-label': say('shopper.chat.close'), on: { click: close } }, '×')),
    standing, log, question, trouble, starters,
    h('form', { class: 'composer', on: { submit: (event) => {
      event.preventDefault();
      send(field.value.trim());
    } } }, h('label', { class: 'unseen', for: id }, say('shopper.chat.placeholder')), field, sendButton));
  const unread = h('span', { class: 'unread', hidden: true }, h('span', { class: 'unseen' }, say('shopper.chat.unread')));
  const opener = h('button', { type: 'button', class: 'small chat-opener', 'aria-expanded': 'false', 'aria-controls': 'chat', on: { click: () => (element.open ? close() : open()) } },
    icon('chat'), h('span', {}, say('shopper.chat')), unread);

  let status = 'assistant';
  let agent = null;
  /** The number of the last message that is shown. */
  let shown = 0;
  let sharedPhoto = null;
  let watching = null;
  let sending = false;

  function open() {
    if (BESIDE.matches) element.show();
    else element.showModal();
    document.body.classList.add('with-chat');
    opener.setAttribute('aria-expanded', 'true');
    unread.hidden = true;
    if (shown === 0 && conversationNow() !== null && !sending) catchUp();
    update();
    log.scrollTop = log.scrollHeight;
    field.focus();
  }

  function close() {
    element.close();
  }

  function closed() {
    document.body.classList.remove('with-chat');
    opener.setAttribute('aria-expanded', 'false');
    opener.focus();
  }

  function escape(event) {
    if (event.key === 'Escape') close();
  }

  function keydown(event) {
    if (event.key !== 'Enter' || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    element.querySelector('form').requestSubmit();
  }

  /** Shows who answers, and what can be said to begin with. */
  function update() {
    const over = status === 'closed';
    fill(standing, say(status === 'agent' && agent ? 'shopper.chat.standing.agent_named' : `shopper.chat.standing.${status}`, { agent }));
    standing.dataset.status = status;
    field.disabled = over || sending;
    sendButton.disabled = over || sending;
    fill(deletion, conversationNow() !== null && h('button', { type: 'button', class: 'quiet icon', disabled: sending, 'aria-label': say('shopper.chat.delete'), on: { click: askDeletion } }, icon('waste')));
    fill(starters, over ? starter('shopper.chat.new', startAnew) : shown === 0 && !sending && [
      h('p', { class: 'hint' }, say('shopper.chat.empty')),
      photoNow() && starter('shopper.chat.start.this'),
      starter('shopper.chat.start.person'),
    ]);
  }

  function starter(key, deed = () => send(String(say(key)))) {
    return h('button', { type: 'button', class: 'chip', on: { click: deed } }, say(key));
  }

  async function send(text) {
    if (text === '' || sending) return;
    const photo = photoNow()?.id && photoNow() !== sharedPhoto ? photoNow() : null;
    const mine = messageView({ from: 'customer', text, photo: photo?.url, language: languageNow() });
    const pending = h('p', { class: 'pending', role: 'status' }, h('span', { class: 'busy', 'aria-hidden': 'true' }), h('span', {}, say('shopper.chat.sending')));
    stopWatching();
    sending = true;
    field.value = '';
    fill(trouble);
    append(mine, pending);
    update();
    let heard = false;
    try {
      for await (const { name, data } of saying(text, photo)) {
        if (name === 'message.heard') {
          heard = true;
          shown = data.number;
          sharedPhoto = photo ?? sharedPhoto;
        } else if (name === 'message.understood') {
          fill(pending.lastChild, say(`shopper.chat.doing.${data.intent}`));
        } else if (name === 'message.completed') {
          answered(data);
        }
      }
    } catch (error) {
      // The reply is found and kept, even where the line to it broke.
      if (heard && error.code === 'unreachable') watch();
      else failed(error, text, mine, heard);
    }
    pending.remove();
    sending = false;
    update();
    if (element.open) field.focus();
  }

  function answered({ status: now, message, products, degraded }) {
    status = now;
    if (message) show({ ...message, products, language: languageOf(degraded, languageNow()) });
    if (WITH_PEOPLE.includes(status)) watch();
  }

  function failed(error, text, mine, heard) {
    if (error.code === 'conversation_unknown') startAnew();
    if (!heard) {
      mine.remove();
      field.value = text;
    }
    fill(trouble, problemBox(error));
  }

  function show(message) {
    shown = Math.max(shown, message.number);
    append(messageView(message));
    if (!element.open) unread.hidden = false;
  }

  function append(...parts) {
    log.append(...parts);
    log.scrollTop = log.scrollHeight;
  }

  /** Reads what was said meanwhile, now and again, while a person is to answer or a reply is missing. */
  function watch() {
    stopWatching();
    watching = setTimeout(async () => {
      watching = null;
      await catchUp();
    }, document.hidden ? WAIT_HIDDEN : WAIT);
  }

  function stopWatching() {
    clearTimeout(watching);
    watching = null;
  }

  async function catchUp() {
    try {
      const { conversation, messages } = await read();
      ({ status, agent = null } = conversation);
      for (const message of messages.filter(({ number }) => number > shown)) {
        const hadPhoto = message.from === 'customer' && (message.photo_ids ?? []).length > 0;
        show({ ...message, products: await productsOf(message), hadPhoto });
      }
      fill(trouble);
      update();
      const unanswered = messages.at(-1)?.from === 'customer' && status === 'assistant';
      if (WITH_PEOPLE.includes(status) || unanswered) watch();
    } catch (error) {
      if (error.code === 'conversation_unknown') startAnew();
      fill(trouble, problemBox(error, catchUp));
    }
  }

  function askDeletion() {
    const drop = h('button', { type: 'button', class: 'danger small', on: { click: async () => {
      drop.disabled = true;
      try {
        await deleteConversation();
        startAnew();
        field.focus();
      } catch (error) {
        drop.disabled = false;
        fill(trouble, problemBox(error, () => drop.click()));
      }
    } } }, say('common.delete'));
    fill(question, h('div', { class: 'told', role: 'alertdialog', 'aria-label': say('shopper.chat.delete') },
      h('p', {}, say('shopper.chat.delete.about')),
      h('div', { class: 'row' }, drop, h('button', { type: 'button', class: 'small', on: { click: () => {
        fill(question);
        deletion.querySelector('button')?.focus();
      } } }, say('common.cancel')))));
    drop.focus();
  }

  function startAnew() {
    stopWatching();
    forget();
    status = 'assistant';
    shown = 0;
    sharedPhoto = null;
    fill(log);
    fill(question);
    fill(trouble);
    update();
  }

  BESIDE.addEventListener('change', () => {
    if (!element.open) return;
    element.close();
    open();
  });

  /** Opens with a question about a product begun. */
  function ask(match) {
    open();
    field.value = String(say('shopper.chat.about', { product: match.title }));
    field.focus();
  }

  return { element, opener, ask, update };
}
