// The same service without a browser: what others do to it while a page is open.

import { readFileSync } from 'node:fs';
import { address, assert } from './browser.mjs';

const tokens = new Map();

async function tokenOf(role) {
  if (!tokens.has(role)) {
    const answer = await fetch(`${address}/v1/sign-in`, { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify({ role }) });
    tokens.set(role, (await answer.json()).token);
  }
  return tokens.get(role);
}

/** Asks in a role and gives the JSON that is answered. */
export async function call(role, method, path, body) {
  const isForm = body instanceof FormData;
  const headers = { Authorization: `Bearer ${await tokenOf(role)}`, ...(isForm ? {} : { 'Content-Type': 'application/json' }) };
  const answer = await fetch(address + path, { method, headers, body: isForm ? body : JSON.stringify(body) });
  assert.ok(answer.ok, `${method} ${path}: ${answer.status}`);
  return answer.status === 204 ? null : answer.json();
}

/** A customer who says these things in turn, a photo by `{ photo, text }`; gives the conversation's id. */
export async function talk(said, begun = {}) {
  const { id } = await call('merchant', 'POST', '/v1/conversations', begun);
  for (const one of said) await say(id, one);
  return id;
}

/** One more thing that the customer says. */
export async function say(id, one) {
  const path = `/v1/conversations/${id}/messages`;
  if (typeof one === 'string') return call('shopper', 'POST', path, { text: one });
  const form = new FormData();
  form.append('photo', new Blob([readFileSync(one.photo)]), 'photo.jpg');
  form.append('text', one.text);
  return call('shopper', 'POST', path, form);
}
