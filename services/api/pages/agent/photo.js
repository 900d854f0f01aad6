// The photos that the customer sent, with the garments marked on the one that they were seen in.

import { request } from '../common/api.js';
import { fill, freshId, h } from '../common/dom.js';
import { kindAndColours } from '../common/format.js';
import { say, sayList } from '../common/words.js';

/** The photos of a conversation; `close` lets go of them. */
export function photosOf(conversation) {
  const leaving = new AbortController();
  const loaded = new Map();
  let marked = { photo_id: null, garments: [] };
  const frames = new Map();

  const load = (id) => {
    if (!loaded.has(id)) loaded.set(id, loadPhoto(conversation, id, leaving.signal));
    return loaded.get(id);
  };

  const show = async (id, frame) => {
    fill(frame, h('span', { class: 'ghost photo-ghost' }, h('span', { class: 'unseen' }, say('agent.photo.loading'))));
    try {
      const url = await load(id);
      const garments = id === marked.photo_id ? marked.garments : [];
      fill(frame, url === null ? notKept() : photoButton(url, garments));
    } catch (error) {
      loaded.delete(id);
      if (error.name !== 'AbortError') fill(frame, failedToLoad(() => show(id, frame)));
    }
  };

  return {
    /** A photo by its id, as soon as it is there. */
    frame(id) {
      const frame = h('div', { class: 'photo' });
      frames.set(id, [...(frames.get(id) ?? []), frame]);
      show(id, frame);
      return frame;
    },
    /** Marks the garments of a look on its photo. */
    mark(look) {
      marked = look;
      for (const frame of frames.get(look.photo_id) ?? []) show(look.photo_id, frame);
    },
    async close() {
      leaving.abort();
      for (const loading of loaded.values()) {
        const url = await loading.catch(() => null);
        if (url !== null) URL.revokeObjectURL(url);
      }
    },
  };
}

/** Its address in this tab; null where it is not kept any more. */
async function loadPhoto(conversation, id, signal) {
  try {
    const answer = await request('GET', `/v1/agent/conversations/${conversation}/photos/${encodeURIComponent(id)}`, { accept: 'image/jpeg', signal });
    return URL.createObjectURL(await answer.blob());
  } catch (error) {
    if (error.status === 404) return null;
    throw error;
  }
}

function photoButton(url, garments) {
  return h('button', { type: 'button', class: 'photo-open', on: { click: () => enlarge(url, garments) } },
    withBoxes(url, garments), h('span', { class: 'unseen' }, ' ', say('agent.photo.enlarge')));
}

function withBoxes(url, garments) {
  const seen = sayList(garments.map(kindAndColours));
  const alt = garments.length === 0 ? say('agent.photo') : say('agent.photo.of', { garments: seen });
  return h('span', { class: 'photo-boxes' }, h('img', { src: url, alt }), garments.map(({ box }, place) => boxOf(box, place + 1)));
}

/** A box over the photo, its sides as fractions of the photo's. */
function boxOf({ left, top, right, bottom }, number) {
  const box = h('span', { class: 'box', 'aria-hidden': 'true' }, h('span', { class: 'badge' }, number));
  const sides = { left, top, width: right - left, height: bottom - top };
  for (const [side, fraction] of Object.entries(sides)) box.style.setProperty(side, `${fraction * 100}%`);
  return box;
}

function enlarge(url, garments) {
  const id = freshId('photo');
  const dialog = h('dialog', { class: 'photo-dialog', 'aria-labelledby': id, on: { close: () => dialog.remove() } },
    h('div', { class: 'row' },
      h('h2', { id, class: 'grow' }, say('agent.photo')),
      h('button', { type: 'button', class: 'quiet icon', 'aria-label': say('common.close'), on: { click: () => dialog.close() } }, '×')),
    withBoxes(url, garments));
  document.body.append(dialog);
  dialog.showModal();
}

function notKept() {
  return h('p', { class: 'photo-gone' }, say('agent.photo.gone'));
}

function failedToLoad(retry) {
  return h('div', { class: 'photo-gone' },
    h('p', {}, say('agent.photo.failed')),
    h('button', { type: 'button', class: 'small', on: { click: retry } }, say('common.try_again')));
}
