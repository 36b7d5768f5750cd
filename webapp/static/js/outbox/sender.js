// @ts-check
// Sends what waits, the oldest first, one sender at a time. A copy is let go only by an outcome that repeats its uuid and hash.
import { deviceName } from "../entry.js";
import { appVersion, settle, tell, waiting } from "./queue.js";
import { all, get, photosOf, put, write } from "./store.js";
import { toWire } from "./seal.js";
import { KEPT_MS, nextBatch, waitAfter } from "./timing.js";

const TIMEOUT_MS = 30_000;
const ENDS = new Set(["receipt", "same", "returned", "discrepancy", "conflict", "review"]);
export const HEADERS = { "X-Frontline-Sync": "1", Accept: "application/json" };

/** Something between us and the server, or the server itself, did not answer as ours does. */
export class Unreachable extends Error {}
/** Nobody is signed in. */
export class SignedOut extends Error {}

/**
 * A call of the contract. @param {string} method @param {string} path @param {BodyInit | object} [body] @param {Record<string, string>} [more]
 * @returns {Promise<{status: number, said: any}>} only for an answer in our own JSON
 */
export async function call(method, path, body, more = {}) {
  const isPlain = body !== undefined && !(body instanceof ArrayBuffer);
  /** @type {Response} */
  let answer;
  try {
    answer = await fetch(path, {
      method, redirect: "manual", credentials: "same-origin", cache: "no-store", signal: AbortSignal.timeout(TIMEOUT_MS),
      headers: { ...HEADERS, ...(isPlain ? { "Content-Type": "application/json" } : {}), ...more },
      body: isPlain ? JSON.stringify(body) : /** @type {ArrayBuffer | undefined} */ (body),
    });
  } catch (error) {
    throw new Unreachable(String(error));
  }
  if (answer.status === 304) return { status: 304, said: null };
  const said = await answer.json().catch(() => null);
  if (answer.status === 401 && said?.code === "sign-in") throw new SignedOut();
  if (!said || typeof said !== "object" || answer.status >= 500 || answer.status === 429) throw new Unreachable(`${answer.status}`);
  return { status: answer.status, said };
}

/** What the device says of itself. @returns {Promise<any>} */
async function heartbeat() {
  const [items, grant, seq, withdrawn] = await Promise.all([waiting(), get("keys", "grant"), get("meta", "seq"), get("meta", "withdrawn")]);
  const estimate = await navigator.storage?.estimate?.().catch(() => ({})) ?? {};
  const persisted = await navigator.storage?.persisted?.().catch(() => null) ?? null;
  const oldest = items.length ? new Date(Math.min(...items.map((item) => item.saved_at))).toISOString() : null;
  return {
    device: deviceName(), grant: grant?.grant, now: new Date().toISOString(), app: appVersion(), waiting: items.length, oldest, persisted,
    last_seq: seq?.value ?? 0, withdrawn: Object.values(withdrawn?.value ?? {}), usage: estimate.usage, quota: estimate.quota,
  };
}

/** @param {any} item @param {any} outcome @returns {Promise<void>} */
async function conclude(item, outcome) {
  if (outcome?.sha256 !== item.sha256) return postpone(item, "no-receipt");
  if (ENDS.has(outcome.outcome)) return settle(item, outcome);
  if (outcome.outcome === "photos") return sendPhotos(item, outcome.missing ?? []);
  return park(item, outcome.outcome);
}

/** Photos one by one; each one that arrived need not go again. @param {any} item @param {string[]} missing */
async function sendPhotos(item, missing) {
  for (const sha256 of missing) {
    const photo = await get("photos", [item.uuid, sha256]);
    if (!photo) return park(item, "photo-lost");
    const length = String(photo.ciphertext.byteLength);
    const { status, said } = await call("PUT", `/sync/photos/${item.uuid}/${sha256}`, photo.ciphertext, { "X-Frontline-Bytes": length });
    if (status !== 200) return postpone(item, said.code ?? "photo-cut");
    await put("photos", { ...photo, is_sent: true });
    if (said.outcome !== "photos") return conclude(item, said);
  }
  return postpone(item, "photos");
}

/** @param {any} item @param {string} reason */
async function postpone(item, reason) {
  const tries = item.tries + 1;
  await put("queue", { ...item, tries, reason, next_at: Date.now() + waitAfter(tries, Math.random()) });
}

