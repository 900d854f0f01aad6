// Imports of the last 30 days.

import { get, withQuery } from '../../../common/api.js';
import { fill, h } from '../../../common/dom.js';
import { moment, number } from '../../../common/format.js';
import { say } from '../../../common/words.js';
import { nothingYet } from '../../heading.js';
import { growing } from '../../load.js';
import { address } from '../../routes.js';
import { growingTable } from '../../table.js';

const TONES = { done: 'good', failed: 'bad', cancelled: '', receiving: 'accent', waiting: 'accent', running: 'accent' };

export function showHistory(place, { signal }) {
  const { element, add } = growingTable({ caption: say('merchant.import.history'), columns: [
    { title: say('merchant.import.begun'), cell: ({ id, created_at: begun }) => h('a', { href: address('import', ['run', id]) }, moment(begun)) },
    { title: say('merchant.state'), cell: ({ state }) => stateChip(state) },
    { title: say('merchant.import.what'), cell: whatItWas },
    { title: say('merchant.import.source'), cell: ({ feed, url }) => feed ?? (url ? h('code', {}, url) : say('merchant.import.by_file')) },
    { title: say('merchant.counts.rows'), kind: 'number', cell: ({ counts }) => number(counts.rows) },
    { title: say('merchant.import.did'), cell: ({ counts }) => say('merchant.import.did.counts', counts) },
    { title: say('merchant.counts.failed'), kind: 'number', cell: ({ counts }) => number(counts.failed) },
  ] });
  const ask = async (cursor) => {
    const { imports, next } = await get(withQuery('/v1/catalog/imports', { cursor }), { signal });
    return { items: imports, next };
  };
  fill(place, growing({ list: element, ask, add, empty: nothingYet('import', say('merchant.import.history.none')) }));
}

function whatItWas({ mode, dry_run: isTry }) {
  const name = say(`merchant.mode.${mode}`);
  return isTry ? say('merchant.import.tried', { mode: name }) : name;
}

function stateChip(state) {
  return h('span', { class: `chip ${TONES[state]}` }, say(`merchant.import.state.${state}`));
}
