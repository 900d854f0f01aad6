// What helps to answer: why the conversation is here, suggested replies, garments, products, the customer.

import { h } from '../common/dom.js';
import { moment, seconds } from '../common/format.js';
import { say } from '../common/words.js';
import { attachPanel } from './attach.js';
import { customerFacts } from './customer.js';
import { reasonChip, summaryLines } from './facts.js';
import { garmentList } from './garments.js';
import { renewed } from './renewed.js';
import { suggestionList } from './suggestions.js';

/** Products of the conversation that are at hand to be attached, the latest first. */
const MENTIONED = 6;
/** From this width on it has a column of its own, and is always open. */
const HAS_COLUMN = matchMedia('(min-width: 72rem)');

/** The context of a conversation. `show` takes what was read of it, `look` the look of its last photo, or null. */
export function contextPanel(draft, { onTake }) {
  const handover = h('div', { class: 'stack' });
  const suggestions = h('div');
  const garments = h('div');
  const customer = h('div');
  const customerSection = section('customer', customer);
  const garmentSection = section('garments', garments);
  const products = attachPanel(draft);
  const leaving = new AbortController();
  let look = null;

  const showHandover = renewed(handover, handoverFacts);
  const showSuggestions = renewed(suggestions, (all) => suggestionList(all, taken));
  const showGarments = renewed(garments, (all) => garmentList(all, (garment) => products.like(garment, matchesOf(look, garment))));
  const showCustomer = renewed(customer, (id) => (id === null ? null : customerFacts(id)));

  const details = h('details', { class: 'context-details' },
    h('summary', {}, say('agent.context')),
    section('handover', handover), section('suggestions', suggestions), garmentSection, section('attach', products.element), customerSection);
  const fit = () => { details.open = HAS_COLUMN.matches; };
  HAS_COLUMN.addEventListener('change', fit, { signal: leaving.signal });
  fit();

  function taken(suggestion) {
    fit();
    onTake(suggestion);
  }

  return {
    element: h('aside', { class: 'context', 'aria-label': say('agent.context') }, details),
    show({ conversation, messages, garments: seen, suggestions: replies }) {
      showHandover(conversation);
      showSuggestions(replies);
      showGarments(seen);
      garmentSection.hidden = seen.length === 0;
      products.mentioned([...new Set(messages.flatMap(({ product_ids: ids = [] }) => ids))].slice(0, MENTIONED));
      showCustomer(conversation.customer_id ?? null);
      customerSection.hidden = !conversation.customer_id;
    },
    look(seen) {
      look = seen;
    },
    close() {
      leaving.abort();
      products.close();
    },
  };
}

function section(name, content) {
  return h('section', { class: 'context-part', data: { part: name } }, h('h3', {}, say(`agent.context.${name}`)), content);
}

/** Why it was handed over and what was said until then; what was said so far where it was not. */
function handoverFacts({ handover, summary, first_answer_ms: first, first_agent_answer_ms: agents }) {
  const times = [['first', first], ['agents', agents]].filter(([, time]) => typeof time === 'number');
  return [
    handover && h('p', { class: 'row' }, reasonChip(handover), h('time', { class: 'hint', datetime: handover.at }, moment(handover.at))),
    h('div', { class: 'summary' }, summaryLines(handover?.summary ?? summary)),
    times.length > 0 && h('dl', { class: 'facts' }, times.map(([name, time]) => [h('dt', {}, say(`agent.answered.${name}`)), h('dd', {}, seconds(time))])),
  ];
}

/** What matches a garment, as found when its photo was answered; null where that is not kept any more. */
function matchesOf(look, { category, box }) {
  const same = (seen) => seen.category === category && JSON.stringify(seen.box) === JSON.stringify(box);
  return look?.garments.find(same)?.matches ?? null;
}
