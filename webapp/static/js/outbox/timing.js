// @ts-check
// When to try again, what goes into one batch, when storage is short: pure.

export const LONGEST_WAIT_MS = 5 * 60 * 1000;
const FIRST_WAIT_MS = 2000;
export const BATCH_ENVELOPES = 20;
export const BATCH_BYTES = 1_000_000;
export const KEPT_MS = 7 * 24 * 3600 * 1000;
/** How long a form that posts itself keeps its copy back from the sender. */
export const HELD_MS = 70_000;
export const RENEW_MS = 7 * 24 * 3600 * 1000;

/** Full jitter: anything between nothing and the doubling wait. @param {number} tries failed so far, from 1 @param {number} chance 0 to 1 */
export const waitAfter = (tries, chance) => Math.round(chance * Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** tries));

/** @param {any} item @returns {number} what it takes on the wire, about */
const weight = (item) => Math.ceil((item.ciphertext.byteLength * 4) / 3) + 1500;

/** May this item go now? @param {any} item @param {number} now @param {boolean} force the button was pressed */
export const isReady = (item, now, force) =>
  item.state === "waiting" && (item.held_until ?? 0) <= now && (force || (item.next_at ?? 0) <= now);

/** The oldest ready items that fit one batch (always at least one). @param {any[]} items @param {number} now @param {boolean} [force] */
export function nextBatch(items, now, force = false) {
  const ready = items.filter((item) => isReady(item, now, force)).sort((a, b) => a.seq - b.seq);
  const batch = [];
  let bytes = 0;
  for (const item of ready) {
    bytes += weight(item);
    if (batch.length && (bytes > BATCH_BYTES || batch.length >= BATCH_ENVELOPES)) break;
    batch.push(item);
  }
  return batch;
}

/** @param {number} usage @param {number} quota @returns {"" | "warning" | "critical"} from 70 and 85 % */
export function storageState(usage, quota) {
  if (!quota) return "";
  const share = usage / quota;
  if (share >= 0.85) return "critical";
  return share >= 0.7 ? "warning" : "";
}
