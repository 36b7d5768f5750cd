// @ts-check
// The decisions of the outbox, as functions of plain values.

export const BATCH = 20;
export const BATCH_BYTES = 1024 * 1024;
export const HELD_MS = 70_000; // how long the sender leaves a form to its page
export const LONGEST_WAIT_MS = 300_000;
export const KEPT_MS = 7 * 86_400_000;
const FREE = ["csrf_token", "device_seq", "clock_skew"]; // fields about the delivery, not part of the entry

/** The wait in ms after a failure: exponential, at most five minutes, with full jitter. @param {number} tries @param {number} [dice] in [0, 1) */
export const backOff = (tries, dice = Math.random()) => Math.floor(dice * Math.min(LONGEST_WAIT_MS, 2000 * 2 ** Math.min(tries, 20)));

/** A moment, at least 1 ms after another one, since entries of a device are distinguished by their times. @param {string} moment @param {string} before "" when there is none @returns {string} ISO 8601 */
export const later = (moment, before) => (before && Date.parse(moment) <= Date.parse(before) ? new Date(Date.parse(before) + 1).toISOString() : moment);

/** The timeout in ms for an answer to a call of this size, for connections of at least 32 kbit per second. @param {number} bytes */
export const patience = (bytes) => 30_000 + Math.ceil(bytes / 4);

/** The timeout in ms for sealing and storing a form: some seconds, and more for its photos. @param {{bytes: ArrayBuffer}[]} photos */
export const keepingPatience = (photos) => 8000 + Math.ceil(photos.reduce((sum, photo) => sum + photo.bytes.byteLength, 0) / 500);

/**
 * The meaning of an answer to a form for its copy on this device. Only a receipt for exactly this entry, or our server's
 * header for a final refusal, settles it; anything else (400, 401, 413, 429, 5xx, a page of a proxy or portal) does not.
 * @param {string} uuid @param {{receipt: string | null, word: string | null}} headers Frontline-Receipt and Frontline
 * @returns {"received" | "refused" | "none"}
 */
export function meaningOf(uuid, { receipt, word }) {
  if ((receipt ?? "").split(" ")[0].toLowerCase() === uuid) return "received";
  return word === "refused" ? "refused" : "none";
}

/** The approximate size of an envelope in JSON, in characters. @param {any} row @returns {number} */
export const weight = (row) => Math.ceil(row.ciphertext.byteLength / 3) * 4 + 2048 + row.photos.length * 160;

/** Whether a moment is in the future. One that is further off than `most` was written before the clock was set back. @param {number} until @param {number} now @param {number} most */
export const isAhead = (until, now, most) => until > now && until - now <= most;

/** Whether a row may be sent now. @param {any} row @param {number} now @param {boolean} [pressed] after "send now" */
export const isDue = (row, now, pressed = false) =>
  row.state === "waiting" && !isAhead(row.held_until ?? 0, now, HELD_MS) && (pressed || !isAhead(row.next_at ?? 0, now, LONGEST_WAIT_MS));

/** The oldest rows that fit into one call, at least one. @param {any[]} rows @param {number} [most] @returns {any[]} */
export function batch(rows, most = BATCH) {
  const chosen = [];
  let bytes = 0;
  for (const row of [...rows].sort((a, b) => a.seq - b.seq)) {
    bytes += weight(row);
    if (chosen.length === most || (chosen.length && bytes > BATCH_BYTES)) break;
    chosen.push(row);
  }
  return chosen;
}

const LETS_GO = new Set(["receipt", "same", "returned", "discrepancy", "conflict", "review", "purged"]);

/** The device's next step after an outcome. @param {string} outcome @returns {"sent" | "photos" | "parked" | "wait"} */
export function step(outcome) {
  if (LETS_GO.has(outcome)) return "sent";
  if (outcome === "photos") return "photos";
  return outcome === "malformed" ? "parked" : "wait";
}

/** The outcome of exactly this row, by uuid and hash. @param {any} row @param {any[]} outcomes */
export const outcomeOf = (row, outcomes) => outcomes.find((outcome) => outcome?.uuid === row.uuid && outcome.sha256 === row.sha256);

