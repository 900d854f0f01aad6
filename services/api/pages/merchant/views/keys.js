// Keys: what a shop's own servers sign in with.

import { get, post, remove } from '../../common/api.js';
import { h } from '../../common/dom.js';
import { ago, moment } from '../../common/format.js';
import { say } from '../../common/words.js';
import { asking, button } from '../buttons.js';
import { openForm, showSecret } from '../dialog.js';
import { choices, chosenOf, field, FieldError, input } from '../form.js';
import { heading, nothingYet } from '../heading.js';
import { load } from '../load.js';
import { table } from '../table.js';

const PATH = '/v1/keys';
/** What a merchant may let a key do. */
const SCOPES = ['looks', 'search', 'events', 'chat', 'chat:agent', 'catalog:read', 'catalog:write', 'reports', 'customers', 'webhooks', 'keys'];

export function show(place, { signal }) {
  const list = h('div');
  const refresh = () => load(list, () => get(PATH, { signal }), ({ keys }) => (keys.length === 0
    ? nothingYet('keys', say('merchant.keys.none'))
    : keyTable(keys, refresh)));
  place.append(
    heading(say('merchant.keys'), say('merchant.keys.about'),
      button(say('merchant.keys.add'), () => make(refresh), { look: 'primary' })),
    list);
  refresh();
}

function keyTable(keys, refresh) {
  return table({ caption: say('merchant.keys'), rows: keys, columns: [
    { title: say('merchant.name'), cell: ({ name }) => name },
    { title: say('merchant.keys.scopes'), cell: scopeChips },
    { title: say('merchant.keys.made'), cell: ({ created_at: made }) => moment(made) },
    { title: say('merchant.keys.expires'), cell: expiry },
    { title: say('merchant.keys.used'), cell: ({ last_used_at: used }) => (used ? ago(used) : say('merchant.never')) },
    { title: say('merchant.actions'), kind: 'actions', cell: (key) => revokeButton(key, refresh) },
  ] });
}

function scopeChips({ scopes }) {
  return h('span', { class: 'chips' }, scopes.map((scope) => h('span', { class: 'chip' }, say(`merchant.scope.${scope}`))));
}

function expiry({ expires_at: end }) {
  if (!end) return say('merchant.never');
  return new Date(end) < new Date() ? h('span', { class: 'chip bad' }, say('merchant.keys.expired')) : moment(end);
}

function revokeButton({ id, name }, refresh) {
  return asking(say('merchant.keys.revoke'), {
    title: say('merchant.keys.revoke.title', { name }),
    text: say('merchant.keys.revoke.about'),
    run: async () => {
      await remove(`${PATH}/${id}`);
      refresh();
    },
  }, { of: name });
}

function make(refresh) {
  const name = input({ required: true, maxlength: 100 });
  const end = input({ type: 'date' });
  const scopes = choices({ legend: say('merchant.keys.scopes'), chosen: [], pointer: '/scopes',
    options: SCOPES.map((scope) => [scope, say(`merchant.scope.${scope}`), say(`merchant.scope.${scope}.about`)]) });
  openForm(say('merchant.keys.add'), {
    fields: [
      field({ label: say('merchant.name'), hint: say('merchant.keys.name.hint'), control: name, pointer: '/name' }),
      scopes,
      field({ label: say('merchant.keys.expires'), hint: say('merchant.keys.expires.hint'), control: end, pointer: '/expires_at', optional: true }),
    ],
    submit: say('merchant.keys.make'),
    send: async () => {
      const chosen = chosenOf(scopes);
      if (chosen.length === 0) throw new FieldError('/scopes', say('merchant.keys.scopes.none'));
      const expires = end.value ? new Date(`${end.value}T23:59:59`).toISOString() : null;
      const { secret } = await post(PATH, { name: name.value.trim(), scopes: chosen, expires_at: expires });
      refresh();
      return () => showSecret(say('merchant.keys.secret'), say('merchant.secret.once'), secret);
    },
  });
}
