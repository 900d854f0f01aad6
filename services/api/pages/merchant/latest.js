// Work of which only the latest is wanted, as a list under filters that change.

/**
 * Gives, each time that it is called, a signal for what begins now, and aborts the one that it gave
 * before. All are aborted with `until`.
 */
export function onlyLatest(until) {
  let now = new AbortController();
  return () => {
    now.abort();
    now = new AbortController();
    return AbortSignal.any([until, now.signal]);
  };
}
