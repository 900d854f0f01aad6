// The shopper's page: a photo in, the shop's products for it out.

import { h, fill } from '../common/dom.js';
import { header } from '../common/header.js';
import { prepare } from '../common/photo.js';
import { start } from '../common/start.js';
import { chat } from './chat.js';
import { lookView } from './look_view.js';
import { takeAnywhere } from './pick_photo.js';
import { answerQuestions } from './product_dialog.js';
import { startView } from './start_view.js';
import { askIn, entered, isOpen } from './visit.js';

const main = h('main', { id: 'main', tabindex: '-1' });
let photo = null;
let view = null;

await start('shopper.title', async () => {
  const talk = chat(() => photo);
  document.body.append(header({ extras: [talk.opener] }), h('div', { class: 'page' }, main, talk.element));
  if (await isOpen()) entered().catch(() => {});
  else await askIn(main);
  answerQuestions(talk.ask);
  takeAnywhere(take, (over) => document.body.classList.toggle('dropping', over));
  history.replaceState(null, '');
  addEventListener('popstate', stepBack);
  fill(main, startView(take));

  /** Looks at a photo, in place of the one before. */
  async function take(file) {
    leave();
    photo = await prepare(file);
    if (view === null) history.pushState('look', '');
    view?.stop();
    view = lookView(photo, { take, step: () => history.pushState('part', ''), back: () => history.back() });
    fill(main, view.element);
    scrollTo(0, 0);
    talk.update();
    view.begin();
  }

  /** Follows the browser's way back: from a part to the whole photo, from there to the start. */
  function stepBack({ state }) {
    if (view === null || view.leaveCloser() || state !== null) return;
    leave();
    view.stop();
    view = null;
    photo = null;
    fill(main, startView(take));
    talk.update();
    main.focus();
  }

  function leave() {
    if (photo?.url) URL.revokeObjectURL(photo.url);
  }
});
