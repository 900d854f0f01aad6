// Which products are listed.

import { h } from '../../../common/dom.js';
import { say } from '../../../common/words.js';
import { choice, field, input } from '../../form.js';
import { replaceQuery } from '../../routes.js';
import { optionsOrNone } from '../../vocabulary.js';

/** Milliseconds without a key before what is typed is looked for. */
const PAUSE = 350;

/** The fields; each change stands in the address and is told to `changed`. */
export function filters(query, changed) {
  const controls = {
    id_prefix: input({ type: 'search', maxlength: 200, value: query.get('id_prefix') ?? '' }),
    category: select('category', query),
    colour: select('colour', query),
    available: yesOrNo('available', query),
    lacks: choice(optionsOrNone('lack', say('merchant.any')), query.get('lacks') ?? ''),
    never_matched: yesOrNo('never_matched', query),
    brand: input({ type: 'search', maxlength: 100, value: query.get('brand') ?? '' }),
    gender: select('gender', query),
    pattern: select('pattern', query),
    age_group: select('age_group', query),
  };
  const labelled = ([name, control]) => field({ label: say(`merchant.filter.${name}`), control });
  const [common, rare] = [Object.entries(controls).slice(0, 4), Object.entries(controls).slice(4)];
  const use = () => {
    const chosen = new URLSearchParams(Object.entries(controls).map(([name, { value }]) => [name, value.trim()]).filter(([, value]) => value !== ''));
    replaceQuery(chosen);
    clear.hidden = chosen.size === 0;
    changed(chosen);
  };
  const clear = h('button', { type: 'button', class: 'small', hidden: query.size === 0, on: { click: () => {
    for (const control of Object.values(controls)) control.value = '';
    use();
    controls.id_prefix.focus();
  } } }, say('merchant.filter.clear'));
  return h('form', { class: 'card filters', role: 'search', 'aria-label': say('merchant.filter'), on: {
    submit: (event) => event.preventDefault(),
    input: paused(use),
  } },
  h('div', { class: 'filter-row' }, common.map(labelled)),
  h('details', { open: rare.some(([, { value }]) => value !== '') },
    h('summary', {}, say('merchant.filter.more')),
    h('div', { class: 'filter-row' }, rare.map(labelled))),
  clear);
}

function select(kind, query) {
  return choice(optionsOrNone(kind, say('merchant.any')), query.get(kind) ?? '');
}

function yesOrNo(name, query) {
  return choice([['', say('merchant.any')], ['true', say(`merchant.filter.${name}.true`)], ['false', say(`merchant.filter.${name}.false`)]], query.get(name) ?? '');
}

function paused(work) {
  let timer;
  return () => {
    clearTimeout(timer);
    timer = setTimeout(work, PAUSE);
  };
}
