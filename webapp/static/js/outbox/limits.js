// @ts-check
// Time limits for operations on the device: a store that is blocked by the browser never answers.

/** An operation exceeded its time limit. */
export class TooSlow extends Error {
  constructor() { super("too slow"); }
}

/** The result of `promise`; rejects with TooSlow as soon as the signal is aborted. @template T @param {AbortSignal} signal @param {Promise<T>} promise @returns {Promise<T>} */
export function untilAborted(signal, promise) {
  return new Promise((done, failed) => {
    if (signal.aborted) failed(new TooSlow());
    signal.addEventListener("abort", () => failed(new TooSlow()));
    promise.then(done, failed);
  });
}

/**
 * The result of `work`; rejects with TooSlow after `ms` and aborts the signal of `work`, so that it can clean up.
 * (AbortSignal.timeout needs Safari 16 or Chrome 103, which is too new.)
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
