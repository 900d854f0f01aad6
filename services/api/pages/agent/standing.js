// Who answers in a conversation, and having somebody else do it.

import { patch } from '../common/api.js';
import { freshId, h } from '../common/dom.js';
import { say } from '../common/words.js';
import { agentName } from './name.js';

/** To whom a conversation can be handed on. */
const OTHERS = ['assistant', 'waiting', 'closed'];

/** Who answers now, in one line; `me` of the conversation is the agent at this page. */
export function standingLine(conversation) {
  const { status, agent } = conversation;
  if (status !== 'agent') return say(`agent.standing.${status}`);
  return isMine(conversation) ? say('agent.standing.mine') : say('agent.standing.agent', { agent: agent ?? '' });
}

/** The buttons that change who answers; `change(status)` does. */
export function standingButtons(conversation, change) {
  return h('div', { class: 'row standing-buttons' },
    !isMine(conversation) && h('button', { type: 'button', class: 'primary small', title: say('agent.take.about'), on: { click: () => change('agent') } }, say('agent.take')),
    h('button', { type: 'button', class: 'small', 'aria-haspopup': 'dialog', on: { click: () => chooseOther(conversation, change) } }, say('agent.hand_on')));
}

/** Has somebody else answer, `agent` being the one at this page. */
export function changeStanding(id, status) {
  return patch(`/v1/agent/conversations/${id}`, status === 'agent' ? { status, agent: agentName() } : { status });
}

function isMine({ status, agent, me }) {
  return status === 'agent' && agent === me;
}

function chooseOther({ status: now }, change) {
  const id = freshId('hand-on');
  const choose = (status) => {
    dialog.close();
    change(status);
  };
  const dialog = h('dialog', { 'aria-labelledby': id, on: { close: () => dialog.remove() } },
    h('h2', { id }, say('agent.hand_on.title')),
    h('div', { class: 'stack' },
      OTHERS.filter((status) => status !== now).map((status) => h('button', { type: 'button', class: 'choice', on: { click: () => choose(status) } },
        h('strong', {}, say(`agent.hand_on.${status}`)),
        h('span', { class: 'hint' }, say(`agent.hand_on.${status}.about`)))),
      h('button', { type: 'button', class: 'quiet', on: { click: () => dialog.close() } }, say('common.cancel'))));
  document.body.append(dialog);
  dialog.showModal();
}
