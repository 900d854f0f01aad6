// Who is signed in. A token lives in the tab alone: it goes with it, and no other tab has it.

import { ask, onRefused, useToken } from './api.js';
import { h, fill, freshId } from './dom.js';
import { problemBox } from './problems.js';
import { settings } from './settings.js';
import { say } from './words.js';

/** Says in the tab that its token was refused, to whoever signs in next. */
const REFUSED = 'vitrine.refused';

const key = (role) => `vitrine.token.${role}`;

/** Signs in as a visitor of the shop; null where the shop lets nobody in without a token. */
export async function enterAsGuest(role) {
  const token = sessionStorage.getItem(key(role)) ?? (await newToken(role));
  onRefused(() => newToken(role));
  useToken(token);
  return token;
}

async function newToken(role) {
  sessionStorage.removeItem(key(role));
  if (!(await settings()).sign_in.includes(role)) return null;
  useToken(null);
  const { token } = await ask('POST', '/v1/sign-in', { json: { role }, isLast: true });
  sessionStorage.setItem(key(role), token);
  return token;
}

/**
 * Shows the way in at `place` until there is a token that the service takes for `probe`, a path
 * that the page needs, and then resolves. Later, where the token is refused, it is asked for again.
 */
export async function signIn({ role, place, probe }) {
  const kept = sessionStorage.getItem(key(role));
  const isIn = kept !== null && (await isTaken(kept, probe, place));
  if (!isIn) {
    const again = kept !== null || sessionStorage.getItem(REFUSED) !== null;
    sessionStorage.removeItem(REFUSED);
    await new Promise((done) => showForm({ role, place, probe, problem: again ? say('sign_in.again') : null, done }));
  }
  onRefused(() => {
    sessionStorage.setItem(REFUSED, 'yes');
    signOut(role);
    return null;
  });
}

/** Whether the service takes a token; where it can not be asked, says so and tries again when told to. */
async function isTaken(token, probe, place) {
  for (;;) {
    try {
      return await isGood(token, probe);
    } catch (error) {
      if ([401, 403].includes(error.status)) return false;
      await new Promise((retry) => fill(place, problemBox(error, retry)));
    }
  }
}

async function isGood(token, probe) {
  useToken(token);
  await ask('GET', probe, { isLast: true });
  return true;
}

/** Forgets the token and begins anew. */
export function signOut(role) {
  sessionStorage.removeItem(key(role));
  useToken(null);
  location.reload();
}

async function showForm({ role, place, probe, problem, done }) {
  const told = h('div', { role: 'alert' }, problem === null ? null : h('p', { class: 'hint' }, problem));
  const id = freshId('token');
  const field = h('input', { id, type: 'password', autocomplete: 'off', spellcheck: 'false', required: true });
  const enter = async (token) => {
    try {
      await isGood(token, probe);
      sessionStorage.setItem(key(role), token);
      fill(place);
      done();
    } catch (error) {
      useToken(null);
      fill(told, problemBox(error));
      field.select();
    }
  };
  const submit = (event) => {
    event.preventDefault();
    const token = field.value.trim();
    if (token !== '') enter(token);
  };
  const oneClick = (await settings()).sign_in.includes(role)
    ? h('button', { type: 'button', class: 'primary wide', on: { click: async () => {
      try {
        await enter(await newToken(role));
      } catch (error) {
        fill(told, problemBox(error));
      }
    } } }, say('sign_in.demo'))
    : null;
  fill(place, h('section', { class: 'card sign-in', 'aria-labelledby': `${id}-title` },
    h('h1', { id: `${id}-title` }, say(`sign_in.title.${role}`)),
    h('p', { class: 'hint' }, say(`sign_in.about.${role}`)),
    oneClick,
    oneClick && h('p', { class: 'or' }, say('sign_in.or')),
    h('form', { class: 'stack', on: { submit } },
      h('label', { for: id }, say('sign_in.token')),
      field,
      h('button', { class: oneClick ? 'wide' : 'primary wide' }, say('sign_in.enter'))),
    h('p', { class: 'hint' }, say('sign_in.kept')),
    told));
}
