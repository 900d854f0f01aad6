// Files that are had with the token, which a plain link would not send.

import { request } from '../common/api.js';
import { h } from '../common/dom.js';
import { doing } from './buttons.js';

/** A button that saves what a path answers as this type. */
export function downloadButton(label, path, type, name) {
  return doing(label, async () => {
    const answer = await request('GET', path, { accept: type });
    save(await answer.blob(), name);
  });
}

function save(blob, name) {
  const url = URL.createObjectURL(blob);
  h('a', { href: url, download: name }).click();
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
}
