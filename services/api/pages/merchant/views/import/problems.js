// What is wrong with a feed, row by row.

import { get, withQuery } from '../../../common/api.js';
import { h } from '../../../common/dom.js';
import { number } from '../../../common/format.js';
import { has, say } from '../../../common/words.js';
import { downloadButton } from '../../download.js';
import { growing } from '../../load.js';
import { growingTable } from '../../table.js';

/** The problems of an import, page by page, and all of them as a file. */
export function feedProblems({ id, problems, counts }, signal) {
  const path = `/v1/catalog/imports/${id}/problems`;
  const { element, add } = growingTable({ caption: say('merchant.problems'), columns: [
    { title: say('merchant.problems.line'), kind: 'number', cell: ({ line }) => number(line, { useGrouping: false }) },
    { title: say('merchant.problems.row'), kind: 'number', cell: ({ row }) => number(row, { useGrouping: false }) },
    { title: say('merchant.problems.severity'), cell: severityChip },
    { title: say('merchant.problems.column'), cell: ({ column }) => (column ? h('code', {}, column) : say('merchant.problems.whole_row')) },
    { title: say('merchant.problems.value'), cell: ({ value }) => (value ? h('code', {}, value) : '–') },
    { title: say('merchant.problems.do'), kind: 'text', cell: remedy },
  ] });
  const ask = async (cursor) => {
    const { problems: items, next } = await get(withQuery(path, { cursor, limit: 20 }), { signal });
    return { items, next };
  };
  return h('section', { class: 'card stack feed-problems', 'aria-labelledby': `problems-${id}` },
    h('div', { class: 'row spread' },
      h('h2', { id: `problems-${id}` }, say('merchant.problems.title', { count: problems })),
      downloadButton(say('merchant.csv'), path, 'text/csv', `problems-${id}.csv`)),
    h('p', { class: 'hint' }, say('merchant.problems.about', { failed: counts.failed, warnings: counts.warnings })),
    growing({ list: element, ask, add, empty: h('p', {}, say('merchant.run.no_problems')) }));
}

function severityChip({ severity }) {
  return h('span', { class: severity === 'error' ? 'chip bad' : 'chip warn' }, say(`merchant.severity.${severity}`));
}

function remedy({ code, message }) {
  const key = `merchant.feed_problem.${code}`;
  if (!has(key)) return h('span', { lang: 'en' }, message);
  return [say(key), h('details', {}, h('summary', { class: 'hint' }, say('merchant.problems.message')), h('span', { lang: 'en' }, message))];
}
