// An agent's whole way: sign in, find who waits, look at the photo, answer with products, hand back.

import { SIZES, address, assert, files, tell, tryPage } from './browser.mjs';
import { call, say, talk } from './shop.mjs';

const [outfit] = files;

async function way(visit) {
  const { page, size } = visit;
  await call('merchant', 'PUT', '/v1/customers/customer-4711', { consent: true, sizes: ['M', '39'], liked_colours: ['navy'], budget: { amount: 12000, currency: 'EUR' } });
  const id = await talk([{ photo: outfit, text: 'do you have this?' }, 'I want to talk to a person'], { customer_id: 'customer-4711' });

  await page.goto(`${address}/agent`);
  await page.getByRole('heading', { level: 1 }).waitFor();
  await visit.check('the sign-in');
  await page.getByLabel('Token or key').fill('nonsense');
  visit.mayFail('401');
  await page.getByRole('button', { name: 'Sign in', exact: true }).click();
  await page.getByText('This token is not valid').waitFor();
  await page.getByRole('button', { name: 'Sign in to the demo' }).click();
  await page.getByRole('textbox', { name: 'Your name' }).fill('Robin');
  await page.keyboard.press('Enter');
  const item = page.locator(`a[href="#${id}"]`);
  await item.waitFor();
  await visit.check('the queue');
  await visit.show('queue');

  await item.click();
  const view = page.getByRole('region', { name: 'customer-4711' });
  await view.waitFor();
  await page.locator('.message .box').first().waitFor();
  assert.ok((await page.locator('.message .photo img').first().evaluate((image) => image.naturalWidth)) > 60, 'the photo is shown');
  await visit.check('a conversation');
  await page.locator('.message .photo').first().scrollIntoViewIfNeeded();
  await visit.show('conversation');
  await visit.show('conversation', { dark: true });

  await view.getByRole('button', { name: 'Take over' }).click();
  await page.getByText('You answer. The assistant is silent.').waitFor();
  // On a phone what helps is folded away, and again when something of it is taken over.
  const unfold = async () => {
    if (size === 'phone') await page.locator('summary', { hasText: 'What helps to answer' }).click();
  };
  await unfold();
  await page.locator('[data-part=customer]').getByText('M, 39').waitFor();
  await page.locator('.suggestion').nth(1).click();
  const reply = page.getByRole('textbox', { name: 'Your reply' });
  assert.match(await reply.inputValue(), /EUR/, 'a suggestion with the prices of now');
  const suggested = await reply.inputValue();
  await reply.press('End');
  await reply.pressSequentially(' Which one?');
  const attached = page.locator('.attached .chip');
  const before = await attached.count();
  await unfold();
  await page.getByRole('searchbox', { name: 'Search the catalog' }).fill('navy dress');
  await page.getByRole('searchbox', { name: 'Search the catalog' }).press('Enter');
  await page.locator('.results .attach').first().click();
  assert.equal(await attached.count(), before + 1);

  await page.reload();
  await view.waitFor();
  await attached.nth(before).waitFor();
  assert.match(await reply.inputValue(), /Which one\?$/, 'a draft outlives a reload');
  await reply.focus();
  await page.keyboard.press('Control+Enter');
  await page.locator('.message[data-from=agent]', { hasText: 'Which one?' }).waitFor();
  const kept = (await call('agent', 'GET', `/v1/agent/conversations/${id}`)).messages[0];
  assert.deepEqual([kept.agent, kept.suggestion, kept.product_ids.length], ['Robin', suggested, before + 1]);

  await say(id, 'The second one please');
  await page.getByText('The second one please').first().waitFor();
  await page.getByRole('button', { name: 'Hand on' }).click();
  await visit.check('handing on');
  await page.getByRole('button', { name: /Back to the assistant/ }).click();
  await page.getByText('The assistant answers. Take over').waitFor();
  assert.equal((await call('agent', 'GET', `/v1/agent/conversations/${id}`)).conversation.status, 'assistant');

  await page.route('**/v1/agent/conversations/*/messages', (route) => route.fulfill({ status: 409, contentType: 'application/problem+json', body: JSON.stringify({ code: 'conversation_changed', status: 409 }) }));
  visit.mayFail('409');
  await reply.fill('Is this still mine?');
  await page.keyboard.press('Control+Enter');
  await page.getByText('Somebody else was quicker').first().waitFor();
  assert.equal(await reply.inputValue(), 'Is this still mine?', 'a draft outlives a conflict');

  // On a phone the bar makes room for the conversation.
  if (size === 'phone') await page.getByRole('link', { name: 'Back to the queue' }).click();
  await visit.speaks('de', 'Warteschlange');
  await visit.speaks('zh', '队列');
  await visit.speaks('en', 'Queue');
  await page.getByRole('button', { name: 'Sign out' }).click();
  await page.getByLabel('Token or key').waitFor();
  assert.equal(await page.evaluate(() => sessionStorage.length), 0, 'nothing is kept of who signed out');
  return { suggested };
}

/** Every text is one of the page's words, of the service, or of the customer. */
async function words(visit) {
  const { page } = visit;
  await visit.markWords();
  const id = await talk([{ photo: outfit, text: 'do you have this?' }, 'I want to talk to a person']);
  await page.goto(`${address}/agent#${id}`);
  await page.locator('.sign-in').waitFor();
  await visit.checkWords('the sign-in');
  await page.locator('.sign-in .primary').click();
  await page.getByRole('textbox', { name: /Your name/ }).fill('Robin');
  await page.keyboard.press('Enter');
  await page.locator('.message .box').first().waitFor();
  await visit.checkWords('a conversation', 'Robin');
}

const seen = await tryPage('agent', way);
await tryPage('agent-words', words, { desktop: SIZES.desktop });
tell(seen);
