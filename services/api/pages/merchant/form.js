// Forms: fields with their labels, hints and errors, and how they are sent.

import { Problem } from '../common/api.js';
import { fill, freshId, h } from '../common/dom.js';
import { problemBox } from '../common/problems.js';
import { say } from '../common/words.js';

/** A field: its label, what is put in, a hint. What the service says of `pointer` is shown at it. */
export function field({ label, hint = null, control, pointer = null, optional = false }) {
  control.id ||= freshId('field');
  const [hintId, errorId] = [`${control.id}-hint`, `${control.id}-error`];
  control.setAttribute('aria-describedby', hint ? `${hintId} ${errorId}` : errorId);
  return h('div', { class: 'field', data: pointer ? { pointer } : {} },
    h('label', { for: control.id }, label, optional && h('span', { class: 'hint' }, ' ', say('merchant.optional'))),
    control,
    hint && h('p', { class: 'hint', id: hintId }, hint),
    h('p', { class: 'error', id: errorId }));
}

export function input(attributes = {}) {
  return h('input', { type: 'text', autocomplete: 'off', ...attributes });
}

/** A choice; `options` are `[value, label]`. */
export function choice(options, value, attributes = {}) {
  return h('select', attributes, options.map(([option, label]) => h('option', { value: option, selected: option === value }, label)));
}

/** A box to tick. */
export function tick(label, attributes = {}) {
  return h('label', { class: 'check' }, h('input', { type: 'checkbox', ...attributes }), h('span', {}, label));
}

/**
 * Several boxes to tick, or where `one` is true a single choice among them. `options` are
 * `[value, label, explanation]`.
 */
export function choices({ legend, options, chosen, one = false, pointer = null, inline = false, on = {} }) {
  const name = freshId('choices');
  const errorId = `${name}-error`;
  return h('fieldset', { class: inline ? 'choices inline' : 'choices', data: pointer ? { pointer } : {}, 'aria-describedby': errorId, on },
    h('legend', {}, legend),
    h('div', { class: 'choices-list' }, options.map(([value, label, about]) => h('label', { class: 'check' },
      h('input', { type: one ? 'radio' : 'checkbox', name, value, checked: chosen.includes(value) }),
      h('span', {}, label, about && h('span', { class: 'hint' }, about))))),
    h('p', { class: 'error', id: errorId }));
}

/** What is ticked in `choices`. */
export function chosenOf(fieldset) {
  return [...fieldset.querySelectorAll('input:checked')].map(({ value }) => value);
}

/** The words of a field, one a line or parted by commas. */
export function listOf({ value }) {
  return value.split(/[\n,;，；、]/).map((word) => word.trim()).filter((word) => word !== '');
}

/**
 * A form that is sent by `send`, which may throw a `FieldError` or a `Problem`; both are shown where
 * they belong. While it is sent, its buttons are not to be pressed.
 */
export function form({ fields, submit, send, cancel = null, className = 'stack' }) {
  const told = h('div', { class: 'form-told' });
  const button = h('button', { class: 'primary' }, submit);
  const element = h('form', { class: className, novalidate: true }, fields, told,
    h('div', { class: 'row form-end' }, button,
      cancel && h('button', { type: 'button', class: 'quiet', on: { click: cancel } }, say('common.cancel'))));
  element.addEventListener('submit', async (event) => {
    event.preventDefault();
    clearErrors(element);
    fill(told);
    if (!showInvalid(element)) return;
    await whileBusy(element, async () => {
      try {
        await send();
      } catch (error) {
        if (error.name !== 'AbortError') showProblem(element, told, error);
      }
    });
  });
  return element;
}

/** Something wrong with one field, found before anything was sent. */
export class FieldError extends Error {
  constructor(pointer, text) {
    super(pointer);
    Object.assign(this, { pointer, text });
  }
}

/** Has the buttons in an element not be pressed while something is done. */
export async function whileBusy(element, work) {
  const buttons = [...element.querySelectorAll('button:not(:disabled)')];
  for (const button of buttons) button.disabled = true;
  element.setAttribute('aria-busy', 'true');
  try {
    return await work();
  } finally {
    for (const button of buttons) button.disabled = false;
    element.removeAttribute('aria-busy');
  }
}

/** Says at a control what is wrong with it; null says that nothing is. */
export function showError(control, text, attributes = {}) {
  const place = document.getElementById(control.getAttribute('aria-describedby').split(' ').at(-1));
  fill(place, text && h('span', attributes, text));
  if (control.matches('fieldset')) return;
  if (text) control.setAttribute('aria-invalid', 'true');
  else control.removeAttribute('aria-invalid');
}

function clearErrors(element) {
  for (const control of element.querySelectorAll('[aria-describedby]')) showError(control, null);
}

function showInvalid(element) {
  const invalid = [...element.elements].filter((control) => control.willValidate && !control.checkValidity() && control.getAttribute('aria-describedby'));
  for (const control of invalid) showError(control, say(`merchant.invalid.${kindOf(control.validity)}`, { min: control.min, max: control.max }));
  invalid[0]?.focus();
  return invalid.length === 0;
}

function kindOf(validity) {
  return ['valueMissing', 'typeMismatch', 'rangeUnderflow', 'rangeOverflow'].find((kind) => validity[kind]) ?? 'other';
}

function showProblem(element, told, error) {
  if (error instanceof FieldError) {
    const control = controlAt(element, error.pointer);
    showError(control, error.text);
    focusOn(control);
    return;
  }
  const rest = (error.errors ?? []).filter(({ pointer, detail }) => {
    const control = pointer ? controlAt(element, pointer.replace(/^#/, '')) : null;
    if (control) showError(control, detail, { lang: 'en' });
    return control === null;
  });
  const shown = error instanceof Problem ? new Problem({ ...error, errors: rest }) : error;
  fill(told, problemBox(shown));
  focusOn(element.querySelector('[aria-invalid]'));
}

function controlAt(element, pointer) {
  const place = [...element.querySelectorAll('[data-pointer]')].find(({ dataset }) => pointer === dataset.pointer || pointer.startsWith(`${dataset.pointer}/`));
  if (!place) return null;
  return place.matches('fieldset') ? place : place.querySelector('[aria-describedby]');
}

function focusOn(control) {
  if (control?.matches('fieldset')) control.querySelector('input')?.focus();
  else control?.focus();
}
