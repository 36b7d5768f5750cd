// @ts-check
// Nothing on a device is waited for without end: a store that a browser has blocked never answers by itself.

/** Given up after its time. */
export class TooSlow extends Error {
  constructor() { super("too slow"); }
}

/** What `promise` gives, or TooSlow as soon as the signal is aborted. @template T @param {AbortSignal} signal @param {Promise<T>} promise @returns {Promise<T>} */
export function untilAborted(signal, promise) {
  return new Promise((done, failed) => {
    if (signal.aborted) failed(new TooSlow());
    signal.addEventListener("abort", () => failed(new TooSlow()));
    promise.then(done, failed);
  });
}

/**
 * What `work` gives, or TooSlow after `ms`; its signal is aborted then, so that it can leave nothing behind.
 * (AbortSignal.timeout is younger than browsers in use: Safari 16, Chrome 103.)
 * @template T @param {number} ms @param {(signal: AbortSignal) => Promise<T>} work @returns {Promise<T>}
 */
export async function within(ms, work) {
  const controller = new AbortController();
  const timer = setTimeout(() => controller.abort(), ms);
  try {
    return await untilAborted(controller.signal, work(controller.signal));
  } finally {
    clearTimeout(timer);
  }
}
