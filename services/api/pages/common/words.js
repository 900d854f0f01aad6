// What the page says, in the language of the moment: every text comes from `/pages/words/<language>.json`.
//
// `say('key', values)` gives an object whose text follows the language: put into an element with
// `h`, it changes in place when the language does.

const LANGUAGES = { en: 'English', de: 'Deutsch', zh: '中文' };
const CHOICE = 'vitrine.language';

const dictionaries = new Map();
let language = 'en';
let words = {};
let bound = [];
/** How many are bound before those that are gone are looked for. */
let most = 1_000;
const listeners = new Set();

class Said {
  constructor(tell) {
    this.tell = tell;
  }

  toString() {
    return this.tell();
  }
}

/** Whether something is a text that follows the language. */
export function isSaid(value) {
  return value instanceof Said;
}

/**
 * The text of a key. `{name}` in it is replaced by the value of that name, which may follow the
 * language itself. With a number `count` the key is looked up as `key.one`, `key.other` and so on
 * first (CLDR plural categories).
 */
export function say(key, values = {}) {
  return new Said(() => written(key, values));
}

/** The text of the first key that there is. */
export function sayFirst(keys, values = {}) {
  return new Said(() => written(keys.find((key) => has(key)) ?? keys.at(-1), values));
}

/** A text that is made anew for each language from its tag, for dates, numbers and prices. */
export function sayWith(tell) {
  return new Said(() => tell(language));
}

/** Several texts in a row. */
export function sayJoined(parts, between = ', ') {
  return new Said(() => parts.map(String).join(between));
}

/** Texts as a list of the language: a, b and c. */
export function sayList(parts, type = 'conjunction') {
  return new Said(() => new Intl.ListFormat(language, { type }).format(parts.map(String)));
}

/** Whether the language of the moment, or English, has a key. */
export function has(key) {
  return key in words;
}

function written(key, values) {
  const { count } = values;
  const plural = typeof count === 'number' ? `${key}.${new Intl.PluralRules(language).select(count)}` : key;
  const text = words[plural] ?? words[`${key}.other`] ?? words[key] ?? key;
  return text.replace(/\{(\w+)\}/g, (whole, name) => (name in values ? shown(values[name]) : whole));
}

function shown(value) {
  return typeof value === 'number' ? new Intl.NumberFormat(language).format(value) : String(value);
}

/** Has a text set now and each time that the language changes, as long as its node lives. */
export function bind(said, node, set) {
  set(String(said));
  // The setter is held by the node alone, so that both go together.
  (node.vitrineTexts ??= []).push(set);
  bound.push({ said, set: new WeakRef(set) });
  if (bound.length > most) sweep();
}

/** Forgets the texts of nodes that are gone. */
function sweep() {
  bound = bound.filter(({ set }) => set.deref() !== undefined);
  most = Math.max(1_000, 2 * bound.length);
}

/** The tag of the language of the moment. */
export function languageNow() {
  return language;
}

/** The languages that there are, by tag, each by its own name. */
export function languages() {
  return Object.entries(LANGUAGES);
}

/** Calls back each time that the language changes. */
export function onLanguage(listener) {
  listeners.add(listener);
}

/** Loads the language that was chosen here, or the first of the browser's that there is. */
export async function loadWords() {
  await speak(chosen() ?? preferred());
}

/** Changes the language, for this browser too. */
export async function chooseLanguage(tag) {
  localStorage.setItem(CHOICE, tag);
  await speak(tag);
}

async function speak(tag) {
  words = await dictionary(tag);
  language = tag;
  document.documentElement.lang = tag;
  bound = bound.filter(({ said, set }) => {
    const alive = set.deref();
    alive?.(String(said));
    return alive !== undefined;
  });
  for (const listener of listeners) listener(tag);
}

async function dictionary(tag) {
  if (!dictionaries.has(tag)) {
    const answer = await fetch(`/pages/words/${tag}.json`);
    if (!answer.ok) throw new Error(`/pages/words/${tag}.json: ${answer.status}`);
    dictionaries.set(tag, await answer.json());
  }
  return dictionaries.get(tag);
}

function chosen() {
  const tag = localStorage.getItem(CHOICE);
  return tag in LANGUAGES ? tag : null;
}

function preferred() {
  return navigator.languages.map((tag) => tag.split('-')[0].toLowerCase()).find((tag) => tag in LANGUAGES) ?? 'en';
}
