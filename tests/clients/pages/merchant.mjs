// A merchant's whole way: a feed checked and taken, health, a price, rules before and after on a photo, synonyms, reports, webhooks, keys.

import { readFileSync } from 'node:fs';
import { SIZES, address, assert, files, tell, tryPage } from './browser.mjs';
import { call } from './shop.mjs';

const [outfit, feeds] = files;
const VIEWS = ['health', 'products', 'import', 'rules', 'synonyms', 'reports', 'webhooks', 'keys'];

async function go(page, hash) {
  await page.evaluate((to) => { location.hash = to; }, hash);
  await page.waitForFunction((to) => decodeURIComponent(location.hash).startsWith(`#${to}`), hash);
  await page.locator('main h1').waitFor();
  await page.waitForFunction(() => document.querySelector('.loading') === null);
}

async function way(visit) {
  const { page, size } = visit;
  await page.goto(`${address}/merchant`);
  await page.getByRole('button', { name: 'Sign in to the demo' }).click();
  await page.locator('nav.views').waitFor();
  await page.waitForFunction(() => document.querySelector('.loading') === null);
  await visit.check('health');
  await visit.show('health');
  await visit.show('health', { dark: true });

  await imports(visit);
  await products(visit);
  await rules(visit);
  await synonyms(visit);
  await reports(visit);
  await webhooks(visit);
  await keys(visit);

  await page.route('**/v1/catalog/health', (route) => route.abort());
  visit.mayFail('ERR_FAILED');
  await go(page, 'health');
  await page.getByText('The service can not be reached').first().waitFor();
  await visit.check('a failure');
  await page.unroute('**/v1/catalog/health');
  await page.getByRole('button', { name: 'Try again' }).first().click();
  await page.locator('.finding').first().waitFor();

  await go(page, 'keys');
  await visit.speaks('de', 'Schlüssel');
  await visit.speaks('zh', '密钥');
  await visit.speaks('en', 'Keys');
  return { views: VIEWS.length, size };
}

async function imports(visit) {
  const { page } = visit;
  await go(page, 'import');
  await page.setInputFiles('input[type=file]', `${feeds}/google-problems.tsv`);
  await page.getByRole('button', { name: 'Check the feed' }).click();
  await page.getByRole('heading', { name: 'The feed is checked' }).waitFor();
  const rows = page.locator('.feed-problems tbody tr');
  await rows.first().waitFor();
  const [latest] = (await call('merchant', 'GET', '/v1/catalog/imports?limit=1')).imports;
  assert.deepEqual([latest.dry_run, latest.dialect], [true, 'google'], 'a feed is tried before it is taken');
  await page.locator('.run').getByText('Google').first().waitFor();
  assert.equal(await rows.count(), Math.min(latest.problems, 20), 'what is wrong, row by row');
  await visit.check('a checked feed');
  await visit.show('import');
  const [download] = await Promise.all([page.waitForEvent('download'), page.getByRole('button', { name: 'Save as CSV' }).click()]);
  const table = readFileSync(await download.path(), 'utf8').trim().split('\n');
  assert.equal(table.length, latest.problems + 1);
  await page.getByRole('button', { name: 'Import now' }).click();
  await page.getByRole('heading', { name: 'The import stopped' }).waitFor();

  await page.getByLabel('A text').check();
  const feed = readFileSync(`${feeds}/vitrine.jsonl`, 'utf8');
  await page.getByLabel('The feed’s text').fill(feed);
  await page.getByRole('button', { name: 'Check the feed' }).click();
  await page.getByRole('heading', { name: 'The feed is checked' }).waitFor();
  await page.getByRole('button', { name: 'Import now' }).click();
  await page.getByRole('heading', { name: 'The feed is imported' }).waitFor();
  const { id } = JSON.parse(feed.split('\n')[0]);
  const path = `/v1/catalog/products/${encodeURIComponent(id)}`;
  assert.equal((await call('merchant', 'GET', path)).id, id);
  await call('merchant', 'DELETE', path);
}

