// What a conversation is, in few words: from whom, where it came through, in which language, why it waits.

import { h } from '../common/dom.js';
import { say, sayFirst, sayWith } from '../common/words.js';

const TONES = { asked: 'accent', unsure: 'warn', complaint: 'bad', order: '' };

/** Whom it is with: the shop's own id of the customer, or a guest. */
export function customerName({ customer_id: id }) {
  return id ?? say('agent.guest');
}

export function channelName({ channel }) {
  return sayFirst([`agent.channel.${channel}`, 'agent.channel'], { channel });
}

/** The name of its language; null where none is known. */
export function localeName({ locale }) {
  if (!locale) return null;
  return sayWith((tag) => new Intl.DisplayNames(tag, { type: 'language', fallback: 'code' }).of(locale));
}

/** Why a person is needed. */
export function reasonChip({ reason }) {
  return h('span', { class: `chip ${TONES[reason] ?? ''}` }, say(`agent.reason.${reason}`));
}

/** What the service sums up, a paragraph a line. It writes English. */
export function summaryLines(summary) {
  return summary.split('\n').map((line) => h('p', { lang: 'en' }, line));
}
