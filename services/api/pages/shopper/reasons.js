// Why a product matches, in the reader's language.

import { h } from '../common/dom.js';
import { say, sayList } from '../common/words.js';

const KINDS = ['rule', 'bought', 'asked', 'goes_with', 'liked', 'same', 'similar', 'avoided', 'differs'];
const GOOD = ['asked', 'goes_with', 'liked', 'same'];

/** A chip for each kind of reason, with all that it holds for. What the pictures say stands in the grade. */
export function reasonChips(reasons) {
  const told = reasons.filter(({ attribute }) => attribute !== 'picture' && attribute !== 'words');
  const chips = KINDS.flatMap((kind) => {
    const attributes = told.filter((reason) => reason.kind === kind).map(({ attribute }) => attribute);
    return attributes.length === 0 ? [] : [chip(kind, [...new Set(attributes)])];
  });
  return chips.length === 0 ? null : h('ul', { class: 'chips plain reasons', 'aria-label': say('shopper.reasons') }, chips);
}

function chip(kind, attributes) {
  const what = sayList(attributes.map((attribute) => say(`attribute.${attribute}`)));
  const mood = kind === 'rule' ? 'accent' : GOOD.includes(kind) ? 'good' : '';
  return h('li', { class: `chip ${mood}` }, say(`reason.${kind}`, { what }));
}

/** How alike a product and the garment look; nothing where they do not. */
export function gradeBadge(match) {
  return match.looks_alike && h('span', { class: 'grade', data: { grade: match.looks_alike.grade } }, say(`grade.${match.looks_alike.grade}`));
}