async function products(visit) {
  const { page } = visit;
  await go(page, 'products?id_prefix=blazer-brown');
  await page.getByRole('button', { name: /Prices and stock/ }).first().click();
  const price = page.getByLabel(/^Price: XS · brown/);
  const sale = page.getByLabel(/^Sale price: XS · brown/);
  await price.fill('a lot');
  await page.getByRole('button', { name: /Save 1 change/ }).click();
  await page.getByText('Write an amount, as 49.90.').waitFor();
  await visit.check('a wrong price');
  await price.fill('124.90');
  await sale.fill('69,50');
  await page.getByRole('button', { name: /Save 1 change/ }).click();
  await page.getByText('1 offer holds from now on.').waitFor();
  await visit.show('products');
  const { variants } = await call('merchant', 'GET', '/v1/catalog/products/blazer-brown-01');
  assert.equal(variants[0].sale_price.amount, 6950, 'a price is live');
  await sale.fill('79.90');
  await page.getByRole('button', { name: /Save 1 change/ }).click();
  await page.waitForFunction(() => document.querySelector('.product-numbers').innerText.trim().startsWith('€79.90'));

  await go(page, 'products/blazer-brown-01');
  await page.getByLabel('Title').fill('Calverrie dotted blazer, new');
  await page.getByRole('button', { name: 'Save', exact: true }).click();
  await page.getByText('The product is saved.').waitFor();
  await visit.check('a product');
  await call('merchant', 'GET', '/v1/catalog/products/blazer-brown-01').then(({ title }) => assert.equal(title, 'Calverrie dotted blazer, new'));
  await page.getByLabel('Title').fill('Calverrie dotted blazer');
  await page.getByRole('button', { name: 'Save', exact: true }).click();
  await page.waitForFunction(() => document.querySelector('main h1').innerText === 'Calverrie dotted blazer');
}

