// @ts-check
// How far the server is ahead of this device's clock, measured on small exchanges: an upload says nothing about it.

/** `skew_ms`: server less device; true within half of `way_ms`, the time the exchange took; `at`: when, by this clock.
 * @typedef {{skew_ms: number, way_ms: number, at: number}} Measure */

const KEY = "frontline.clock";
const STALE_MS = 3_600_000;

/** What one exchange tells. @param {number} left @param {number} back @param {number} server all in ms @returns {Measure | null} */
export function measure(left, back, server) {
  const way = back - left;
  if (!Number.isFinite(server) || way < 0) return null; // the clock was put back meanwhile
  return { skew_ms: Math.round(server - (left + back) / 2), way_ms: way, at: back };
}

/** The better of two: the quicker one, as long as both can be true of one clock; else the clock was changed and only the newer counts.
 * @param {Measure | null} known @param {Measure | null} fresh @returns {Measure | null} */
export function better(known, fresh) {
  if (!fresh || !known) return fresh ?? known;
  const agree = Math.abs(known.skew_ms - fresh.skew_ms) <= (known.way_ms + fresh.way_ms) / 2 + 50;
  const isStale = Math.abs(fresh.at - known.at) > STALE_MS;
  return agree && !isStale && known.way_ms < fresh.way_ms ? known : fresh;
}

/** @returns {Measure | null} */
export function measured() {
  try {
    const kept = JSON.parse(localStorage.getItem(KEY) ?? "null");
    return Number.isFinite(kept?.skew_ms) && Number.isFinite(kept?.way_ms) && Number.isFinite(kept?.at) ? kept : null;
  } catch {
    return null;
  }
}

/** @param {number} left @param {unknown} server what the server said its time was, ISO 8601 */
export function note(left, server) {
  const found = better(measured(), measure(left, Date.now(), typeof server === "string" ? Date.parse(server) : NaN));
  try {
    if (found) localStorage.setItem(KEY, JSON.stringify(found));
  } catch { /* a full or closed storage: measured again next time */ }
}
