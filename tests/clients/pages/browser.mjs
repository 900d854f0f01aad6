// A real browser for the tests of the pages: opens them as people do, and holds what it sees to what must hold everywhere.
//
//     node shopper.mjs NODE_FOLDER CHROMIUM ADDRESS SHOTS FILES…

import { createRequire } from 'node:module';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import assert from 'node:assert/strict';

const [, , modules, executablePath, address, shots, ...files] = process.argv;
const require = createRequire(`${modules}/`);
const { chromium } = require('playwright-core');
const axe = require.resolve('axe-core/axe.min.js');

export { address, assert, files };

/** The sizes that each page is tried in. */
export const SIZES = { phone: { width: 390, height: 844 }, desktop: { width: 1280, height: 900 } };

/** What a picture in the README is packed with, in percent. */
const QUALITY = 82;
/** How long anything may take on a machine that is busy with other tests. */
const PATIENCE = 60_000;
/** WCAG 2.2, A and AA, and what axe-core holds to be good besides. */
const RULES = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];

/**
 * Runs `way` on a fresh page for each size and gives what it gives, by size. Whatever the page says
 * to be an error in its console fails, but for what `way` announced by `visit.mayFail`.
 */
export async function tryPage(name, way, sizes = SIZES) {
  mkdirSync(shots, { recursive: true });
  const browser = await chromium.launch({ executablePath, args: ['--no-sandbox', '--disable-dev-shm-usage', '--lang=en-GB'] });
  const seen = {};
  try {
    for (const [size, viewport] of Object.entries(sizes)) {
      const context = await browser.newContext({ viewport, locale: 'en-GB', colorScheme: 'light', hasTouch: size === 'phone', reducedMotion: 'reduce' });
      context.setDefaultTimeout(PATIENCE);
      const page = await context.newPage();
      const visit = new Visit(name, size, page);
      seen[size] = await visit.through(way);
      await context.close();
    }
  } finally {
    await browser.close();
  }
  return seen;
}

class Visit {
  constructor(name, size, page) {
    Object.assign(this, { name, size, page, errors: [], expected: [] });
    page.on('pageerror', (error) => this.errors.push(String(error)));
    page.on('console', (line) => {
      if (line.type() === 'error') this.errors.push(`${line.text()} ${line.location().url}`);
    });
  }

  async through(way) {
    try {
      const seen = await way(this);
      const unexpected = this.errors.filter((error) => !this.expected.some((part) => error.includes(part)));
      assert.deepEqual(unexpected, [], `${this.name} (${this.size}) tells of errors`);
      return seen;
    } catch (error) {
      await this.page.screenshot({ path: `${shots}/${this.name}-${this.size}-failed.png`, fullPage: true });
      const where = `${this.name} (${this.size}) at ${this.page.url()}, as in ${shots}/${this.name}-${this.size}-failed.png`;
      throw new Error([where, ...this.errors].join('\n'), { cause: error });
    }
  }

  /** The console may tell of errors that have this in them from now on. */
  mayFail(part) {
    this.expected.push(part);
  }

  /** A picture of what is seen, `as` names it, to be looked at. */
  async show(as, { dark = false } = {}) {
    await this.page.emulateMedia({ colorScheme: dark ? 'dark' : 'light' });
    await this.settle();
    const client = await this.page.context().newCDPSession(this.page);
    const { data } = await client.send('Page.captureScreenshot', { format: 'webp', quality: QUALITY });
    writeFileSync(`${shots}/${this.name}-${as}-${this.size}${dark ? '-dark' : ''}.webp`, Buffer.from(data, 'base64'));
    if (dark) await this.page.emulateMedia({ colorScheme: 'light' });
  }

  /** Holds what is seen to WCAG, in light and in dark, and to the width of the screen. */
  async check(what) {
    const page = this.page;
    // What is half behind the bar while it is scrolled past is no small target.
    await page.evaluate(() => scrollTo(0, 0));
    if (!(await page.evaluate(() => 'axe' in window))) {
      // The page's policy lets no script in; the browser's own door does.
      const client = await page.context().newCDPSession(page);
      await client.send('Runtime.evaluate', { expression: readFileSync(axe, 'utf8') });
    }
    for (const colorScheme of ['light', 'dark']) {
      await page.emulateMedia({ colorScheme });
      await this.settle();
      const found = await page.evaluate((values) => window.axe.run(document, { runOnly: { type: 'tag', values } }), RULES);
      const told = found.violations.map(({ id, help, nodes }) => `${id}: ${help}: ${nodes.map((node) => `${node.html.slice(0, 160)} ${node.failureSummary}`).join(' | ')}`);
      assert.deepEqual(told, [], `${what}, ${colorScheme}: axe-core`);
    }
    await page.emulateMedia({ colorScheme: 'light' });
    const wide = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
    assert.ok(wide <= 0, `${what} is ${wide} pixels wider than the screen`);
  }

