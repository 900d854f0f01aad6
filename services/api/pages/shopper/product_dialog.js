// A product close up: its versions, its sizes, what is like it and what goes with it.

import { get, withQuery } from '../common/api.js';
import { h, fill } from '../common/dom.js';
import { colours, pattern } from '../common/format.js';
import { picture } from '../common/pictures.js';
import { problemBox } from '../common/problems.js';
import { say } from '../common/words.js';
import { icon } from './icons.js';
import { shopLink, smallCard } from './match_card.js';
import { tell } from './measuring.js';
import { priceOf, priceTag } from './price.js';
import { gradeBadge, reasonChips } from './reasons.js';
import { dot, isAtHand, sizesOf, versionsOf } from './stock.js';
import { entered } from './visit.js';

const LIKE_IT = 6;
const TO_GO_WITH = 2;

let dialog = null;
let onQuestion = null;
/** What is shown, and what was before it: `{ match, from }`. */
let trail = [];
let running = null;

/** Makes `ask` what a question about a product is handed to. */
export function answerQuestions(ask) {
  onQuestion = ask;
}

/** Shows a product, of which a match tells the beginning; `from` is where it was answered. */
export function openProduct(match, from = {}) {
  dialog ??= makeDialog();
  if (!dialog.open) dialog.showModal();
  trail = [];
  go(match, from);
}

function makeDialog() {
  const made = h('dialog', { class: 'product', 'aria-labelledby': 'product-title', on: {
    close: () => running?.abort(),
    click: (event) => { if (event.target === made) made.close(); },
  } });
  document.body.append(made);
  return made;
}

function go(match, from) {
  trail.push({ match, from });
  render();
}

function goBack() {
  trail.pop();
  render();
}

async function render() {
  running?.abort();
  const { signal } = (running = new AbortController());
  const { match, from } = trail.at(-1);
  const title = h('h2', { id: 'product-title', tabindex: '-1' }, match.title);
  const offer = h('div', { class: 'offer', 'aria-busy': 'true' }, h('span', { class: 'ghost' }), h('span', { class: 'ghost' }));
  const facts = h('div');
  const others = h('div', { class: 'others' });
  fill(dialog,
    h('div', { class: 'product-bar' },
      trail.length > 1 && h('button', { type: 'button', class: 'quiet', on: { click: goBack } }, icon('back'), say('shopper.product.back')),
      h('button', { type: 'button', class: 'quiet icon close', 'aria-label': say('common.close'), on: { click: () => dialog.close() } }, '×')),
    h('div', { class: 'product-body' },
      h('div', { class: 'front' }, picture(match.image_link), gradeBadge(match)),
      h('div', { class: 'stack' },
        match.brand && h('p', { class: 'brand-name' }, match.brand),
        title, offer,
        match.reasons?.length > 0 && h('div', {}, h('h3', {}, say('shopper.reasons')), reasonChips(match.reasons)),
        h('div', { class: 'row' }, shopLink(match, { ...from, kind: 'button primary' }), questionButton(match)),
        facts)),
    others);
  title.focus({ preventScroll: true });
  dialog.scrollTop = 0;
  try {
    await entered();
    const product = await get(`/v1/products/${encodeURIComponent(match.product_id)}`, { signal });
    tell('view', from.look, { product: product.product_id, position: from.position });
    offer.removeAttribute('aria-busy');
    fill(offer, chooser(product));
    fill(facts, factsOf(product));
    await Promise.all([likeIt(match, others, signal), goWithIt(match, others, signal)]);
  } catch (error) {
    if (error.name === 'AbortError') return;
    offer.removeAttribute('aria-busy');
    fill(offer, problemBox(error, render));
  }
}

function questionButton(match) {
  return h('button', { type: 'button', on: { click: () => {
    dialog.close();
    onQuestion(match);
  } } }, icon('chat'), say('shopper.product.question'));
}

/** The versions to choose from, and the sizes of the chosen one with what is there of each. */
function chooser({ variants, available, price }) {
  if (variants.length === 0) return [price && h('p', {}, priceTag({ price })), !available && h('p', { class: 'chip' }, say('availability.out_of_stock'))];
  const versions = versionsOf(variants);
  const tag = h('p', { class: 'big-price', 'aria-live': 'polite' });
  const sizes = h('div', { 'aria-live': 'polite' });
  const choose = ([, version]) => {
    const cheapest = version.reduce((least, other) => (other.price.amount < least.price.amount ? other : least));
    fill(tag, priceTag(priceOf({ price: cheapest.price, variants: version })));
    fill(sizes, sizeList(version));
  };
  choose(versions[0]);
  const radios = versions.map((version, at) => h('label', { class: 'version' },
    h('input', { type: 'radio', name: 'version', checked: at === 0, on: { change: () => choose(version) } }),
    dot(version[0]), h('span', {}, colours(version[0]))));
  return [tag, versions.length > 1 && h('fieldset', { class: 'versions' }, h('legend', {}, say('attribute.colour')), radios), sizes];
}

function sizeList(version) {
  const sizes = sizesOf(version);
  if (sizes.length === 0) return h('p', { class: 'hint' }, say(`availability.${version[0].availability}`));
  return h('ul', { class: 'plain size-list', 'aria-label': say('shopper.sizes') }, sizes.map((size) => {
    const variant = version.find((other) => other.size === size);
    return h('li', { class: isAtHand(variant) ? '' : 'gone' }, h('strong', {}, size), h('span', {}, say(`availability.${variant.availability}`)));
  }));
}

function factsOf(product) {
  const facts = [
    ['shopper.product.material', product.material],
    ['attribute.pattern', product.pattern && pattern(product.pattern)],
    ['attribute.sleeve', product.sleeve && say(`sleeve.${product.sleeve}`)],
    ['attribute.length', product.length && say(`length.${product.length}`)],
    ['attribute.gender', product.gender && say(`gender.${product.gender}`)],
    ['attribute.age_group', product.age_group && say(`age_group.${product.age_group}`)],
  ].filter(([, value]) => value);
  return [
    product.description && h('p', { class: 'description' }, product.description),
    facts.length > 0 && h('dl', { class: 'facts' }, facts.map(([name, value]) => h('div', {}, h('dt', {}, say(name)), h('dd', {}, value)))),
  ];
}

function likeIt(match, place, signal) {
  return addRow('shopper.product.similar', place, async () => {
    const path = withQuery(`/v1/products/${encodeURIComponent(match.product_id)}/similar`, { limit: LIKE_IT });
    return (await get(path, { signal })).products;
  });
}

function goWithIt(match, place, signal) {
  return addRow('shopper.product.goes_with', place, async () => {
    const path = withQuery(`/v1/products/${encodeURIComponent(match.product_id)}/complete-the-look`, { limit: TO_GO_WITH });
    return (await get(path, { signal })).complete_the_look.flatMap(({ matches }) => matches);
  });
}

/** A row of products that `load` asks for; none where there are none. */
async function addRow(title, place, load) {
  const row = h('section', {});
  place.append(row);
  try {
    const found = await load();
    if (found.length > 0) fill(row, h('h3', {}, say(title)), h('div', { class: 'small-matches' }, found.map((match) => smallCard(match, { open: go }))));
  } catch (error) {
    if (error.name !== 'AbortError') fill(row, h('h3', {}, say(title)), problemBox(error, () => {
      row.remove();
      addRow(title, place, load);
    }));
  }
}
