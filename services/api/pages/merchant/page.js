// The merchant's page: the way in, the navigation, and the view that the address names.

import { fill, h } from '../common/dom.js';
import { header } from '../common/header.js';
import { problemBox, usePageProblems } from '../common/problems.js';
import { signIn, signOut } from '../common/session.js';
import { start } from '../common/start.js';
import { bind, say, sayWith } from '../common/words.js';
import { heading } from './heading.js';
import { loading } from './load.js';
import { mark, navigation, VIEWS } from './navigation.js';
import { routeOf } from './routes.js';

const ROLE = 'merchant';
const main = h('main', { id: 'main', tabindex: '-1' });
const nav = navigation();
let title = say('merchant.title');
let shown = new AbortController();

await start('merchant.page', async () => {
  usePageProblems('merchant.problem');
  const leave = h('button', { type: 'button', class: 'quiet', hidden: true, on: { click: () => signOut(ROLE) } }, say('common.sign_out'));
  const frame = h('div', { class: 'frame' }, nav, main);
  const bar = header({ title: say('merchant.title'), extras: [leave] });
  bar.querySelector('.skip').addEventListener('click', skip);
  document.body.append(bar, frame);
  await signIn({ role: ROLE, place: main, probe: '/v1/catalog/health' });
  leave.hidden = false;
  nav.hidden = false;
  bind(sayWith(() => `${title} · Vitrine`), document.documentElement, (text) => { document.title = text; });
  addEventListener('hashchange', () => open(routeOf(location.hash)).then(focusHeading));
  await open(routeOf(location.hash));
});

async function open({ view, parts, query }) {
  shown.abort();
  shown = new AbortController();
  const { signal } = shown;
  const place = h('div', { class: 'view' });
  mark(nav, view);
  if (!VIEWS.includes(view)) {
    nameView(say('merchant.nowhere'));
    fill(main, heading(say('merchant.nowhere'), say('merchant.nowhere.do')));
    return;
  }
  nameView(say(`merchant.${view}`));
  fill(main, loading());
  try {
    const { show } = await import(`./views/${view}.js`);
    if (signal.aborted) return;
    fill(main, place);
    show(place, { parts, query, signal, nameView });
  } catch (error) {
    if (!signal.aborted) fill(main, heading(say(`merchant.${view}`)), problemBox(error, () => open({ view, parts, query })));
  }
}

/** Names the page after what is shown, in its title. */
function nameView(name) {
  title = name;
  document.title = `${title} · Vitrine`;
}

/** Its hash would be taken for the address of a view. */
function skip(event) {
  event.preventDefault();
  focusHeading();
}

function focusHeading() {
  scrollTo(0, 0);
  main.querySelector('h1')?.focus({ preventScroll: true });
}
