// What went wrong, and what to do, in the reader's language.

import { Problem } from './api.js';
import { h } from './dom.js';
import { has, say, sayFirst } from './words.js';

let own = [];

/** Has a page's own words looked for first, under `<prefix>.<code>`. */
export function usePageProblems(prefix) {
  own = [prefix];
}

/** What went wrong and what to do about it; `lang` is that of the remedy where it is the service's own. */
export function problemText(error) {
  if (!(error instanceof Problem)) return { title: say('problem.page'), remedy: say('problem.page.do') };
  const { code, status, detail } = error;
  const group = status === 429 ? 'problem.busy' : status >= 500 ? 'problem.internal' : 'problem.other';
  const isOwn = group === 'problem.other' && !known(code).some((key) => has(`${key}.do`));
  return {
    lang: isOwn ? 'en' : null,
    title: sayFirst([...known(code), group], { detail }),
    remedy: sayFirst([...known(code).map((key) => `${key}.do`), `${group}.do`], { detail, seconds: error.retryAfter ?? 5 }),
  };
}

function known(code) {
  return [...own, 'problem'].map((prefix) => `${prefix}.${code}`);
}

/**
 * A box that tells of an error, with a button to try again where `retry` is given. Where the
 * service named a time to wait (Retry-After), the button waits for it.
 */
export function problemBox(error, retry = null) {
  if (!(error instanceof Problem) && error?.name !== 'AbortError') console.error(error);
  const { title, remedy, lang } = problemText(error);
  const details = (error.errors ?? []).map(({ pointer, detail }) => h('li', { lang: 'en' }, pointer ? `${pointer}: ${detail}` : detail));
  return h('div', { class: 'problem', role: 'alert' },
    h('strong', {}, title),
    h('p', { lang }, remedy),
    details.length > 0 && h('ul', {}, details),
    error.status >= 500 && error.requestId && h('p', { class: 'hint' }, say('problem.request', { id: error.requestId })),
    retry && retryButton(error.retryAfter, retry));
}

function retryButton(wait, retry) {
  const button = h('button', { type: 'button', on: { click: () => retry() } }, say('common.try_again'));
  if (wait) {
    button.disabled = true;
    setTimeout(() => { button.disabled = false; }, wait * 1000);
  }
  return button;
}