  /** Waits until nothing moves any more: a colour on its way to another is none that a reader is left with. */
  async settle() {
    await this.page.evaluate(async () => {
      const pause = () => new Promise((over) => { setTimeout(() => requestAnimationFrame(over), 60); });
      for (let still = 0; still < 3; still += 1) {
        await pause();
        const moving = document.getAnimations().filter((animation) => animation.playState === 'running');
        if (moving.length > 0) still = -1;
        await Promise.allSettled(moving.map((animation) => animation.finished));
      }
    });
  }

  /** Has the page speak another language, of which a sample must be seen. */
  async speaks(language, sample) {
    await this.page.getByLabel(/Language|Sprache|语言/).selectOption(language);
    await this.page.getByText(sample).first().waitFor();
    assert.equal(await this.page.evaluate(() => document.documentElement.lang), language);
  }

  /** Puts marks around all words of the page from now on, and listens to what the service says. */
  async markWords() {
    this.told = [];
    await this.page.route('**/v1/**', async (route) => {
      const response = await route.fetch();
      this.told.push(await response.text());
      await route.fulfill({ response });
    });
    await this.page.route('**/pages/words/*.json', async (route) => {
      const words = await (await route.fetch()).json();
      await route.fulfill({ json: Object.fromEntries(Object.entries(words).map(([key, text]) => [key, `⟦${text}⟧`])) });
    });
  }

  /** Holds each word that is seen or heard to come from the page's words, from the service, from what was `typed`, or from the browser's own way to write numbers and times. */
  async checkWords(what, typed = '') {
    const told = [typed, ...this.told].join(' ').toLowerCase();
    const texts = await this.page.evaluate(() => {
      const seen = [];
      const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
      while (walker.nextNode()) {
        const { parentElement, data } = walker.currentNode;
        if (parentElement.checkVisibility() && !['SCRIPT', 'STYLE', 'NOSCRIPT'].includes(parentElement.tagName)) seen.push(data);
      }
      for (const element of document.querySelectorAll('[aria-label], [placeholder], [title], [alt]')) {
        for (const name of ['aria-label', 'placeholder', 'title', 'alt']) seen.push(element.getAttribute(name) ?? '');
      }
      return seen;
    });
    const foreign = new Set();
    for (const text of texts) {
      for (const word of unmarked(text).match(/\p{L}{2,}/gu) ?? []) {
        if (!told.includes(word.toLowerCase()) && !WRITTEN.has(word)) foreign.add(word);
      }
    }
    assert.deepEqual([...foreign], [], `${what} says what stands in no file of words`);
  }
}

/** A text without what stands in marks, marks in marks too. */
function unmarked(text) {
  const rest = text.replace(/⟦[^⟦⟧]*⟧/gu, ' ');
  return rest === text ? rest : unmarked(rest);
}

/** The name of the service, the languages by their own names, and what Intl writes. */
const WRITTEN = new Set('Vitrine English Deutsch 中文 and or ago in now yesterday today AM PM am pm EUR sec min hr kB MB ms second seconds minute minutes hour hours day days Jan Feb Mar Apr May Jun Jul Aug Sep Sept Oct Nov Dec'.split(' '));

/** How many bytes a page takes over the network without pictures, and when it is first painted, in milliseconds, as Lighthouse's slow 4G has it. */
export async function weigh(path) {
  const browser = await chromium.launch({ executablePath, args: ['--no-sandbox', '--disable-dev-shm-usage'] });
  try {
    const page = await (await browser.newContext({ viewport: SIZES.phone })).newPage();
    const client = await page.context().newCDPSession(page);
    await client.send('Network.enable');
    await client.send('Network.emulateNetworkConditions', { offline: false, latency: 150, downloadThroughput: 1.6e6 / 8, uploadThroughput: 750e3 / 8 });
    const kinds = new Map();
    let bytes = 0;
    client.on('Network.responseReceived', ({ requestId, type }) => kinds.set(requestId, type));
    client.on('Network.loadingFinished', ({ requestId, encodedDataLength }) => {
      if (kinds.get(requestId) !== 'Image') bytes += encodedDataLength;
    });
    await page.goto(`${address}${path}`);
    await page.getByRole('heading', { level: 1 }).waitFor();
    await page.waitForLoadState('networkidle');
    const paint = await page.evaluate(() => performance.getEntriesByName('first-contentful-paint')[0].startTime);
    return { bytes, first_paint_ms: Math.round(paint), requests: kinds.size };
  } finally {
    await browser.close();
  }
}

/** Tells the test what was seen. */
export function tell(seen) {
  process.stdout.write(`${JSON.stringify(seen)}\n`);
}
