// What an agent has begun to write, for each conversation, as long as the tab lives.

const KEY = 'vitrine.agent.draft.';
const EMPTY = { text: '', suggestion: null, products: [] };

/**
 * The draft of a conversation: `now` is `{ text, suggestion, products }`, `suggestion` being the
 * suggested reply that the text was made of and `products` the ids of those attached.
 */
export function draftOf(id) {
  const key = KEY + id;
  const watchers = new Set();
  let draft = JSON.parse(sessionStorage.getItem(key)) ?? EMPTY;
  return {
    get now() {
      return draft;
    },
    change(part) {
      draft = { ...draft, ...part };
      if (isEmpty(draft)) sessionStorage.removeItem(key);
      else sessionStorage.setItem(key, JSON.stringify(draft));
      for (const watcher of watchers) watcher(draft);
    },
    clear() {
      this.change(EMPTY);
    },
    /** Calls back now and after each change. */
    watch(watcher) {
      watchers.add(watcher);
      watcher(draft);
    },
  };
}

/** Whether something was begun in a conversation. */
export function hasDraft(id) {
  return sessionStorage.getItem(KEY + id) !== null;
}

export function forgetDrafts() {
  for (const key of Object.keys(sessionStorage)) {
    if (key.startsWith(KEY)) sessionStorage.removeItem(key);
  }
}

function isEmpty({ text, products }) {
  return text === '' && products.length === 0;
}
