// The outfit board: one product for each garment and each empty place, laid out together.

import { h, fill } from '../common/dom.js';
import { category, moment, money } from '../common/format.js';
import { picture } from '../common/pictures.js';
import { say } from '../common/words.js';
import { icon } from './icons.js';
import { openProduct } from './product_dialog.js';
import { priceOf, priceTag } from './price.js';

const ZONES = ['side', 'body', 'ends'];
const SIDE = ['blazer', 'jacket', 'outer'];
const ENDS = ['hat', 'shoes'];

/** The board, hidden while it holds fewer than two pieces. */
export function outfitBoard() {
  const pieces = new Map();
  const listeners = new Set();
  const spread = h('div', { class: 'spread' });
  const foot = h('div', { class: 'board-foot' });
  const element = h('section', { class: 'board', hidden: true, 'aria-labelledby': 'board-title' },
    h('header', {}, h('h2', { id: 'board-title', tabindex: '-1' }, say('shopper.board')), h('p', { class: 'hint' }, say('shopper.board.about'))),
    spread, foot);

  /** Lays out a piece under a key: a garment's own matches, or what completes the look at `slot`. */
  function put(key, matches, { look, slot = null }) {
    if (matches.length === 0) pieces.delete(key);
    else pieces.set(key, { key, matches, look, slot, at: 0, out: false });
    show();
  }

  /** Puts this product in its place on the board. */
  function wear(key, product) {
    const piece = pieces.get(key);
    piece.at = piece.matches.findIndex((match) => match.product_id === product);
    piece.out = false;
    show();
  }

  function wears(key, product) {
    const piece = pieces.get(key);
    return piece !== undefined && !piece.out && worn(piece).product_id === product;
  }

  /** A button that puts a match on the board, and says whether it is there. */
  function wearing(key, match) {
    const button = h('button', { type: 'button', class: 'small wear', on: { click: () => wear(key, match.product_id) } });
    const update = () => {
      const on = wears(key, match.product_id);
      button.setAttribute('aria-pressed', String(on));
      fill(button, icon(on ? 'check' : 'add'), say('shopper.wear'), h('span', { class: 'unseen' }, match.title));
      return button.isConnected;
    };
    listeners.add(update);
    update();
    return button;
  }

  function show() {
    const laid = [...pieces.values()].filter((piece) => !piece.out);
    const left = [...pieces.values()].filter((piece) => piece.out);
    element.hidden = pieces.size < 2;
    fill(spread, ZONES.map((zone) => {
      const here = laid.filter((piece) => zoneOf(piece) === zone);
      return here.length > 0 && h('div', { class: `zone ${zone}` }, here.map(pieceFigure));
    }));
    fill(foot, h('div', { class: 'left-out chips' }, left.map(backButton)), total(laid));
    for (const update of listeners) update();
  }

  function pieceFigure(piece) {
    const match = worn(piece);
    const name = nameOf(piece);
    const open = () => openProduct(match, { look: piece.look, position: piece.at });
    const change = (deed) => () => {
      deed();
      show();
      (spread.querySelector(`[data-piece="${piece.key}"] .swap`) ?? element.querySelector('#board-title')).focus();
    };
    return h('figure', { class: 'piece', data: { piece: piece.key, category: match.category } },
      h('button', { type: 'button', class: 'lay', 'aria-label': say('shopper.board.details', { product: match.title }), on: { click: open } }, picture(match.image_link)),
      h('figcaption', {},
        h('span', { class: 'piece-name' }, match.title),
        priceTag(priceOf(match)),
        match.link && h('span', { class: 'on-paper' }, match.link),
        h('span', { class: 'piece-deeds' },
          piece.matches.length > 1 && h('button', { type: 'button', class: 'quiet icon swap', 'aria-label': say('shopper.board.swap', { piece: name }), on: {
            click: change(() => { piece.at = (piece.at + 1) % piece.matches.length; }),
          } }, icon('swap')),
          h('button', { type: 'button', class: 'quiet icon', 'aria-label': say('shopper.board.leave_out', { piece: name }), on: {
            click: change(() => { piece.out = true; }),
          } }, icon('take')))));
  }

  function backButton(piece) {
    return h('button', { type: 'button', class: 'chip', on: { click: () => {
      piece.out = false;
      show();
      spread.querySelector(`[data-piece="${piece.key}"] button`).focus();
    } } }, icon('add'), nameOf(piece));
  }

  function total(laid) {
    const sums = new Map();
    for (const { price } of laid.map(worn)) sums.set(price.currency, (sums.get(price.currency) ?? 0) + price.amount);
    return [
      h('p', { class: 'total', 'aria-live': 'polite' },
        h('span', {}, say('shopper.board.pieces', { count: laid.length })),
        [...sums].map(([currency, amount]) => h('strong', {}, money({ amount, currency }))),
        h('span', { class: 'on-paper' }, say('shopper.keep.as_of', { when: moment(new Date().toISOString()) }))),
      h('div', { class: 'keep' },
        h('button', { type: 'button', class: 'primary', disabled: laid.length === 0, on: { click: keep } }, icon('print'), say('shopper.keep')),
        h('p', { class: 'hint' }, say('shopper.keep.about'))),
    ];
  }

  return { element, put, wearing };
}

/** Prints the look, once all its pictures are there: to paper or into a file, as the visitor likes. */
async function keep() {
  const images = [...document.querySelectorAll('.board img, .advice img')];
  for (const image of images) image.loading = 'eager';
  await Promise.allSettled(images.map((image) => image.decode()));
  print();
}

const worn = (piece) => piece.matches[piece.at];

function nameOf(piece) {
  return piece.slot ? say(`shopper.slot.${piece.slot}`) : category(worn(piece).category);
}

function zoneOf(piece) {
  const what = piece.slot ?? worn(piece).category;
  if (SIDE.includes(what)) return 'side';
  return ENDS.includes(what) ? 'ends' : 'body';
}
