// Webhooks: where the shop's own servers are told what happened.

import { get, patch, post, remove } from '../../common/api.js';
import { h } from '../../common/dom.js';
import { moment } from '../../common/format.js';
import { say } from '../../common/words.js';
import { asking, button, doing } from '../buttons.js';
import { openForm, showSecret } from '../dialog.js';
import { choices, chosenOf, field, FieldError, input } from '../form.js';
import { heading, nothingYet } from '../heading.js';
import { load } from '../load.js';
import { address } from '../routes.js';
import { showDeliveries } from './webhooks/deliveries.js';
import { topicName, TOPICS } from './webhooks/topics.js';

const PATH = '/v1/webhooks';
const pathOf = ({ id }) => `${PATH}/${id}`;
const TONES = { enabled: 'good', disabled: '', gone: 'bad' };

export function show(place, { parts: [id], query, signal }) {
  if (id !== undefined) {
    showDeliveries(place, { id, query, signal });
    return;
  }
  const list = h('div');
  const refresh = () => load(list, () => get(PATH, { signal }), ({ webhooks }) => (webhooks.length === 0
    ? nothingYet('webhooks', say('merchant.webhooks.none'))
    : h('ul', { class: 'plain entries' }, webhooks.map((webhook) => entry(webhook, refresh)))));
  place.append(
    heading(say('merchant.webhooks'), say('merchant.webhooks.about'),
      button(say('merchant.webhooks.add'), () => edit(null, refresh), { look: 'primary' })),
    list);
  refresh();
}

function entry(webhook, refresh) {
  const { url, events, status, created_at: made, old_secret_until: old } = webhook;
  const isOn = status === 'enabled';
  return h('li', { class: 'card entry' },
    h('div', {},
      h('h2', { class: 'code' }, url),
      h('p', { class: 'chips' },
        h('span', { class: `chip ${TONES[status]}` }, say(`merchant.webhooks.${status}`)),
        events.map((topic) => h('span', { class: 'chip' }, topicName(topic)))),
      status === 'gone' && h('p', { class: 'hint' }, say('merchant.webhooks.gone.about')),
      h('p', { class: 'hint' }, say('merchant.webhooks.made', { when: moment(made) })),
      old && h('p', { class: 'hint' }, say('merchant.webhooks.old_secret', { when: moment(old) }))),
    h('div', { class: 'row' },
      h('a', { class: 'button small', href: address('webhooks', [webhook.id]) }, say('merchant.webhooks.deliveries'), h('span', { class: 'unseen' }, ' ', url)),
      doing(isOn ? say('merchant.disable') : say('merchant.enable'), async () => {
        await patch(pathOf(webhook), { enabled: !isOn });
        refresh();
      }, { of: url }),
      button(say('merchant.edit'), () => edit(webhook, refresh), { of: url }),
      button(say('merchant.webhooks.rotate'), () => askForSecret(webhook, refresh), { of: url }),
      asking(say('common.delete'), {
        title: say('merchant.webhooks.delete'),
        text: say('merchant.webhooks.delete.about', { url }),
        run: async () => {
          await remove(pathOf(webhook));
          refresh();
        },
      }, { of: url })));
}

function askForSecret(webhook, refresh) {
  openForm(say('merchant.webhooks.rotate'), {
    fields: [h('p', {}, say('merchant.webhooks.rotate.about'))],
    submit: say('merchant.webhooks.rotate'),
    send: async () => {
      const { secret } = await post(`${pathOf(webhook)}/secret`);
      refresh();
      return () => tellSecret(secret);
    },
  });
}

function edit(webhook, refresh) {
  const url = input({ type: 'url', required: true, inputmode: 'url', placeholder: 'https://', value: webhook?.url });
  const topics = choices({ legend: say('merchant.webhooks.events'), chosen: webhook?.events ?? [], pointer: '/events',
    options: TOPICS.map((topic) => [topic, topicName(topic), h('code', {}, topic)]) });
  openForm(webhook ? say('merchant.webhooks.edit') : say('merchant.webhooks.add'), {
    fields: [field({ label: say('merchant.address'), hint: say('merchant.webhooks.url.hint'), control: url, pointer: '/url' }), topics],
    submit: say('common.save'),
    send: async () => {
      const events = chosenOf(topics);
      if (events.length === 0) throw new FieldError('/events', say('merchant.webhooks.events.none'));
      const body = { url: url.value.trim(), events };
      const { secret } = webhook ? await patch(pathOf(webhook), body) : await post(PATH, body);
      refresh();
      return secret ? () => tellSecret(secret) : undefined;
    },
  });
}

function tellSecret(secret) {
  showSecret(say('merchant.webhooks.secret'), say('merchant.secret.once'), secret);
}
