// Elements, built from data: no HTML is ever parsed, so no text of a feed or a customer becomes markup.

import { bind, isSaid } from './words.js';

/**
 * An element. `attributes` may hold `class`, `data`, any attribute (true sets it, false, null and
 * undefined leave it out), `on` with listeners by event, and properties under `set`. Children are
 * elements, strings, numbers, what `words.js` says, lists of these, or nothing.
 */
export function h(name, attributes = {}, ...children) {
  return furnish(document.createElement(name), attributes, children);
}

/** The same for SVG. */
export function s(name, attributes = {}, ...children) {
  return furnish(document.createElementNS('http://www.w3.org/2000/svg', name), attributes, children);
}

function furnish(element, attributes, children) {
  for (const [name, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false) continue;
    if (name === 'on') {
      for (const [event, listener] of Object.entries(value)) element.addEventListener(event, listener);
    } else if (name === 'data') {
      Object.assign(element.dataset, value);
    } else if (name === 'set') {
      Object.assign(element, value);
    } else {
      attribute(element, name, value);
    }
  }
  element.append(...nodes(children));
  return element;
}

/** Sets an attribute to a text, or to what is said in the language of the moment. */
export function attribute(element, name, value) {
  if (isSaid(value)) bind(value, element, (text) => element.setAttribute(name, text));
  else element.setAttribute(name, value === true ? '' : value);
}

/** Puts these children in place of all that an element had. */
export function fill(element, ...children) {
  element.replaceChildren(...nodes(children));
  return element;
}

function nodes(children) {
  return children.flat(Infinity).filter((child) => child !== null && child !== undefined && child !== false).map(node);
}

function node(child) {
  if (child instanceof Node) return child;
  if (!isSaid(child)) return document.createTextNode(String(child));
  const text = document.createTextNode('');
  bind(child, text, (said) => { text.data = said; });
  return text;
}

let ids = 0;

/** An id that no other element of the page has. */
export function freshId(name) {
  ids += 1;
  return `${name}-${ids}`;
}
