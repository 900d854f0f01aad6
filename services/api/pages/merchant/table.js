// Tables, which become lists of cards on a phone.

import { h } from '../common/dom.js';

/**
 * A table, and a function that adds rows to it. Each column has a `title`, `cell(row)`, and may be
 * of a `kind`: `number`, `text` of several words, or `actions`, whose title is read but not seen. The
 * first column names the row.
 */
export function growingTable({ caption, columns }) {
  const body = h('tbody', { role: 'rowgroup' });
  const element = h('div', { class: 'table' },
    h('table', { role: 'table' },
      h('caption', { class: 'unseen' }, caption),
      h('thead', { role: 'rowgroup' }, h('tr', { role: 'row' }, columns.map(head))),
      body));
  const add = (rows) => body.append(...rows.map((row) => line(columns, row)));
  return { element, add };
}

/** A table of these rows. */
export function table({ caption, columns, rows }) {
  const { element, add } = growingTable({ caption, columns });
  add(rows);
  return element;
}

function head({ title, kind }) {
  const text = kind === 'actions' ? h('span', { class: 'unseen' }, title) : title;
  return h('th', { scope: 'col', role: 'columnheader', class: kind }, text);
}

function line(columns, row) {
  return h('tr', { role: 'row' }, columns.map(({ title, kind, cell }, at) => {
    const [name, kinds] = at === 0 ? ['th', { scope: 'row', role: 'rowheader' }] : ['td', { role: 'cell' }];
    return h(name, { ...kinds, class: kind, 'data-label': kind === 'actions' ? null : title }, h('div', {}, cell(row)));
  }));
}
