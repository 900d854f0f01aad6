// The bar on top of each page: the name, what the page adds, language and light.

import { h, freshId } from './dom.js';
import { chooseLanguage, languageNow, languages, say } from './words.js';

const THEME = 'vitrine.theme';

/** The bar; `extras` stand before the choices of language and light. */
export function header({ title, extras = [] }) {
  return h('header', { class: 'bar' },
    h('a', { class: 'skip', href: '#main' }, say('common.skip')),
    h('a', { class: 'brand', href: location.pathname }, 'Vitrine', title && h('span', {}, title)),
    h('div', { class: 'bar-end' }, extras, languageChoice(), themeChoice()));
}

function languageChoice() {
  const id = freshId('language');
  return h('span', {},
    h('label', { class: 'unseen', for: id }, say('common.language')),
    h('select', { id, class: 'quiet', on: { change: (event) => chooseLanguage(event.target.value) } },
      languages().map(([tag, name]) => h('option', { value: tag, lang: tag, selected: tag === languageNow() }, name))));
}

function themeChoice() {
  const id = freshId('theme');
  const now = localStorage.getItem(THEME) ?? 'auto';
  const change = (event) => {
    const theme = event.target.value;
    if (theme === 'auto') localStorage.removeItem(THEME);
    else localStorage.setItem(THEME, theme);
    useTheme();
  };
  return h('span', {},
    h('label', { class: 'unseen', for: id }, say('common.theme')),
    h('select', { id, class: 'quiet', on: { change } },
      ['auto', 'light', 'dark'].map((theme) => h('option', { value: theme, selected: theme === now }, say(`common.theme.${theme}`)))));
}

/** Shows the page as it was chosen here; else as the system is set. */
export function useTheme() {
  const theme = localStorage.getItem(THEME);
  if (theme === null) delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = theme;
}
