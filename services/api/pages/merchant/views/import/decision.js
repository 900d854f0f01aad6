// What follows on a dry run: another mode is tried, or the feed is imported for real.

import { fill, h } from '../../../common/dom.js';
import { problemBox } from '../../../common/problems.js';
import { say } from '../../../common/words.js';
import { asking } from '../../buttons.js';
import { askFirst } from '../../dialog.js';
import { choices, chosenOf, whileBusy } from '../../form.js';

const MODES = ['upsert', 'replace', 'delta'];
/** Why an import stops before much is lost; it goes on where it is forced. */
const FORCEABLE = ['too_many_failed', 'too_many_removed'];

/** The choice of the mode, and the button that imports. `again` tries with a change, `go` imports. */
export function decision(tried, { again, go }) {
  const told = h('div');
  const safely = (work) => whileBusy(element, async () => {
    try {
      fill(told);
      await work();
    } catch (error) {
      fill(told, problemBox(error));
    }
  });
  const modes = choices({ legend: say('merchant.import.mode.choose'), one: true, chosen: [tried.mode],
    options: MODES.map((mode) => [mode, say(`merchant.mode.${mode}`), say(`merchant.mode.${mode}.about`)]),
    on: { change: () => safely(() => again({ mode: chosenOf(modes)[0] })) } });
  const element = h('section', { class: 'card stack decision' },
    h('h2', {}, say('merchant.import.for_real')), modes, warning(tried), told,
    h('div', { class: 'row form-end' }, h('button', { type: 'button', class: 'primary', disabled: tried.state !== 'done' || nothing(tried.counts),
      on: { click: () => (tried.counts.removed > 0 ? askToRemove(tried, go) : safely(go)) } }, say('merchant.import.go'))));
  return element;
}

/** Whether an import that stopped would go on if it were forced. */
export function isForceable({ failure }) {
  return FORCEABLE.includes(failure?.code);
}

/** The button that has a stopped import go on all the same. */
export function forcing({ failure }, go) {
  return h('p', {}, asking(say('merchant.import.force'), {
    title: say('merchant.import.force'),
    text: say(`merchant.import.force.${failure.code}`),
    run: go,
  }, { look: 'danger' }));
}

function nothing({ created, changed, removed }) {
  return created + changed + removed === 0;
}

function warning({ state, counts }) {
  if (state === 'done' && nothing(counts)) return h('p', { class: 'told' }, say('merchant.import.nothing'));
  return counts.removed > 0 && h('p', { class: 'told' }, say('merchant.import.removes', { count: counts.removed }));
}

function askToRemove({ counts }, go) {
  askFirst({
    title: say('merchant.import.remove.title'),
    text: say('merchant.import.removes', { count: counts.removed }),
    action: say('merchant.import.remove.go'),
    run: go,
  });
}
