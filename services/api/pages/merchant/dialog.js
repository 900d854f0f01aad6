// What is asked for, or shown, before all else. Escape closes it, and the focus goes back to where it was.

import { fill, freshId, h } from '../common/dom.js';
import { problemBox } from '../common/problems.js';
import { say } from '../common/words.js';
import { form, whileBusy } from './form.js';

/** Opens a dialog; `content` is made with a function that closes it. */
export function openDialog(title, content) {
  const id = freshId('dialog');
  const before = document.activeElement;
  const dialog = h('dialog', { 'aria-labelledby': id, on: { close: () => {
    dialog.remove();
    focusAgain(before);
  } } }, h('h2', { id }, title));
  dialog.append(...[content(() => dialog.close())].flat());
  document.body.append(dialog);
  dialog.showModal();
  return dialog;
}

/** A form in a dialog, which closes once it is sent; then what `send` gave is called, if anything. */
export function openForm(title, { send, ...rest }) {
  return openDialog(title, (close) => form({ ...rest, cancel: close, send: async () => {
    const after = await send();
    close();
    after?.();
  } }));
}

/** Asks before something that can not be undone: `run` does it, and what fails is shown here. */
export function askFirst({ title, text, action, run }) {
  openDialog(title, (close) => {
    const told = h('div');
    const go = h('button', { type: 'button', class: 'danger', on: { click: () => whileBusy(go.parentElement, async () => {
      try {
        await run();
        close();
      } catch (error) {
        fill(told, problemBox(error));
      }
    }) } }, action);
    const stay = h('button', { type: 'button', autofocus: true, on: { click: close } }, say('common.cancel'));
    return [h('p', {}, text), told, h('div', { class: 'row form-end' }, go, stay)];
  });
}

/** Shows a secret, which is told this once. */
export function showSecret(title, about, secret) {
  openDialog(title, (close) => {
    const place = h('output', { class: 'secret code', tabindex: '0', 'aria-label': title }, secret);
    const told = h('span', { class: 'hint', role: 'status' });
    const copy = h('button', { type: 'button', class: 'primary', autofocus: true, on: { click: async () => {
      await navigator.clipboard.writeText(secret).then(() => fill(told, say('common.copied')), () => select(place));
    } } }, say('common.copy'));
    return [h('p', {}, about), place,
      h('div', { class: 'row form-end' }, copy, h('button', { type: 'button', on: { click: close } }, say('merchant.secret.done')), told)];
  });
}

function select(element) {
  getSelection().selectAllChildren(element);
}

/** Where the pressed button is gone with what it deleted, the view's name has the focus. */
function focusAgain(before) {
  if (before?.isConnected && before !== document.body) before.focus();
  else document.querySelector('main h1')?.focus();
}