/** Cannot be delivered by itself: kept, shown, can be saved to a file. @param {any} item @param {string} reason */
async function park(item, reason) {
  await put("queue", { ...item, state: "parked", reason });
  tell("parked", { uuid: item.uuid, reason });
}

/** @param {any[]} batch @returns {Promise<any>} what the server said */
async function sendBatch(batch) {
  const { status, said } = await call("POST", "/sync/envelopes", { ...await heartbeat(), envelopes: batch.map(toWire) });
  if (status !== 200 || !Array.isArray(said.outcomes)) {
    if (batch.length > 1) { // one of them is to blame: each by itself
      for (const item of batch) await sendBatch([item]);
      return said;
    }
    if (batch.length) await park(batch[0], `http-${status}`);
    return said;
  }
  const outcomes = new Map(said.outcomes.map((/** @type {any} */ one) => [one.uuid, one]));
  for (const item of batch) await conclude(item, outcomes.get(item.uuid));
  return said;
}

/** A server restored from a backup asks for what it lost. @param {any} said */
async function checkReceipts(said) {
  const [epoch, newest] = await Promise.all([get("meta", "epoch"), get("meta", "newest_seq")]);
  const isOlder = (epoch && epoch.value !== said.epoch) || said.newest_seq < (newest?.value ?? 0);
  const sent = isOlder ? await all("sent") : [];
  if (sent.length) {
    const { said: answer } = await call("POST", "/sync/check", { receipts: sent.map((item) => [item.uuid, item.sha256]) });
    const lost = new Set(answer.missing ?? []);
    const again = sent.filter((item) => lost.has(item.uuid));
    await write(["queue", "sent"], (store) => {
      for (const item of again) {
        store("sent").delete(item.uuid);
        store("queue").put({ ...item, state: "waiting", tries: 0, next_at: 0, held_until: 0, reason: "restored" });
      }
    });
  }
  await write(["meta"], (store) => {
    store("meta").put({ name: "epoch", value: said.epoch });
    store("meta").put({ name: "newest_seq", value: said.newest_seq });
  });
}

/** Acknowledged copies go after a week. @param {number} now */
export async function purge(now = Date.now()) {
  const old = (await all("sent")).filter((item) => now - item.receipt.at > KEPT_MS);
  if (!old.length) return;
  await write(["sent", "photos"], (store) => {
    for (const item of old) { store("sent").delete(item.uuid); store("photos").delete(photosOf(item.uuid)); }
  });
}

/**
 * Send everything that may go. @param {{force?: boolean}} [how] `force`: whatever its turn
 * @returns {Promise<"sent" | "busy" | "signed-out" | "unreachable">}
 */
export function flush({ force = false } = {}) {
  return navigator.locks.request("frontline-send", { ifAvailable: true }, async (lock) => {
    if (!lock) return "busy";
    /** @type {any[]} */
    let batch = [];
    try {
      if (await endOldSession()) return "signed-out";
      tell("sending");
      const seen = new Set();
      let said = null;
      do {
        batch = nextBatch((await waiting()).filter((item) => !seen.has(item.uuid)), Date.now(), force);
        batch.forEach((item) => seen.add(item.uuid));
        said = await sendBatch(batch);
        if (said.outcomes) await checkReceipts(said);
      } while (batch.length || (await waiting()).some((item) => item.reason === "restored" && !seen.has(item.uuid)));
      await purge();
      tell("reached", { returned: said?.returned ?? 0, grant_is_live: said?.grant_is_live });
      return "sent";
    } catch (error) {
      if (error instanceof SignedOut) { tell("signed-out"); return "signed-out"; }
      if (!(error instanceof Unreachable)) throw error;
      for (const item of batch) if (await get("queue", item.uuid)) await postpone(item, "unreachable");
      tell("unreachable");
      return "unreachable";
    }
  });
}

/** Signed out without a network: the server's session is ended at the first contact, before anything else. */
async function endOldSession() {
  const owed = await get("meta", "sign-out");
  if (!owed) return false;
  await call("POST", "/sync/sign-out", {});
  await write(["meta"], (store) => { store("meta").delete("sign-out"); });
  return true;
}
