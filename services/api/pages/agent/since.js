// Times that count up.

import { h } from '../common/dom.js';
import { languageNow } from '../common/words.js';

const UNITS = [['day', 86_400], ['hour', 3_600], ['minute', 60], ['second', 1]];
/** Minutes after which a wait is long, and too long. */
const LONG = 5;
const TOO_LONG = 15;

/** The time since a moment (RFC 3339), which counts up; one that `isWait` changes colour as it grows. */
export function since(moment, { isWait = false } = {}) {
  const time = h('time', { class: 'since', datetime: moment, data: isWait ? { wait: 'short' } : {} });
  tell(time);
  return time;
}

/** Has all of them count from now on. */
export function countUp() {
  setInterval(() => {
    if (!document.hidden) document.querySelectorAll('time.since').forEach(tell);
  }, 1_000);
}

function tell(time) {
  const seconds = Math.max(0, Math.floor((Date.now() - new Date(time.dateTime)) / 1000));
  time.textContent = duration(seconds);
  if ('wait' in time.dataset) time.dataset.wait = seconds < LONG * 60 ? 'short' : seconds < TOO_LONG * 60 ? 'long' : 'too-long';
}

/** A number of seconds by its two largest units. */
function duration(seconds) {
  const first = Math.max(0, UNITS.findIndex(([, size]) => seconds >= size));
  const largest = seconds === 0 ? UNITS.length - 1 : first;
  let rest = seconds;
  return UNITS.slice(largest, largest + 2).map(([unit, size]) => {
    const count = Math.floor(rest / size);
    rest -= count * size;
    return new Intl.NumberFormat(languageNow(), { style: 'unit', unit, unitDisplay: 'narrow' }).format(count);
  }).join(' ');
}
