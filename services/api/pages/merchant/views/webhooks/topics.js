// What a webhook can be told of.

import { say } from '../../../common/words.js';

export const TOPICS = ['import.completed', 'import.failed', 'look.completed', 'stock.missing_match', 'conversation.message', 'conversation.handover'];

export function topicName(topic) {
  return say(`merchant.topic.${topic}`);
}
