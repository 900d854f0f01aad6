// Prices and stock of a product's variants, changed in place: they hold in the very next answer.

import { get, post } from '../../../common/api.js';
import { fill, freshId, h } from '../../../common/dom.js';
import { majorUnits, minorUnits } from '../../../common/format.js';
import { notice } from '../../../common/notices.js';
import { problemBox } from '../../../common/problems.js';
import { has, say } from '../../../common/words.js';
import { choice, input, showError, whileBusy } from '../../form.js';
import { table } from '../../table.js';
import { options } from '../../vocabulary.js';
import { variantName } from './summary.js';

const CONTROLS = ['price', 'sale_price', 'stock', 'availability'];

/** The table of a product's offers; `changed` is told the product as it is after a change. */
export function offers(product, changed) {
  const lines = product.variants.map(lineOf);
  const told = h('div');
  const save = h('button', { class: 'primary small' });
  const undo = h('button', { type: 'button', class: 'small', on: { click: () => {
    lines.forEach(reset);
    count();
  } } }, say('merchant.offers.undo'));
  const count = () => {
    const changes = lines.filter(isChanged).length;
    fill(save, changes === 0 ? say('merchant.offers.same') : say('merchant.offers.save', { count: changes }));
    save.disabled = changes === 0;
    undo.hidden = changes === 0;
  };
  const element = h('form', { class: 'stack', novalidate: true, on: {
    input: count,
    submit: async (event) => {
      event.preventDefault();
      fill(told);
      await whileBusy(element, () => send().catch((error) => fill(told, problemBox(error))));
      count();
    },
  } }, tableOf(product, lines), told, h('div', { class: 'row' }, save, undo));
  const send = async () => {
    const sent = lines.filter(isChanged);
    const changes = sent.map(changeOf);
    if (changes.includes(null)) return;
    const { set, problems } = await post('/v1/catalog/offers', { offers: changes });
    for (const problem of problems) showOfferProblem(sent[problem.index], problem);
    const now = await get(`/v1/catalog/products/${encodeURIComponent(product.id)}`);
    for (const line of sent) line.variant = now.variants.find(({ id }) => id === line.variant.id) ?? line.variant;
    sent.filter((line, index) => problems.every((problem) => problem.index !== index)).forEach(reset);
    if (set > 0) notice(say('merchant.offers.saved', { count: set }));
    changed(now);
  };
  count();
  return element;
}

function lineOf(variant) {
  const line = { variant, controls: {
    price: input({ inputmode: 'decimal', class: 'short' }),
    sale_price: input({ inputmode: 'decimal', class: 'short' }),
    stock: input({ inputmode: 'numeric', class: 'short' }),
    availability: choice(options('availability'), variant.availability),
  } };
  reset(line);
  return line;
}

function tableOf({ title }, lines) {
  const column = (name) => ({ title: say(`merchant.offers.${name}`), cell: (line) => labelled(line, name) });
  return table({ caption: say('merchant.offers.of', { title }), rows: lines, columns: [
    { title: say('merchant.offers.variant'), cell: ({ variant }) => [variantName(variant), variant.gtin && h('span', { class: 'hint code' }, ' ', variant.gtin)] },
    ...CONTROLS.map(column),
  ] });
}

function labelled({ variant, controls }, name) {
  const control = controls[name];
  const id = freshId('offer');
  control.setAttribute('aria-describedby', id);
  return h('div', { class: 'offer-field' },
    h('label', { class: 'offer-label' },
      h('span', { class: 'unseen' }, say('merchant.offers.field', { field: say(`merchant.offers.${name}`), variant: variantName(variant) })),
      control,
      name.includes('price') && h('span', { class: 'hint', 'aria-hidden': 'true' }, variant.price.currency)),
    h('p', { class: 'error', id }));
}

/** What a line's fields hold where nothing is changed. */
function kept({ price, sale_price: sale, stock, availability }) {
  return { price: majorUnits(price), sale_price: sale ? majorUnits(sale) : '', stock: stock === null || stock === undefined ? '' : String(stock), availability };
}

function reset({ variant, controls }) {
  for (const [name, value] of Object.entries(kept(variant))) {
    controls[name].value = value;
    if (controls[name].isConnected) showError(controls[name], null);
  }
}

function isChanged({ variant, controls }) {
  return Object.entries(kept(variant)).some(([name, value]) => controls[name].value.trim() !== value);
}

/** What is sent for a line; null where a field holds nothing that can be sent. */
function changeOf({ variant, controls }) {
  const before = kept(variant);
  const change = { variant_id: variant.id };
  let isGood = true;
  for (const name of CONTROLS) {
    const text = controls[name].value.trim();
    showError(controls[name], null);
    if (text === before[name]) continue;
    const value = read(name, text, variant.price.currency);
    if (value === undefined) {
      showError(controls[name], say(`merchant.offers.${name}.invalid`));
      isGood = false;
    }
    change[name] = value;
  }
  if (!isGood) Object.values(controls).find((control) => control.ariaInvalid === 'true')?.focus();
  return isGood ? change : null;
}

function read(name, text, currency) {
  if (name === 'availability') return text;
  if (text === '') return name === 'price' ? undefined : null;
  if (name === 'stock') return /^\d{1,9}$/.test(text) ? Number(text) : undefined;
  const amount = minorUnits(text, currency);
  return amount === null ? undefined : { amount, currency };
}

function showOfferProblem({ controls }, { code, detail }) {
  const control = controls[code === 'sale_price_invalid' ? 'sale_price' : 'price'];
  const key = `merchant.offers.problem.${code}`;
  showError(control, has(key) ? say(key) : detail, has(key) ? {} : { lang: 'en' });
  control.focus();
}
