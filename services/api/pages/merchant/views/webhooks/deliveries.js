// What was and is on its way to a webhook.

import { get, post, withQuery } from '../../../common/api.js';
import { fill, h } from '../../../common/dom.js';
import { moment } from '../../../common/format.js';
import { notice } from '../../../common/notices.js';
import { say } from '../../../common/words.js';
import { asking, button, doing } from '../../buttons.js';
import { openDialog } from '../../dialog.js';
import { choices, chosenOf } from '../../form.js';
import { back, heading, nothingYet } from '../../heading.js';
import { onlyLatest } from '../../latest.js';
import { growing } from '../../load.js';
import { replaceQuery } from '../../routes.js';
import { growingTable } from '../../table.js';
import { topicName } from './topics.js';

const STATES = { waiting: 'accent', delivered: 'good', dead: 'bad' };

export function showDeliveries(place, { id, query, signal }) {
  const path = `/v1/webhooks/${encodeURIComponent(id)}`;
  const list = h('div');
  const url = h('code');
  const latest = onlyLatest(signal);
  const refresh = () => {
    const [state] = chosenOf(states);
    replaceQuery(state ? { state } : {});
    fill(list, deliveryList(path, state, latest(), refresh));
  };
  const states = choices({ legend: say('merchant.state'), one: true, inline: true, chosen: [query.get('state') ?? ''], on: { change: refresh },
    options: [['', say('merchant.all')], ...Object.keys(STATES).map((state) => [state, say(`merchant.deliveries.${state}`)])] });
  const replayDead = asking(say('merchant.deliveries.replay_dead'), {
    title: say('merchant.deliveries.replay_dead'),
    text: say('merchant.deliveries.replay_dead.about'),
    run: () => replay(path, {}, refresh),
  }, { look: '' });
  place.append(back(say('merchant.webhooks'), 'webhooks'),
    heading(say('merchant.webhooks.deliveries'), url, button(say('merchant.refresh'), refresh, { look: '' }), replayDead),
    h('p', { class: 'hint' }, say('merchant.deliveries.about')), states, list);
  refresh();
  get(path, { signal }).then((webhook) => fill(url, webhook.url), () => {});
}

function deliveryList(path, state, signal, refresh) {
  const { element, add } = growingTable({ caption: say('merchant.webhooks.deliveries'), columns: [
    { title: say('merchant.deliveries.told'), cell: ({ created_at: told }) => moment(told) },
    { title: say('merchant.deliveries.event'), cell: ({ event }) => topicName(event) },
    { title: say('merchant.state'), cell: standing },
    { title: say('merchant.deliveries.last'), kind: 'text', cell: lastTry },
    { title: say('merchant.actions'), kind: 'actions', cell: (delivery) => h('div', { class: 'row' },
      button(say('merchant.deliveries.body.show'), () => showBody(delivery)),
      doing(say('merchant.deliveries.replay'), () => replay(path, { delivery_id: delivery.id }, refresh))) },
  ] });
  const ask = async (cursor) => {
    const { deliveries, next } = await get(withQuery(`${path}/deliveries`, { state, cursor }), { signal });
    return { items: deliveries, next };
  };
  return growing({ list: element, ask, add, empty: nothingYet('webhooks', say('merchant.deliveries.none')) });
}

function standing({ state, attempts, next_at: next }) {
  return [
    h('span', { class: `chip ${STATES[state]}` }, say(`merchant.deliveries.${state}`)),
    h('p', { class: 'hint' }, say('merchant.deliveries.attempts', { count: attempts }), next && [' · ', say('merchant.deliveries.next', { when: moment(next) })]),
  ];
}

function lastTry({ last }) {
  if (!last) return say('merchant.deliveries.no_try');
  return [
    last.status ? say('merchant.deliveries.status', { status: String(last.status) }) : say('merchant.deliveries.no_answer'),
    last.error && h('p', { class: 'hint', lang: 'en' }, last.error),
    h('p', { class: 'hint' }, moment(last.at)),
  ];
}

function showBody({ body, message_id: id }) {
  const title = say('merchant.deliveries.body');
  openDialog(title, (close) => [
    h('p', { class: 'hint code' }, id),
    h('pre', { class: 'code', tabindex: '0', role: 'region', 'aria-label': title }, JSON.stringify(body, null, 2)),
    h('div', { class: 'row form-end' }, button(say('common.close'), close, { look: '' })),
  ]);
}

async function replay(path, which, refresh) {
  const { replayed } = await post(`${path}/replays`, which);
  notice(say('merchant.deliveries.replayed', { count: replayed }));
  refresh();
}
