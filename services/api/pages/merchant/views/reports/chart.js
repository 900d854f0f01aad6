// A report's chart, drawn by the service in the reader's language.

import { request } from '../../../common/api.js';
import { fill, h } from '../../../common/dom.js';
import { bind, sayWith } from '../../../common/words.js';

const SVG = 'image/svg+xml';

/** The chart, once it is here; the figures beside it say the same, so it may be missing. */
export function chart(path, alt, signal) {
  const frame = h('figure', { class: 'card chart', hidden: true });
  bind(sayWith((tag) => tag), frame, (tag) => draw(frame, path, alt, tag, signal).catch(() => {}));
  return frame;
}

async function draw(frame, path, alt, tag, signal) {
  const answer = await request('GET', path, { accept: SVG, headers: { 'Accept-Language': tag }, signal });
  if (!answer.headers.get('Content-Type')?.startsWith(SVG)) return;
  const url = URL.createObjectURL(await answer.blob());
  fill(frame, h('img', { src: url, alt, on: { load: () => URL.revokeObjectURL(url) } }));
  frame.hidden = false;
}