/** Whether the server was restored from an older backup. @param {any} known its previous report @param {any} report */
export const wasRestored = (known, report) =>
  Boolean(known) && (known.epoch !== report.epoch || report.newest_seq < known.newest_seq);

/** @param {{usage?: number, quota?: number}} estimate @returns {"" | "filling" | "full"} at 70 and 85 percent */
export function storageLevel({ usage = 0, quota = 0 }) {
  if (!quota || usage / quota < 0.7) return "";
  return usage / quota < 0.85 ? "filling" : "full";
}

/** @param {any[]} rows @returns {{waiting: number, parked: number, oldest: string | null}} */
export function summary(rows) {
  const times = rows.map((row) => row.saved_at).sort();
  return { waiting: rows.length, parked: rows.filter((row) => row.state === "parked").length, oldest: times[0] ?? null };
}

/** A duration in the largest whole unit. @param {number} ms @returns {{unit: "minutes" | "hours" | "days", count: number}} */
export function age(ms) {
  const minutes = Math.max(0, Math.floor(ms / 60_000));
  if (minutes < 60) return { unit: "minutes", count: minutes };
  return minutes < 1440 ? { unit: "hours", count: Math.floor(minutes / 60) } : { unit: "days", count: Math.floor(minutes / 1440) };
}

/** The fields of a form without files, fields about the delivery and those that the button leaves out. @param {Iterable<[string, any]>} data @param {string[]} [left] @returns {[string, string][]} */
export const entryFields = (data, left = []) => [...data].filter(([name, value]) => typeof value === "string" && !FREE.includes(name) && !left.includes(name));

/** Whether a grant is of this person and still valid in `days` days. @param {any} grant @param {string | undefined} person @param {number} now @param {number} days */
export const holds = (grant, person, now, days = 0) =>
  Boolean(grant) && (!person || grant.person === person) && Date.parse(grant.expires_at) - now > days * 86_400_000;

/** Runs `work` on each item in order, `most` at a time. After a failure no further item is started; the error is thrown once the running ones have ended. @template T @param {T[]} items @param {number} most @param {(item: T) => Promise<void>} work */
export async function abreast(items, most, work) {
  const left = [...items];
  const lane = async () => {
    try {
      while (left.length) await work(/** @type {T} */ (left.shift()));
    } catch (error) {
      left.length = 0;
      throw error;
    }
  };
  const ends = await Promise.allSettled(Array.from({ length: most }, lane));
  for (const end of ends) if (end.status === "rejected") throw end.reason;
}

/** Throttles `work`: one run at a time, and one more if it was called during a run. Between two runs it waits for `rest` ms or four times their duration, whichever is longer. @param {() => Promise<void>} work @param {number} [rest] */
export function calmly(work, rest = 250) {
  let [isRunning, isWanted] = [false, false];
  return async () => {
    isWanted = true;
    if (isRunning) return;
    isRunning = true;
    try {
      while (isWanted) {
        isWanted = false;
        const began = performance.now();
        await work();
        const took = performance.now() - began;
        if (isWanted) await new Promise((done) => { setTimeout(done, Math.max(rest, 4 * took)); });
      }
    } finally {
      isRunning = false;
    }
  };
}

/** @typedef {{id: string, code?: string, kind?: string, roles?: string[], own?: boolean, name?: string, zh?: string, en?: string}} Row a row of reference data */

/** The label of a row. @param {Row} row @param {string} language @returns {string} */
export const called = (row, language) => [row.code, row.name || (language === "en" && row.en) || row.zh].filter(Boolean).join(" ");

/** The rows of these kinds (all kinds if empty) that are within reach of one of the form's roles. @param {Row[]} rows @param {string} [kinds] @param {string} [roles] @returns {Row[]} */
export const fitting = (rows, kinds = "", roles = "") => rows
  .filter(({ kind }) => !kinds || kinds.split(" ").includes(kind ?? ""))
  .filter(({ roles: reaching }) => !roles || !reaching || roles.split(" ").some((role) => reaching.includes(role)));
