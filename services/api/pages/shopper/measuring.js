// Tells the shop what became of its answers: quietly, in batches, under a name that this visit
// alone has.

import { post } from '../common/api.js';

const WAIT = 1_500;
const MOST = 1_000;

/** Names this visit, until the page is closed. */
export const visitor = random();

let waiting = [];
let timer = null;

/**
 * Something that the visitor did with the answer `look`: `view`, `click`, `thumbs_up` or
 * `thumbs_down`, with the product that it was done to and its place in the answer, if any.
 */
export function tell(kind, look, { product, position } = {}) {
  if (!look) return;
  waiting.push({ id: random(), kind, time: new Date().toISOString(), look_id: look, product_id: product, position, visitor_id: visitor });
  timer ??= setTimeout(send, WAIT);
}

async function send() {
  timer = null;
  const events = waiting;
  waiting = [];
  try {
    await post('/v1/events', { events });
  } catch (error) {
    // Told again with what comes next: each counts once, however often it is sent.
    if (error.status === 0 || error.status === 429 || error.status >= 500) waiting = [...events, ...waiting].slice(-MOST);
  }
}

document.addEventListener('visibilitychange', () => {
  if (document.visibilityState === 'hidden' && waiting.length > 0) send();
});

function random() {
  // `crypto.randomUUID` is there for https alone.
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, '0')).join('');
}
