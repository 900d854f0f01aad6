// Why an import stopped, or a picture can not be had: in our words, else as the service tells it.

import { h } from '../common/dom.js';
import { has, say } from '../common/words.js';

/** What is wrong and what to do. */
export function failureText({ code, message }) {
  const key = `merchant.failure.${code}`;
  return has(key) ? say(key) : h('span', { lang: 'en' }, message);
}
