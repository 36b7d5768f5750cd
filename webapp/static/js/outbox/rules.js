// @ts-check
// What the outbox decides, on plain values.

export const BATCH = 20;
export const BATCH_BYTES = 1024 * 1024;
export const HELD_MS = 70_000; // a form that posts itself is left alone for this long
export const LONGEST_WAIT_MS = 300_000;
export const KEPT_MS = 7 * 86_400_000;
const FREE = ["csrf_token", "device_seq", "clock_skew"]; // these belong to the post, not to the entry

/** How long to wait after a failure: exponential, at most five minutes, any part of it. @param {number} tries @param {number} [dice] in [0, 1) */
export const backOff = (tries, dice = Math.random()) => Math.floor(dice * Math.min(LONGEST_WAIT_MS, 2000 * 2 ** Math.min(tries, 20)));

/** A moment, but after another: entries of a device are told apart by their times. @param {string} moment @param {string} before "" when there is none @returns {string} ISO 8601 */
export const later = (moment, before) => (before && Date.parse(moment) <= Date.parse(before) ? new Date(Date.parse(before) + 1).toISOString() : moment);

/** How long to wait for an answer to so many bytes: the slowest line that counts as one carries 32 kbit a second. @param {number} bytes */
export const patience = (bytes) => 30_000 + Math.ceil(bytes / 4);

/** How long a form is kept waiting while it is sealed and stored: some seconds, and more for its photos. @param {{bytes: ArrayBuffer}[]} photos */
export const keepingPatience = (photos) => 8000 + Math.ceil(photos.reduce((sum, one) => sum + one.bytes.byteLength, 0) / 500);

/**
 * What an answer to a form means for its copy on this device. Only a receipt for exactly this entry, or our own server's
 * word that it stays refused, settles it; whatever else comes (400, 401, 413, 429, 5xx, a proxy's or portal's page) is none.
 * @param {string} uuid @param {{receipt: string | null, word: string | null}} said the headers Frontline-Receipt and Frontline
 * @returns {"received" | "refused" | "none"}
 */
export function meaningOf(uuid, { receipt, word }) {
  if ((receipt ?? "").split(" ")[0].toLowerCase() === uuid) return "received";
  return word === "refused" ? "refused" : "none";
}

/** How many characters an envelope takes on the way, about. @param {any} row @returns {number} */
export const weight = (row) => Math.ceil(row.ciphertext.byteLength / 3) * 4 + 2048 + row.photos.length * 160;

/** Is that moment still to come? A moment further off than it can be was written by a clock that has been put back since. @param {number} until @param {number} now @param {number} most */
export const isAhead = (until, now, most) => until > now && until - now <= most;

/** May this be sent now? @param {any} row @param {number} now @param {boolean} [pressed] somebody pressed "send now" */
export const isDue = (row, now, pressed = false) =>
  row.state === "waiting" && !isAhead(row.held_until ?? 0, now, HELD_MS) && (pressed || !isAhead(row.next_at ?? 0, now, LONGEST_WAIT_MS));

/** The oldest that fit into one call; at least one, so that a large one goes alone. @param {any[]} rows @param {number} [most] @returns {any[]} */
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

const LETS_GO = new Set(["receipt", "same", "returned", "discrepancy", "conflict", "review"]);

/** What a device does upon an outcome. @param {string} outcome @returns {"sent" | "photos" | "parked" | "wait"} */
export function step(outcome) {
  if (LETS_GO.has(outcome)) return "sent";
  if (outcome === "photos") return "photos";
  return outcome === "malformed" ? "parked" : "wait";
}

/** The outcome that speaks of exactly this row. @param {any} row @param {any[]} outcomes */
export const outcomeOf = (row, outcomes) => outcomes.find((one) => one?.uuid === row.uuid && one.sha256 === row.sha256);

/** Was the server restored from an older backup? @param {any} known what it said last @param {any} said */
export const wasRestored = (known, said) =>
  Boolean(known) && (known.epoch !== said.epoch || said.newest_seq < known.newest_seq);

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

/** How long ago, in the largest whole unit. @param {number} ms @returns {{unit: "minutes" | "hours" | "days", count: number}} */
export function age(ms) {
  const minutes = Math.max(0, Math.floor(ms / 60_000));
  if (minutes < 60) return { unit: "minutes", count: minutes };
  return minutes < 1440 ? { unit: "hours", count: Math.floor(minutes / 60) } : { unit: "days", count: Math.floor(minutes / 1440) };
}

/** What a form says, less its files, what belongs to the post, and what the pressed button leaves out. @param {Iterable<[string, any]>} data @param {string[]} [left] @returns {[string, string][]} */
export const entryFields = (data, left = []) => [...data].filter(([name, value]) => typeof value === "string" && !FREE.includes(name) && !left.includes(name));

/** Does a grant still hold for a day or more than `days`? @param {any} grant @param {string | undefined} person @param {number} now @param {number} days */
export const holds = (grant, person, now, days = 0) =>
  Boolean(grant) && (!person || grant.person === person) && Date.parse(grant.expires_at) - now > days * 86_400_000;

/** Work on each, `most` at a time, begun in their order. After a failure none is begun any more; it is thrown when those under way have ended. @template T @param {T[]} items @param {number} most @param {(one: T) => Promise<void>} work */
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

/** Work that many may ask for: one at a time, once more when it was asked for meanwhile. Between two it rests, `rest` ms and four times as long as it took. @param {() => Promise<void>} work @param {number} [rest] */
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

/** @typedef {{id: string, code?: string, kind?: string, roles?: string[], name?: string, zh?: string, en?: string}} Row a row of reference data */

/** What a row is called. @param {Row} row @param {string} language @returns {string} */
export const called = (row, language) => [row.code, row.name || (language === "en" && row.en) || row.zh].filter(Boolean).join(" ");

/** The rows of the kinds a field asks for (all of them where it asks for none) that one of the form's roles reaches. @param {Row[]} rows @param {string} [kinds] @param {string} [roles] @returns {Row[]} */
export const fitting = (rows, kinds = "", roles = "") => rows
  .filter((one) => !kinds || kinds.split(" ").includes(one.kind ?? ""))
  .filter(({ roles: reaching }) => !roles || !reaching || roles.split(" ").some((role) => reaching.includes(role)));
