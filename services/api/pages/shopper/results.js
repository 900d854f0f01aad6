// The answer to a photo or a part of it, as it comes in, and again under each wish.

import { h, fill } from '../common/dom.js';
import { category, kindAndColours } from '../common/format.js';
import { problemBox } from '../common/problems.js';
import { languageNow, say, sayList } from '../common/words.js';
import { adviceView } from './advice.js';
import { looked, refined } from './asking.js';
import { degradedBox, languageOf } from './degraded.js';
import { garmentSection } from './garment_section.js';
import { tell } from './measuring.js';
import { outfitBoard } from './outfit.js';
import { progressLine } from './progress.js';
import { refineForm } from './refine.js';
import { thumbs } from './thumbs.js';
import { conditionsOf, NO_WISH } from './wish.js';

/** Matches for each garment of the whole photo, and for one that is looked at alone. */
const FEW = 8;
const MANY = 20;

/**
 * The results for a photo; for the part of it alone that `region` names, with more matches, where
 * `number` is that of the garment in the whole photo. The `view` of the photo is told what is seen,
 * `onCloser` is given a garment to look at alone, and its number.
 */
export function results({ photo, view, region = null, number: known = null, onCloser = null }) {
  const whole = region === null;
  const progress = progressLine();
  const told = h('div', { class: 'answer-told' });
  const refine = refineForm((wish) => ask(wish));
  const list = h('div', { class: 'garments' });
  const rest = h('div', { class: 'answer-rest' });
  const element = h('div', { class: 'results' }, progress.element, told, refine.element, list, rest);

  let running = null;
  /** The look that is refined, answered before anything was wished for. */
  let base = null;
  let asked = NO_WISH;
  let answer = null;

  /** Asks under a wish; what was answered before stays until something new comes. */
  async function ask(wish = NO_WISH) {
    running?.abort();
    const { signal } = (running = new AbortController());
    begin();
    try {
      const wanted = { ...conditionsOf(wish), complete_the_look: whole, limit: whole ? FEW : MANY };
      const stream = base ? refined(base, photo, wanted, region ?? undefined, signal) : looked(photo, { ...wanted, region: region ?? undefined }, signal);
      for await (const { name, data } of stream) take(name, data, wish);
    } catch (error) {
      if (error.name === 'AbortError') return;
      progress.end();
      fill(told, problemBox(error, () => ask(wish)));
    }
    element.removeAttribute('aria-busy');
    view.busy(false);
    refine.busy(false);
  }

  function begin() {
    element.setAttribute('aria-busy', 'true');
    view.busy(true);
    refine.busy(true);
    fill(told);
    progress.say(say(base ? 'shopper.progress.again' : 'shopper.progress.sending'));
  }

  function take(name, data, wish) {
    if (name === 'look.created') renew(data);
    else if (name === 'look.garment') seen(data);
    else if (name === 'look.matches') matched(data);
    else if (name === 'look.completion') completed(data);
    else if (name === 'look.advice.delta') advised(data);
    else if (name === 'look.completed') end(data, wish);
  }

  function renew({ id, photo_id: photoId }) {
    photo.id = photoId;
    const board = whole ? outfitBoard() : null;
    const matches = new Map();
    const advice = adviceView((product) => matches.get(product));
    answer = { id, sections: new Map(), matches, board, advice };
    fill(list);
    fill(rest, board?.element, advice.element);
    progress.say(say('shopper.progress.looking'));
  }

  function seen(garment) {
    const number = whole ? answer.sections.size + 1 : known;
    const section = garmentSection(garment, number, {
      onCloser,
      onKind: kindOf,
      onPoint: whole ? view.point : null,
      wearing: whole ? (match) => answer.board.wearing(garment.id, match) : null,
    });
    answer.sections.set(garment.id, section);
    list.append(section.element);
    if (whole) view.add(garment, number);
    progress.say(say('shopper.progress.garment', { garment: kindAndColours(garment) }));
  }

  function matched({ garment_id: id, ...found }) {
    keep(id, found, answer.id);
    answer.sections.get(id).show(found, answer.id);
  }

  /** Takes note of a garment's matches, for the board and for what the advice speaks of. */
  function keep(id, { matches }, look) {
    for (const match of matches) answer.matches.set(match.product_id, match);
    answer.board?.put(id, matches, { look });
  }

  function completed({ slot, matches }) {
    for (const match of matches) answer.matches.set(match.product_id, match);
    answer.board.put(slot, matches, { look: answer.id, slot });
    progress.say(say('shopper.progress.completing'));
  }

  function advised(piece) {
    answer.advice.add(piece, answer.id, languageNow());
    progress.say(say('shopper.progress.advising'));
  }

  function end(look, wish) {
    base = look.refines ?? look.id;
    asked = wish;
    const language = languageOf(look.degraded, languageNow());
    for (const words of answer.advice.element.querySelectorAll('[lang]')) words.lang = language;
    fill(told, degradedBox(look.degraded));
    if (look.garments.length === 0) {
      fill(list, h('p', { class: 'empty' }, say(whole ? 'shopper.nothing_seen' : 'shopper.nothing_seen_here')));
      progress.end(say('shopper.progress.nothing'));
      return;
    }
    const matches = look.garments.flatMap((garment) => garment.matches);
    refine.show(wish, look.understood, matches);
    rest.append(thumbs(look.id));
    progress.end(say('shopper.progress.done', { garments: sayList(look.garments.map((garment) => category(garment.category))), count: matches.length }));
    tell('view', look.id);
  }

  /** The matches of a garment where it is of this kind; of both where that is left open again. */
  async function kindOf(garment, kind) {
    const wish = kind === null ? asked : { ...asked, filters: { ...asked.filters, categories: [kind] } };
    const { signal } = (running = new AbortController());
    const wanted = { ...conditionsOf(wish), garment_ids: [garment.id], limit: whole ? FEW : MANY };
    for await (const { name, data } of refined(answer.id, photo, wanted, garment.box, signal)) {
      if (name !== 'look.completed') continue;
      const [{ matches, note }] = data.garments;
      keep(garment.id, { matches }, data.id);
      return { found: { matches, note }, look: data.id };
    }
  }

  return { element, ask, stop: () => running?.abort() };
}
