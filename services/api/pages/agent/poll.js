// Asking again and again, while somebody looks.

/** Milliseconds from an answer to the next question. */
const EVERY = 4_000;
const LONGEST = 60_000;

/**
 * Does `work(signal)` now and again a while after each time that it was done; not while the tab is
 * hidden, and more and more seldom while it fails. `now` does it at once, `stop` ends it.
 */
export function poll(work, failed) {
  let timer = null;
  let current = null;
  let failures = 0;

  const pause = () => {
    clearTimeout(timer);
    current?.abort();
    current = null;
  };

  const now = async () => {
    pause();
    const mine = new AbortController();
    current = mine;
    let wait = EVERY;
    try {
      await work(mine.signal);
      failures = 0;
    } catch (error) {
      if (mine.signal.aborted) return;
      failures += 1;
      wait = Math.max(Math.min(EVERY * 2 ** failures, LONGEST), (error.retryAfter ?? 0) * 1000);
      failed(error);
    }
    if (current === mine) timer = setTimeout(now, wait);
  };

  const look = () => (document.hidden ? pause() : now());
  document.addEventListener('visibilitychange', look);
  addEventListener('online', look);
  look();

  return {
    now,
    stop() {
      document.removeEventListener('visibilitychange', look);
      removeEventListener('online', look);
      pause();
    },
  };
}
