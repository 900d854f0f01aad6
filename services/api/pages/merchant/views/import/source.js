// The feed that is to be imported: a file, a text, or an address.

import { fill, freshId, h } from '../../../common/dom.js';
import { bytes } from '../../../common/format.js';
import { say } from '../../../common/words.js';
import { choice, choices, chosenOf, field, FieldError, form, input, showError } from '../../form.js';

const DIALECTS = ['vitrine', 'google', 'shopify', 'open-ai', 'acp', 'schema-org'];
const KINDS = { file: filePart, text: textPart, url: urlPart };

/** The form; `tryOut(feed, options)` is called with it, and `changed` when another is chosen. */
export function source({ tryOut, changed }) {
  let part;
  const place = h('div');
  const use = (kind) => {
    part = KINDS[kind](changed);
    fill(place, part.element);
  };
  const kinds = choices({ legend: say('merchant.import.from'), one: true, inline: true, chosen: ['file'],
    options: Object.keys(KINDS).map((kind) => [kind, say(`merchant.import.from.${kind}`)]),
    on: { change: () => {
      use(chosenOf(kinds)[0]);
      changed();
    } } });
  use('file');
  const { element: more, options } = details();
  return form({ className: 'card stack source', fields: [kinds, place, more], submit: say('merchant.import.try'), send: () => tryOut(part.feed(), options()) });
}

function filePart(changed) {
  const id = freshId('feed');
  let file = null;
  const chosen = h('p', { class: 'hint', role: 'status' }, say('merchant.import.file.kinds'));
  const take = ([first]) => {
    if (!first) return;
    file = first;
    showError(picker, null);
    fill(chosen, h('strong', {}, file.name), ' · ', bytes(file.size));
    changed();
  };
  const picker = h('input', { id, type: 'file', class: 'covered', 'aria-describedby': `${id}-error`, on: { change: () => take(picker.files) } });
  const over = (event, isOver) => {
    event.preventDefault();
    drop.classList.toggle('over', isOver);
  };
  const drop = h('div', { class: 'drop', data: { pointer: '/feed' }, on: {
    dragover: (event) => over(event, true),
    dragleave: (event) => over(event, false),
    drop: (event) => {
      over(event, false);
      take(event.dataTransfer.files);
    },
  } },
  picker,
  h('label', { for: id, class: 'button' }, say('merchant.import.file')),
  h('p', {}, say('merchant.import.file.drop')),
  chosen,
  h('p', { class: 'error', id: `${id}-error` }));
  return { element: drop, feed: () => {
    if (file === null) throw new FieldError('/feed', say('merchant.import.file.none'));
    return { body: file };
  } };
}

function textPart() {
  const control = h('textarea', { rows: 9, class: 'code', spellcheck: 'false', required: true });
  return {
    element: field({ label: say('merchant.import.text'), hint: say('merchant.import.text.hint'), control }),
    feed: () => ({ body: control.value }),
  };
}

function urlPart() {
  const control = input({ type: 'url', required: true, placeholder: 'https://', inputmode: 'url' });
  return {
    element: field({ label: say('merchant.import.url'), hint: say('merchant.import.url.hint'), control, pointer: '/url' }),
    feed: () => ({ url: control.value.trim() }),
  };
}

/** What is seldom needed. */
function details() {
  const dialect = choice([['', say('merchant.dialect.auto')], ...DIALECTS.map((word) => [word, say(`merchant.dialect.${word}`)])], '');
  const currency = input({ class: 'short', maxlength: 3, pattern: '[A-Za-z]{3}', placeholder: 'EUR' });
  const enrich = h('input', { type: 'checkbox' });
  const element = h('details', {}, h('summary', {}, say('merchant.import.options')), h('div', { class: 'stack' },
    field({ label: say('merchant.import.dialect'), hint: say('merchant.import.dialect.hint'), control: dialect }),
    field({ label: say('merchant.import.currency'), hint: say('merchant.import.currency.hint'), control: currency, optional: true }),
    h('label', { class: 'check' }, enrich, h('span', {}, say('merchant.import.enrich'), h('span', { class: 'hint' }, say('merchant.import.enrich.hint'))))));
  const options = () => {
    const chosen = { enrich: enrich.checked };
    if (dialect.value) chosen.dialect = dialect.value;
    if (currency.value.trim()) chosen.currency = currency.value.trim().toUpperCase();
    return chosen;
  };
  return { element, options };
}
