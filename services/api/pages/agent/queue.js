// Who waits, the longest first, and the conversations that do not wait.

import { get, withQuery } from '../common/api.js';
import { fill, freshId, h } from '../common/dom.js';
import { say } from '../common/words.js';
import { hasDraft } from './drafts.js';
import { channelName, customerName, localeName, reasonChip } from './facts.js';
import { poll } from './poll.js';
import { since } from './since.js';
import { troublePlace } from './trouble.js';

const STATUSES = ['waiting', 'agent', 'assistant', 'closed'];
const PAGE = 20;

/**
 * The queue. `onWaiting` is told how many wait each time that they were counted. `select` marks the
 * conversation that is open, `saw` notes how far one was read, `focus` goes to one in the list.
 */
export function openQueue({ onWaiting }) {
  const title = freshId('queue');
  const list = h('ul', { class: 'plain queue-list' });
  const empty = h('div', { class: 'empty', hidden: true });
  const loading = h('div', { class: 'queue-loading', 'aria-hidden': 'true' }, [1, 2, 3].map(() => h('span', { class: 'ghost' })));
  const more = h('button', { type: 'button', class: 'wide', hidden: true, on: { click: () => showMore() } }, say('common.more'));
  const trouble = troublePlace();
  const told = h('div', { class: 'unseen', role: 'status' });
  const count = h('span', { class: 'count', hidden: true });
  const items = new Map();
  const seen = new Map();
  const arrivals = newcomers(told);
  let status = 'waiting';
  let pages = 1;
  let selected = null;
  let shown = [];

  const filters = STATUSES.map((each) => h('button', {
    type: 'button', class: 'chip', 'aria-pressed': String(each === status), data: { status: each }, on: { click: () => choose(each) },
  }, say(`agent.status.${each}`), each === 'waiting' && count));

  const element = h('nav', { class: 'queue', 'aria-labelledby': title },
    h('h2', { id: title }, say('agent.queue')),
    h('div', { class: 'chips', role: 'group', 'aria-label': say('agent.queue.filter') }, filters),
    trouble.element, loading, list, empty, more, told);

  const polling = poll(async (signal) => {
    const asked = status;
    const answer = await load(asked, pages, signal);
    const waiting = asked === 'waiting' ? answer : await load('waiting', 1, signal);
    trouble.clear();
    shown = answer.conversations;
    tellWaiting(waiting);
    render(answer.hasMore);
  }, (error) => {
    loading.hidden = true;
    trouble.show(error, polling.now);
  });

  function choose(wanted) {
    status = wanted;
    pages = 1;
    for (const filter of filters) filter.setAttribute('aria-pressed', String(filter.dataset.status === wanted));
    fill(list);
    empty.hidden = true;
    more.hidden = true;
    loading.hidden = false;
    polling.now();
  }

  async function showMore() {
    const last = shown.at(-1).id;
    pages += 1;
    more.disabled = true;
    await polling.now();
    more.disabled = false;
    (items.get(last)?.element.nextSibling ?? items.get(last)?.element)?.querySelector('a').focus();
  }

  function tellWaiting({ conversations, hasMore }) {
    arrivals(conversations.map(({ id, handover }) => `${id} ${handover?.at}`));
    const { length } = conversations;
    const many = length === 0 ? '' : `${length}${hasMore ? '+' : ''}`;
    count.hidden = length === 0;
    count.textContent = many;
    onWaiting(many);
  }

  function render(hasMore = !more.hidden) {
    loading.hidden = true;
    const wanted = shown.map(item);
    if (wanted.length !== list.children.length || wanted.some((each, place) => list.children[place] !== each)) {
      const focused = document.activeElement?.closest?.('.queue-list a')?.hash;
      fill(list, wanted);
      if (focused) list.querySelector(`a[href="${focused}"]`)?.focus();
    }
    more.hidden = !hasMore;
    empty.hidden = shown.length > 0;
    if (shown.length === 0) fill(empty, h('p', {}, h('strong', {}, say(`agent.queue.empty.${status}`))), status === 'waiting' && h('p', {}, say('agent.queue.empty.about')));
  }

  function item(conversation) {
    const { id } = conversation;
    const marks = { isOpen: id === selected, isNew: id !== selected && seen.has(id) && conversation.messages > seen.get(id), hasDraft: id !== selected && hasDraft(id) };
    const key = JSON.stringify([conversation, marks]);
    if (items.get(id)?.key !== key) items.set(id, { key, element: queueItem(conversation, marks) });
    return items.get(id).element;
  }

  return {
    element,
    refresh: polling.now,
    saw({ id, messages }) {
      seen.set(id, messages);
    },
    select(id) {
      selected = id;
      if (loading.hidden) render();
    },
    focus(id) {
      (items.get(id)?.element.querySelector('a') ?? filters[0]).focus();
    },
  };
}

/** The first pages of those that have a status, one after another. */
async function load(status, pages, signal) {
  const conversations = [];
  let cursor = null;
  for (let page = 0; page < pages; page += 1) {
    const answer = await get(withQuery('/v1/agent/conversations', { status, limit: PAGE, cursor }), { signal });
    conversations.push(...answer.conversations);
    cursor = answer.next ?? null;
    if (cursor === null) break;
  }
  return { conversations, hasMore: cursor !== null };
}

/** A function that tells screen readers how many of those that wait did not before. */
function newcomers(told) {
  let known = null;
  return (waiting) => {
    const count = known === null ? 0 : waiting.filter((each) => !known.has(each)).length;
    known = new Set([...(known ?? []), ...waiting]);
    if (count > 0) fill(told, say('agent.queue.arrived', { count }));
  };
}

function queueItem(conversation, { isOpen, isNew, hasDraft: isBegun }) {
  const { id, status, handover, updated_at: updated, messages, agent } = conversation;
  const isWaiting = status === 'waiting' && handover;
  const facts = [channelName(conversation), localeName(conversation), say('agent.messages', { count: messages })];
  return h('li', {},
    h('a', { href: `#${id}`, class: 'queue-item', 'aria-current': isOpen && 'true' },
      h('span', { class: 'queue-who' },
        h('strong', {}, customerName(conversation)),
        h('span', { class: 'queue-time' },
          h('span', { class: isWaiting && 'unseen' }, say(isWaiting ? 'agent.waits' : 'agent.last'), ' '),
          since(isWaiting ? handover.at : updated, { isWait: Boolean(isWaiting) }))),
      h('span', { class: 'chips' },
        handover && reasonChip(handover),
        status === 'agent' && h('span', { class: 'chip' }, agent),
        isNew && h('span', { class: 'chip accent' }, say('agent.queue.new')),
        isBegun && h('span', { class: 'chip warn' }, say('agent.queue.draft'))),
      h('span', { class: 'queue-summary', lang: 'en' }, conversation.summary.split('\n').slice(-2).map((line) => h('span', {}, line))),
      h('span', { class: 'queue-facts' }, facts.filter((fact) => fact !== null).map((fact) => h('span', {}, fact)))));
}
