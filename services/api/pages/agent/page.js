// The page of the customer-service team: the queue, and beside it one conversation, named by the hash.

import { fill, h } from '../common/dom.js';
import { header } from '../common/header.js';
import { picture } from '../common/pictures.js';
import { signIn, signOut } from '../common/session.js';
import { start } from '../common/start.js';
import { onLanguage, say } from '../common/words.js';
import { openConversation } from './conversation.js';
import { forgetDrafts } from './drafts.js';
import { askName, forgetName, nameButton } from './name.js';
import { openQueue } from './queue.js';
import { countUp } from './since.js';

const ROLE = 'agent';
const PROBE = '/v1/agent/conversations?limit=1';
const ID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

start('agent.page', async () => {
  const own = h('span', { class: 'own' });
  const main = h('main', { id: 'main', tabindex: '-1' });
  document.body.append(header({ title: say('agent.title'), extras: [own] }), main);
  keepHashForConversations(main);
  await signIn({ role: ROLE, place: main, probe: PROBE });
  await askName(main);
  fill(own, nameButton(), signOutButton());
  showWorkplace(main);
});

function signOutButton() {
  const leave = () => {
    forgetDrafts();
    forgetName();
    signOut(ROLE);
  };
  return h('button', { type: 'button', class: 'quiet small', on: { click: leave } }, say('common.sign_out'));
}

/** The link that skips the bar would else put `#main` where the conversation stands. */
function keepHashForConversations(main) {
  document.querySelector('.skip').addEventListener('click', (event) => {
    event.preventDefault();
    main.focus();
  });
}

function showWorkplace(main) {
  const queue = openQueue({ onWaiting: titleWith() });
  const desk = h('div', { class: 'desk' });
  let open = null;

  const show = ({ moveFocus }) => {
    const before = open?.id ?? null;
    const id = conversationOfHash();
    if (open !== null && id === before) return;
    open?.close();
    open = id === null ? null : openConversation(id, { onSeen: queue.saw, onChanged: queue.refresh });
    queue.select(id);
    main.classList.toggle('is-open', id !== null);
    fill(desk, open === null ? nothingOpen() : open.element);
    if (!moveFocus) return;
    if (open !== null) open.focus();
    else queue.focus(before);
  };

  main.classList.add('workplace');
  fill(main, h('h1', { class: 'unseen' }, say('agent.title')), queue.element, desk);
  addEventListener('hashchange', () => show({ moveFocus: true }));
  show({ moveFocus: false });
  countUp();
}

function conversationOfHash() {
  const id = location.hash.slice(1);
  return ID.test(id) ? id : null;
}

function nothingOpen() {
  return h('div', { class: 'nothing-open' },
    picture(null),
    h('h2', {}, say('agent.none.title')),
    h('p', { class: 'hint' }, say('agent.none.about')));
}

/** Tells in the title of the page how many wait. */
function titleWith() {
  let waiting = '';
  const tell = () => {
    document.title = waiting === '' ? String(say('agent.page')) : `(${waiting}) ${say('agent.page')}`;
  };
  onLanguage(tell);
  return (many) => {
    waiting = many;
    tell();
  };
}