async function rules(visit) {
  const { page } = visit;
  await go(page, 'rules/new');
  await page.getByLabel('Name').fill('no-skirts');
  await page.getByLabel('Hide').check();
  await page.locator('summary', { hasText: 'Kinds' }).click();
  await page.getByRole('group', { name: 'Kinds' }).getByLabel('Skirt').check();
  await page.setInputFiles('.rule-preview input[type=file]', outfit);
  await page.getByRole('button', { name: 'Compare' }).click();
  await page.getByText(/The rule (applies|does not apply)/).waitFor();
  assert.equal(await page.locator('.side').count(), 2, 'before and after');
  await visit.check('a rule before and after');
  await visit.show('rules');
  await page.getByRole('button', { name: 'Save' }).click();
  await page.getByRole('heading', { name: /no-skirts/ }).waitFor();
  await page.getByRole('button', { name: 'Switch off no-skirts' }).click();
  await page.getByRole('button', { name: 'Switch on no-skirts' }).waitFor();
  await page.getByRole('button', { name: 'Delete no-skirts' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Delete' }).click();
  await page.locator('.entry', { hasText: 'no-skirts' }).waitFor({ state: 'detached' });
}

async function synonyms(visit) {
  const { page } = visit;
  await go(page, 'synonyms');
  await page.getByRole('button', { name: 'Add synonyms' }).click();
  await page.getByLabel('Name').fill('trainers');
  await page.getByRole('textbox', { name: 'Words' }).fill('sneaker\ntrainers');
  await page.getByRole('button', { name: 'Save' }).click();
  await page.getByRole('heading', { name: 'trainers' }).waitFor();
  await visit.check('synonyms');
  await page.getByRole('button', { name: 'Delete trainers' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Delete' }).click();
  await page.locator('.entry', { hasText: 'trainers' }).waitFor({ state: 'detached' });
}

/** What shoppers do meanwhile, so that there is something to report. */
async function shop() {
  const form = new FormData();
  form.append('photo', new Blob([readFileSync(outfit)]), 'photo.jpg');
  const look = await call('shopper', 'POST', '/v1/looks', form);
  await call('shopper', 'POST', '/v1/search', { text: 'navy dress' });
  const { product_id } = look.garments.flatMap((garment) => garment.matches)[0];
  const event = (kind, more = {}) => ({ id: crypto.randomUUID(), kind, time: new Date().toISOString(), look_id: look.id, product_id, ...more });
  await call('shopper', 'POST', '/v1/events', { events: [event('view'), event('click'), event('purchase', { value: { amount: 4990, currency: 'EUR' }, order_id: crypto.randomUUID() })] });
}

async function reports(visit) {
  const { page } = visit;
  await shop();
  for (let tries = 0; (await call('merchant', 'GET', '/v1/reports/overview')).looks.answers === 0; tries += 1) {
    assert.ok(tries < 60, 'what was answered is counted');
    await page.waitForTimeout(500);
  }
  for (const report of ['overview', 'conversion', 'queries', 'latency', 'experiments']) {
    await go(page, `reports/${report}`);
    if (report !== 'experiments') {
      await page.waitForFunction(() => document.querySelector('.chart img')?.naturalWidth > 0);
      assert.ok((await page.locator('.chart img').getAttribute('alt')).length > 5, `${report}: a chart that can be heard`);
    }
    await visit.check(`the report ${report}`);
  }
  await go(page, 'reports/overview');
  await visit.show('reports');
  const [download] = await Promise.all([page.waitForEvent('download'), page.getByRole('button', { name: 'Save as CSV' }).first().click()]);
  assert.match(readFileSync(await download.path(), 'utf8'), /^day,kind,answers/);
}

async function webhooks(visit) {
  const { page } = visit;
  await go(page, 'webhooks');
  await page.getByRole('button', { name: 'Add a webhook' }).click();
  await page.getByLabel('Address').fill('https://hooks.example/vitrine');
  await page.getByLabel('Import failed').check();
  await page.getByRole('button', { name: 'Save' }).click();
  await page.locator('.secret').waitFor();
  await visit.check('a secret');
  await page.getByRole('button', { name: 'I have it' }).click();
  const row = page.locator('.entry', { hasText: 'hooks.example' });
  await call('merchant', 'POST', '/v1/catalog/imports?dry_run=true', { url: 'http://127.0.0.1/nowhere' });
  await row.getByRole('link', { name: 'Deliveries' }).click();
  for (let tries = 0; (await page.locator('tbody tr').count()) === 0; tries += 1) {
    assert.ok(tries < 20, 'a delivery appears');
    await page.waitForTimeout(1000);
    await page.reload();
    await page.locator('main h1').waitFor();
    await page.waitForFunction(() => document.querySelector('.loading') === null);
  }
  await visit.check('deliveries');
  await visit.show('webhooks');
  await page.getByRole('button', { name: 'Send again' }).first().click();
  await page.getByText('1 message is sent again.').waitFor();
  await go(page, 'webhooks');
  await row.getByRole('button', { name: 'Delete' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Delete' }).click();
  await row.waitFor({ state: 'detached' });
}

async function keys(visit) {
  const { page } = visit;
  await go(page, 'keys');
  await page.getByRole('button', { name: 'New key' }).click();
  await page.getByLabel('Name').fill('till');
  await page.getByLabel('Search').check();
  await page.getByRole('button', { name: 'Make the key' }).click();
  await page.locator('.secret').waitFor();
  const secret = (await page.locator('.secret').innerText()).trim();
  const found = await fetch(`${address}/v1/search`, { method: 'POST', headers: { Authorization: `Bearer ${secret}`, 'Content-Type': 'application/json' }, body: JSON.stringify({ text: 'red skirt' }) });
  assert.equal(found.status, 200, 'a key works at once');
  await page.getByRole('button', { name: 'I have it' }).click();
  await page.getByRole('button', { name: 'Revoke till' }).first().click();
  await page.getByRole('dialog').getByRole('button', { name: 'Revoke' }).click();
  await page.getByRole('button', { name: 'Revoke till' }).waitFor({ state: 'detached' });
  await visit.check('keys');
}

/** Every text is one of the page's words or of the service. */
async function words(visit) {
  const { page } = visit;
  await visit.markWords();
  await page.goto(`${address}/merchant`);
  await page.locator('.sign-in .primary').click();
  await page.locator('nav.views').waitFor();
  for (const view of VIEWS) {
    await go(page, view);
    await visit.checkWords(view);
  }
}

const seen = await tryPage('merchant', way);
await tryPage('merchant-words', words, { desktop: SIZES.desktop });
tell(seen);
