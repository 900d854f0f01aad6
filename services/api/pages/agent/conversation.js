// One conversation: what was said, what helps to answer, and the reply.

import { get } from '../common/api.js';
import { fill, freshId, h } from '../common/dom.js';
import { problemBox } from '../common/problems.js';
import { say } from '../common/words.js';
import { contextPanel } from './context.js';
import { draftOf } from './drafts.js';
import { replyEditor } from './editor.js';
import { channelName, customerName, localeName } from './facts.js';
import { messageLog } from './messages.js';
import { agentName } from './name.js';
import { photosOf } from './photo.js';
import { poll } from './poll.js';
import { renewed } from './renewed.js';
import { since } from './since.js';
import { changeStanding, standingButtons, standingLine } from './standing.js';
import { troublePlace } from './trouble.js';

/**
 * Opens a conversation. `onSeen` is told of it each time that it was read, `onChanged` when this
 * page changed it. `focus` goes to its title, `close` ends all that goes on for it.
 */
export function openConversation(id, { onSeen, onChanged }) {
  const leaving = new AbortController();
  const draft = draftOf(id);
  const photos = photosOf(id);
  const log = messageLog(id, photos);
  const editor = replyEditor(id, draft, { onSent: changed, onFailed: failed });
  const context = contextPanel(draft, { onTake: editor.take });
  const trouble = troublePlace();
  const told = h('div', { class: 'trouble' });
  const title = h('h2', { id: freshId('conversation'), tabindex: '-1' }, say('agent.conversation'));
  const facts = h('div', { class: 'conversation-facts' });
  const buttons = h('div');
  const standing = h('p', { class: 'standing', role: 'status' });
  const loading = h('div', { class: 'conversation-loading' }, h('span', { class: 'busy' }), ' ', say('common.loading'));
  const body = h('div', { class: 'conversation-body', hidden: true }, log.element, context.element,
    h('div', { class: 'answer' }, told, standing, editor.element));
  const element = h('section', { class: 'conversation', 'aria-labelledby': title.id },
    h('header', { class: 'conversation-head' },
      h('a', { class: 'back', href: '#', 'aria-label': say('agent.back') }, '‹'),
      h('div', { class: 'conversation-title' }, title, facts),
      buttons),
    trouble.element, loading, body);
  let lookId = null;

  const showTitle = renewed(title, customerName);
  const showFacts = renewed(facts, factsOf);
  const showButtons = renewed(buttons, (conversation) => standingButtons(conversation, change));
  const showStanding = renewed(standing, standingLine);

  const polling = poll(async (signal) => {
    const view = await get(`/v1/agent/conversations/${id}`, { signal });
    trouble.clear();
    show(view);
  }, (error) => {
    loading.hidden = true;
    if (error.code === 'conversation_unknown') gone();
    else trouble.show(error, polling.now);
  });

  function show(view) {
    const { conversation, messages } = view;
    loading.hidden = true;
    body.hidden = false;
    for (const tell of [showTitle, showFacts, showButtons, showStanding]) tell({ ...conversation, me: agentName() });
    editor.speak(conversation.locale);
    log.show(messages, conversation);
    context.show(view);
    findLook(messages);
    onSeen(conversation);
  }

  /** The look of the photo that was answered last: where its garments are, and what matches them. */
  async function findLook(messages) {
    const latest = messages.find((message) => message.look_id)?.look_id ?? null;
    if (latest === null || latest === lookId) return;
    lookId = latest;
    const look = await get(`/v1/looks/${latest}`, { signal: leaving.signal }).catch(() => null);
    if (look === null || leaving.signal.aborted) return;
    context.look(look);
    photos.mark(look);
  }

  /** A conversation that is gone can only be left; what was begun for it is let go. */
  function gone() {
    polling.stop();
    draft.clear();
    body.hidden = true;
    fill(buttons);
    fill(trouble.element, h('div', { class: 'told', role: 'alert' },
      h('strong', {}, say('agent.gone')), h('p', {}, say('agent.gone.about')), h('a', { class: 'button small', href: '#' }, say('agent.back'))));
  }

  async function change(status) {
    const pressed = [...buttons.querySelectorAll('button')];
    for (const button of pressed) button.disabled = true;
    try {
      await changeStanding(id, status);
      await changed();
      if (status === 'agent') editor.focus();
      else title.focus();
    } catch (error) {
      failed(error);
    } finally {
      for (const button of pressed) button.disabled = false;
    }
  }

  async function changed() {
    fill(told);
    onChanged();
    await polling.now();
  }

  /** Tells of it; where somebody else was first, reads what they did. The draft stays. */
  function failed(error) {
    if (error.code === 'conversation_changed') {
      fill(told, h('div', { class: 'told', role: 'alert' }, h('strong', {}, say('agent.changed')), h('p', {}, say('agent.changed.about'))));
    } else {
      fill(told, problemBox(error));
    }
    polling.now();
  }

  return {
    id,
    element,
    focus() {
      title.focus();
    },
    close() {
      leaving.abort();
      polling.stop();
      photos.close();
      context.close();
    },
  };
}

function factsOf(conversation) {
  const { handover, status, created_at: created } = conversation;
  const isWaiting = status === 'waiting' && handover;
  const facts = [channelName(conversation), localeName(conversation)].filter((fact) => fact !== null);
  return [
    h('span', { class: `chip ${isWaiting ? 'accent' : ''}` }, say(`agent.status.${status}.one`)),
    facts.map((fact) => h('span', {}, fact)),
    h('span', {}, say(isWaiting ? 'agent.waits' : 'agent.began'), ' ', since(isWaiting ? handover.at : created, { isWait: Boolean(isWaiting) })),
  ];
}
