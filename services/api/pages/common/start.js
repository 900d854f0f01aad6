// How each page begins.

import { knowPictures } from './pictures.js';
import { useTheme } from './header.js';
import { bind, loadWords, say } from './words.js';

/** Loads what each page needs and calls `show`; where that fails, says so. */
export async function start(title, show) {
  try {
    useTheme();
    await Promise.all([loadWords(), knowPictures()]);
    bind(say(title), document.documentElement, (text) => { document.title = text; });
    document.querySelector('#first').remove();
    await show();
  } catch (error) {
    console.error(error);
    document.querySelector('#failed').hidden = false;
  }
}
