// One import, from the feed that is chosen to what it did. A feed is always tried first: its dry
// run reports everything and writes nothing.

import { get, post, withQuery } from '../../../common/api.js';
import { fill, h } from '../../../common/dom.js';
import { say } from '../../../common/words.js';
import { onlyLatest } from '../../latest.js';
import { load } from '../../load.js';
import { address } from '../../routes.js';
import { decision, forcing, isForceable } from './decision.js';
import { run } from './run.js';
import { source } from './source.js';

/** Lets a feed be chosen, tries it, and imports it once that is wanted. */
export function showNewImport(place, { signal }) {
  const result = h('section', { class: 'import-result', 'aria-label': say('merchant.import.result') });
  const latest = onlyLatest(signal);
  const begin = async (feed, options) => {
    const until = latest();
    const started = await send(feed, options, until);
    fill(result, run(started, { signal: until, ended: (last) => next(feed, options, last) }));
    result.scrollIntoView({ block: 'start', behavior: 'smooth' });
  };
  const next = (feed, options, last) => {
    const again = (change) => begin(feed, { ...options, ...change });
    if (last.dry_run) return decision(last, { again, go: () => again({ dry_run: false }) });
    if (isForceable(last)) return forcing(last, () => again({ force: true }));
    return h('p', {}, h('a', { class: 'button', href: address('health') }, say('merchant.import.to_health')));
  };
  const tryOut = (feed, options) => begin(feed, { ...options, mode: 'upsert', dry_run: true });
  fill(place, source({ tryOut, changed: () => {
    latest();
    fill(result);
  } }), result);
}

/** Shows an import of before, or one that still runs. */
export function showKeptRun(place, { id, signal }) {
  load(place, () => get(`/v1/catalog/imports/${encodeURIComponent(id ?? '')}`, { signal }), (kept) => run(kept, {
    signal,
    ended: (last) => last.dry_run && h('p', { class: 'told' }, say('merchant.import.kept_try')),
  }));
}

function send(feed, options, signal) {
  if (feed.url) return post('/v1/catalog/imports', { url: feed.url, ...options }, { signal });
  return post(withQuery('/v1/catalog/imports', options), undefined, { body: feed.body, type: 'application/octet-stream', signal });
}
