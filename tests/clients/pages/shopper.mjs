// A shopper's whole way: a photo, its garments and the shop's products, looking closer, refining, an outfit, a product, a chat, a person.

import { SIZES, address, assert, files, tell, tryPage, weigh } from './browser.mjs';
import { call } from './shop.mjs';

const [outfit] = files;
const done = '.results:not([aria-busy])';

async function choose(page, file = outfit) {
  await page.locator('.start input[type=file]:not([capture])').setInputFiles(file);
}

async function way(visit) {
  const { page, size } = visit;
  const told = [];
  page.on('request', (request) => {
    if (request.url().endsWith('/v1/events')) told.push(...JSON.parse(request.postData()).events);
  });
  let sent = 0;
  page.on('response', async (answer) => {
    if (answer.url().endsWith('/v1/looks')) sent = Math.max(sent, Number((await answer.request().allHeaders())['content-length']));
  });

  await page.goto(address);
  await page.locator('.start').waitFor();
  await visit.check('the start');
  await visit.show('start');

  await choose(page, { name: 'broken.jpg', mimeType: 'image/jpeg', buffer: Buffer.from('no picture') });
  visit.mayFail('415');
  await page.getByText('This file is not a picture').waitFor();
  await visit.check('a broken photo');
  await page.goto(address);

  await choose(page);
  await page.locator('.box').first().waitFor();
  await page.locator(done).waitFor();
  assert.ok(sent > 5_000 && sent < 600_000, `${sent} bytes were sent`);
  assert.equal(await page.locator('.box').count(), await page.locator('.garment').count(), 'a box for each garment');
  assert.ok((await page.locator('.match').count()) > 3);
  assert.match(await page.locator('.match').first().innerText(), /€\d+\.\d\d/);
  await page.waitForFunction(() => [...document.querySelectorAll('.match img')].some((image) => image.naturalWidth > 0));
  assert.ok((await page.locator('.advice').innerText()).length > 10);
  await visit.check('a look');
  await visit.show('look');
  await visit.show('look', { dark: true });

  await page.locator('.box').first().click();
  await page.locator(`${done} .all-matches`).waitFor();
  await visit.check('looking closer');
  await page.locator('.back-to-all').click();
  await page.getByRole('heading', { level: 1, name: 'Your look' }).waitFor();

  await page.locator('.tools button', { hasText: 'Mark a part' }).click();
  await page.locator('.drawn').focus();
  await page.keyboard.press('ArrowUp');
  await visit.check('marking a part');
  await page.locator('.drawing-bar .primary').click();
  await page.locator(`${done} .all-matches, ${done} .empty`).first().waitFor();
  await page.locator('.back-to-all').click();
  await page.getByRole('heading', { level: 1, name: 'Your look' }).waitFor();

  await page.getByRole('textbox', { name: 'Refine the matches' }).fill('under 50 euro');
  await page.keyboard.press('Enter');
  await page.locator('.chosen [data-kind=max_price], .chosen .chip').first().waitFor();
  await page.locator(done).waitFor();
  const prices = await page.locator('.garment .match .price').allInnerTexts();
  assert.ok(prices.length > 0 && prices.every((price) => Number(/€([\d.,]+)/.exec(price)[1]) <= 50), prices.join());
  await page.locator('.chosen li button').last().click();
  await page.waitForFunction(() => document.querySelector('.chosen [data-kind]') === null);
  await page.locator('[data-offer=colour]').first().click();
  await page.locator('.chosen [data-kind]').first().waitFor();
  await page.locator(done).waitFor();

  await page.locator('.board').scrollIntoViewIfNeeded();
  assert.ok((await page.locator('.piece').count()) > 1, 'an outfit of several pieces');
  await visit.check('the outfit');
  await visit.show('outfit');

  await page.locator('.garment .match .open').first().focus();
  await page.keyboard.press('Enter');
  await page.locator('dialog.product .size-list').waitFor();
  await visit.check('a product');
  await visit.show('product');
  await page.keyboard.press('Escape');

  await page.locator('.thumbs button').first().click();
  await page.locator('.chat-opener').click();
  const message = page.locator('.composer textarea');
  await message.fill('do you have this in green?');
  await page.keyboard.press('Enter');
  await page.locator('.message.assistant').first().waitFor();
  await message.fill('I want to talk to a person');
  await page.keyboard.press('Enter');
  await page.locator('.standing[data-status=waiting]').waitFor();
  await visit.check('the chat');
  await visit.show('chat');
  const id = await page.evaluate(() => sessionStorage.getItem('vitrine.conversation'));
  await call('agent', 'POST', `/v1/agent/conversations/${id}/messages`, { agent: 'Mira', text: 'Hello, this is Mira.', product_ids: [] });
  await page.locator('.message.agent', { hasText: 'Hello, this is Mira.' }).waitFor();
  const photos = (await call('agent', 'GET', `/v1/agent/conversations/${id}`)).messages.flatMap((one) => one.photo_ids ?? []);
  assert.equal(photos.length, 1, 'the chat is shown the photo of the look');
  await page.keyboard.press('Escape');

  await page.waitForFunction(() => true);
  const kinds = new Set(told.map((event) => event.kind));
  assert.ok(kinds.has('view') && kinds.has('click') && kinds.has('thumbs_up'), [...kinds].join());
  assert.ok(told.every((event) => event.look_id), 'each event names its look');

  await page.route('**/refinements', (route) => route.abort());
  visit.mayFail('ERR_FAILED');
  await page.locator('[data-offer]').first().click();
  await page.getByText('The service can not be reached').first().waitFor();
  assert.ok((await page.locator('.match').count()) > 0, 'what was found stays');
  await visit.check('a failure');

  await visit.speaks('de', 'Ihr Look');
  await visit.speaks('zh', '您的穿搭');
  await visit.speaks('en', 'Your look');
  const kept = await page.evaluate(() => Object.keys(localStorage));
  assert.deepEqual(kept.filter((name) => name !== 'vitrine.language'), [], `${size}: nothing outlives the tab`);
  return { events: told.length, photo_bytes: sent };
}

/** Every text is one of the page's words, of the service, or of the shopper. */
async function words(visit) {
  const { page } = visit;
  await visit.markWords();
  await page.goto(address);
  await page.locator('.start').waitFor();
  await visit.checkWords('the start');
  await choose(page);
  await page.locator(done).waitFor();
  await visit.checkWords('a look');
  await page.locator('.garment .match .open').first().click();
  await page.locator('dialog.product .size-list').waitFor();
  await visit.checkWords('a product');
  await page.keyboard.press('Escape');
  await page.locator('.chat-opener').click();
  await visit.checkWords('the chat');
}

const seen = await tryPage('shopper', way);
await tryPage('shopper-words', words, { desktop: SIZES.desktop });
tell({ ...seen, weight: await weigh('/') });
