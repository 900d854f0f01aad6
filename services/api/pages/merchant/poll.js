// Asking again and again until something has come to its end.

const FIRST = 300;
const LONGEST = 2_000;

/** What `ask` gives, time after time, ever less often, until `isLast` is true of it. */
export async function* polled(ask, isLast, signal) {
  for (let wait = FIRST; ; wait = Math.min(LONGEST, wait * 1.3)) {
    const now = await ask();
    yield now;
    if (isLast(now)) return;
    await pause(wait, signal);
  }
}

function pause(time, signal) {
  return new Promise((resolve, reject) => {
    const stop = () => {
      clearTimeout(timer);
      reject(signal.reason);
    };
    const timer = setTimeout(() => {
      signal.removeEventListener('abort', stop);
      resolve();
    }, time);
    signal.addEventListener('abort', stop, { once: true });
  });
}
