// @ts-check
// Server time minus this device's time, measured on small exchanges; an upload is too slow for a measurement.

/** `skew_ms`: server minus device, exact to half of `way_ms`, the duration of the exchange; `at`: when, by this clock.
 * @typedef {{skew_ms: number, way_ms: number, at: number}} Measure */

const KEY = "frontline.clock";
const STALE_MS = 3_600_000;

/** The measurement of one exchange. @param {number} left @param {number} back @param {number} server all in ms @returns {Measure | null} */
export function measure(left, back, server) {
  const way = back - left;
  if (!Number.isFinite(server) || way < 0) return null; // the clock was set back in the meantime
  return { skew_ms: Math.round(server - (left + back) / 2), way_ms: way, at: back };
}

/** The better of two measurements: the quicker one if they are consistent; otherwise the clock was changed and the newer one counts.
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

/** @param {number} left @param {unknown} server the server's time, ISO 8601 */
export function note(left, server) {
  const best = better(measured(), measure(left, Date.now(), typeof server === "string" ? Date.parse(server) : NaN));
  try {
    if (best) localStorage.setItem(KEY, JSON.stringify(best));
  } catch { /* storage is full or blocked: measured again next time */ }
}
