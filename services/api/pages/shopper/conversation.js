// A conversation with the shop, as the service keeps it.

import { events, get, post, remove } from '../common/api.js';
import { languageNow } from '../common/words.js';
import { entered } from './visit.js';

/** Where its id is kept: it lives as long as this tab. */
const KEY = 'vitrine.conversation';
const PAGE = 50;

/** The id of this tab's conversation; null where none was begun. */
export function conversationNow() {
  return sessionStorage.getItem(KEY);
}

export function forget() {
  sessionStorage.removeItem(KEY);
}

async function begun() {
  await entered();
  if (conversationNow() === null) {
    const { id } = await post('/v1/conversations', { locale: languageNow() });
    sessionStorage.setItem(KEY, id);
  }
  return conversationNow();
}

/** Says something, with a photo or without, and gives the events of the reply. */
export async function* saying(text, photo) {
  const path = `/v1/conversations/${await begun()}/messages`;
  const last = 'message.completed';
  const words = { text, locale: languageNow() };
  try {
    yield* events(path, { json: { ...words, photos: photo?.id ? [{ id: photo.id }] : undefined } }, last);
  } catch (error) {
    if (error.code !== 'photo_unknown') throw error;
    const body = new FormData();
    body.set('photo', photo.blob, 'photo');
    for (const [name, value] of Object.entries(words)) body.set(name, value);
    yield* events(path, { body }, last);
  }
}

/** The conversation and its messages, the oldest first. */
export async function read(signal) {
  await entered();
  const { conversation, messages } = await get(`/v1/conversations/${conversationNow()}?limit=${PAGE}`, { signal });
  return { conversation, messages: messages.reverse() };
}

/** The products that a message shows, with their offers now; those that are gone are left out. */
export async function productsOf({ product_ids: ids = [] }) {
  const found = await Promise.allSettled(ids.map((id) => get(`/v1/products/${encodeURIComponent(id)}`)));
  return found.filter(({ status }) => status === 'fulfilled').map(({ value }) => value);
}

/** Has the conversation forgotten, here and by the service. */
export async function deleteConversation() {
  try {
    await remove(`/v1/conversations/${conversationNow()}`);
  } catch (error) {
    if (error.code !== 'conversation_unknown') throw error;
  }
  forget();
}
