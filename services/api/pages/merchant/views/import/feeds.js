// Feeds that are fetched on a schedule.

import { get, post, put, remove } from '../../../common/api.js';
import { fill, h } from '../../../common/dom.js';
import { moment } from '../../../common/format.js';
import { say } from '../../../common/words.js';
import { asking, button, doing } from '../../buttons.js';
import { openForm } from '../../dialog.js';
import { choice, field, input } from '../../form.js';
import { nothingYet } from '../../heading.js';
import { load } from '../../load.js';
import { address, go } from '../../routes.js';

const PATH = '/v1/catalog/feeds';
/** Seconds between two fetches that can be chosen. */
const EVERY = [300, 900, 3_600, 21_600, 86_400, 604_800];

const pathOf = ({ name }) => `${PATH}/${encodeURIComponent(name)}`;

export function showFeeds(place, { signal }) {
  const list = h('div');
  const refresh = () => load(list, () => get(PATH, { signal }), ({ feeds }) => (feeds.length === 0
    ? nothingYet('import', say('merchant.feeds.none'))
    : h('ul', { class: 'plain entries' }, feeds.map((feed) => entry(feed, refresh)))));
  fill(place,
    h('div', { class: 'row spread' },
      h('p', { class: 'hint' }, say('merchant.feeds.about')),
      button(say('merchant.feeds.add'), () => edit(null, refresh), { look: 'primary' })),
    list);
  refresh();
}

function entry(feed, refresh) {
  const { name, url, every_seconds: every, mode, next_at: next, failures, last_import: last } = feed;
  return h('li', { class: 'card entry' },
    h('div', {},
      h('h2', {}, name),
      h('p', {}, h('code', {}, url)),
      h('p', { class: 'hint' }, everySaid(every), ' · ', say(`merchant.mode.${mode}`), ' · ', say('merchant.feeds.next', { when: moment(next) })),
      failures > 0 && h('p', {}, h('span', { class: 'chip bad' }, say('merchant.feeds.failures', { count: failures }))),
      last && h('p', {}, h('a', { href: address('import', ['run', last]) }, say('merchant.feeds.last')))),
    h('div', { class: 'row' },
      doing(say('merchant.feeds.now'), async () => {
        const { id } = await post(`${pathOf(feed)}/imports`);
        go(address('import', ['run', id]));
      }, { of: name }),
      button(say('merchant.edit'), () => edit(feed, refresh), { of: name }),
      asking(say('common.delete'), {
        title: say('merchant.feeds.delete', { name }),
        text: say('merchant.feeds.delete.about'),
        run: async () => {
          await remove(pathOf(feed));
          refresh();
        },
      }, { of: name })));
}

function edit(feed, refresh) {
  const name = input({ required: true, maxlength: 100, value: feed?.name, disabled: feed !== null });
  const url = input({ type: 'url', required: true, inputmode: 'url', placeholder: 'https://', value: feed?.url });
  const times = [...new Set([...EVERY, feed?.every_seconds ?? 3_600])].sort((one, other) => one - other);
  const every = choice(times.map((time) => [String(time), everySaid(time)]), String(feed?.every_seconds ?? 3_600));
  const mode = choice(['upsert', 'replace', 'delta'].map((word) => [word, say(`merchant.mode.${word}`)]), feed?.mode ?? 'upsert');
  openForm(feed ? say('merchant.feeds.edit') : say('merchant.feeds.add'), {
    fields: [
      field({ label: say('merchant.name'), control: name }),
      field({ label: say('merchant.address'), hint: say('merchant.import.url.hint'), control: url, pointer: '/url' }),
      field({ label: say('merchant.feeds.every'), control: every, pointer: '/every_seconds' }),
      field({ label: say('merchant.import.mode'), hint: say('merchant.feeds.mode.hint'), control: mode, pointer: '/mode' }),
    ],
    submit: say('common.save'),
    send: async () => {
      const { force, enrich, dialect, currency } = feed ?? {};
      await put(pathOf({ name: name.value.trim() }), { force, enrich, dialect, currency, url: url.value.trim(), every_seconds: Number(every.value), mode: mode.value });
      refresh();
    },
  });
}

/** Every so many minutes, hours or days. */
function everySaid(seconds) {
  const [unit, size] = [['days', 86_400], ['hours', 3_600], ['minutes', 60], ['seconds', 1]].find(([, length]) => seconds % length === 0);
  return say(`merchant.every.${unit}`, { count: seconds / size });
}
