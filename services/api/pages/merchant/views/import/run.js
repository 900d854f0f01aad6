// One run of a feed: how far it is, then what it did, or would do.

import { get, remove } from '../../../common/api.js';
import { fill, freshId, h } from '../../../common/dom.js';
import { bytes, moment, number, percent } from '../../../common/format.js';
import { problemBox } from '../../../common/problems.js';
import { say, sayWith } from '../../../common/words.js';
import { doing } from '../../buttons.js';
import { failureText } from '../../failures.js';
import { polled } from '../../poll.js';
import { feedProblems } from './problems.js';

const FIGURES = ['created', 'changed', 'unchanged', 'removed', 'left_out', 'failed'];
const ENDED = ['done', 'failed', 'cancelled'];

function hasEnded({ state }) {
  return ENDED.includes(state);
}

/** Shows a run until its end, and then what `ended` makes of it and the problems of its feed. */
export function run(started, { signal, ended }) {
  const progress = progressOf(started);
  const body = h('div', { class: 'stack loose' }, progress.element);
  const told = h('p', { class: 'unseen', role: 'status' });
  const follow = async () => {
    try {
      for await (const now of polled(() => get(path(started), { signal }), hasEnded, signal)) {
        progress.show(now);
        if (hasEnded(now)) finish(now);
      }
    } catch (error) {
      if (error.name !== 'AbortError') body.append(problemBox(error, again));
    }
  };
  const again = () => {
    fill(body, progress.element);
    follow();
  };
  const finish = (last) => {
    fill(body, outcome(last), ended(last), last.problems > 0 && feedProblems(last, signal));
    fill(told, title(last));
  };
  if (hasEnded(started)) finish(started);
  else follow();
  return h('div', {}, told, body);
}

const path = ({ id }) => `/v1/catalog/imports/${id}`;

function title({ state, dry_run: isTry }) {
  return say(`merchant.run.${isTry ? 'try' : 'import'}.${state}`);
}

function progressOf(started) {
  const id = freshId('progress');
  const bar = h('progress', { id, max: 1 });
  const name = h('h2', {});
  const told = h('p', { class: 'hint' });
  const cancel = doing(say('common.cancel'), () => remove(path(started)));
  const show = (now) => {
    fill(name, h('label', { for: id }, title(now)));
    if (now.share !== null && now.share !== undefined) bar.value = now.share;
    fill(told, far(now));
  };
  show(started);
  return { show, element: h('section', { class: 'card stack run' }, name, bar, h('div', { class: 'row spread' }, told, cancel)) };
}

function far({ counts, share, rows_per_second: speed, seconds_left: left }) {
  const parts = [say('merchant.run.rows', { count: counts.rows })];
  if (typeof share === 'number') parts.unshift(percent(share));
  if (speed) parts.push(say('merchant.run.speed', { rows: Math.round(speed) }));
  if (left) parts.push(say('merchant.run.left', { seconds: Math.ceil(left) }));
  return sayWith(() => parts.map(String).join(' · '));
}

function outcome(last) {
  const { failure, problems, not_modified: same, pictures_failed: pictures } = last;
  return h('section', { class: 'card stack run' },
    h('h2', {}, title(last)),
    facts(last),
    failure && h('div', { class: 'problem' }, h('strong', {}, say('merchant.run.stopped')), h('p', {}, failureText(failure))),
    same && h('p', { class: 'told' }, say('merchant.run.not_modified')),
    last.dry_run && h('p', { class: 'hint' }, say('merchant.run.nothing_written')),
    figures(last.counts),
    pictures > 0 && h('p', { class: 'told' }, say('merchant.run.pictures', { count: pictures })),
    problems === 0 && last.state === 'done' && h('p', { class: 'told good' }, say('merchant.run.no_problems')));
}

function figures(counts) {
  return h('dl', { class: 'figures' }, ['rows', ...FIGURES].map((name) => h('div', { class: `figure ${tone(name, counts[name])}` },
    h('dt', {}, say(`merchant.counts.${name}`)), h('dd', {}, number(counts[name])))));
}

function tone(name, count) {
  if (count === 0) return 'none';
  return { created: 'good', changed: 'good', removed: 'warn', failed: 'bad' }[name] ?? '';
}

function facts({ dialect, mode, feed, url, bytes: size, created_at: begun, enrich }) {
  const lines = [
    [say('merchant.import.mode'), say(`merchant.mode.${mode}`)],
    [say('merchant.import.dialect'), say(`merchant.dialect.${dialect ?? 'auto'}`)],
    feed && [say('merchant.import.feed'), feed],
    url && [say('merchant.address'), h('code', {}, url)],
    size && [say('merchant.import.size'), bytes(size)],
    enrich && [say('merchant.import.enrich'), say('merchant.yes')],
    [say('merchant.import.begun'), moment(begun)],
  ].filter(Boolean);
  return h('dl', { class: 'facts' }, lines.map(([name, value]) => h('div', {}, h('dt', {}, name), h('dd', {}, value))));
}
