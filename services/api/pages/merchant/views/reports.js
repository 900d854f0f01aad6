// Reports: what was answered and what came of it, in a period of days.

import { get, withQuery } from '../../common/api.js';
import { fill, h } from '../../common/dom.js';
import { say } from '../../common/words.js';
import { downloadButton } from '../download.js';
import { heading, nothingYet, tabs } from '../heading.js';
import { onlyLatest } from '../latest.js';
import { load } from '../load.js';
import { address, replaceQuery } from '../routes.js';
import { chart } from './reports/chart.js';
import { conversion } from './reports/conversion.js';
import { experiments } from './reports/experiments.js';
import { latency } from './reports/latency.js';
import { overview } from './reports/overview.js';
import { period } from './reports/period.js';
import { queries } from './reports/queries.js';

const REPORTS = { overview, conversion, queries, latency, experiments };

export function show(place, { parts: [asked], query, signal }) {
  const which = asked in REPORTS ? asked : 'overview';
  const links = h('div');
  const content = h('div');
  const latest = onlyLatest(signal);
  const refresh = (days) => {
    replaceQuery(days);
    fill(links, tabs(say('merchant.reports.parts'), Object.keys(REPORTS).map((key) => [key, say(`merchant.reports.${key}`), address('reports', [key], days)]), which));
    report(content, which, days, latest());
  };
  const days = period(query, refresh);
  place.append(heading(say('merchant.reports'), say('merchant.reports.about')), days.element, links, content);
  refresh(days.value());
}

function report(place, which, days, signal) {
  const path = withQuery(`/v1/reports/${which}`, days);
  load(place, () => get(path, { signal }), (found) => {
    const { isEmpty, summary, content } = REPORTS[which](found);
    if (isEmpty) return nothingYet('reports', say(`merchant.reports.${which}.none`));
    return h('div', { class: 'stack loose' },
      h('div', { class: 'row spread' },
        h('p', { class: 'hint' }, say(`merchant.reports.${which}.about`)),
        downloadButton(say('merchant.csv'), path, 'text/csv', `${which}-${found.from}-${found.to}.csv`)),
      chart(path, say('merchant.reports.chart', { report: say(`merchant.reports.${which}`), summary }), signal),
      content);
  });
}
