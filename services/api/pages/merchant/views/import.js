// Feeds: importing one now, what was imported, and those that are fetched on a schedule.

import { h } from '../../common/dom.js';
import { say } from '../../common/words.js';
import { heading, tabs } from '../heading.js';
import { address } from '../routes.js';
import { showFeeds } from './import/feeds.js';
import { showHistory } from './import/history.js';
import { showKeptRun, showNewImport } from './import/one.js';

const PARTS = { now: showNewImport, history: showHistory, feeds: showFeeds, run: showKeptRun };

export function show(place, { parts: [part = 'now', id], signal }) {
  const content = h('div');
  place.append(
    heading(say('merchant.import'), say('merchant.import.about')),
    tabs(say('merchant.import.parts'), ['now', 'history', 'feeds'].map((key) => [key, say(`merchant.import.${key}`), address('import', [key])]), part),
    content);
  (PARTS[part] ?? showNewImport)(content, { id, signal });
}
