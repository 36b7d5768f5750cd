// @ts-check
// Sends waiting entries: one sender at a time, oldest first. An entry is settled only by an outcome with its uuid and hash.
import { SignIn, Unreachable, call, whoIsSignedIn } from "./api.js";
import { tell } from "./channel.js";
import { measured } from "./clock.js";
import { proof } from "./device.js";
import * as queue from "./queue.js";
import { BATCH, KEPT_MS, LONGEST_WAIT_MS, abreast, backOff, batch, isAhead, isDue, outcomeOf, step, storageLevel, wasRestored } from "./rules.js";
import { toWire } from "./seal.js";
import { all, ifRoom, meta, read, setMeta, support } from "./store.js";

const TICK_MS = 30_000;
const HEARTBEAT_MS = 300_000;
const CHECKED = 1000;
const TURN_MS = 10_000; // until a manual attempt reports that another page is sending
const PHOTOS_ABREAST = 3; // entries whose photos are sent at the same time
const hooks = { grantIsDead: async () => {}, first: async () => true };

/** @param {Partial<typeof hooks>} more the hooks of session.js: before sending, and when the grant has ended */
export const setHooks = (more) => { Object.assign(hooks, more); };

/** @param {string} state "" | "sending" | "no-network" | "sign-in" | "signing-out" | "busy" | "failed" @param {any} [more] */
const announce = (state, more) => tell({ type: "state", state, ...more });

/** The device's report about itself at each contact. */
async function heartbeat() {
  const [{ waiting, oldest }, grant, room] = await Promise.all([queue.count(), read("keys", "grant"), queue.storage()]);
  const device = grant?.device ?? localStorage.getItem("frontline.device");
  const [withdrawn, last_seq] = [await queue.withdrawn(), await meta("seq") ?? 0];
  return {
    device, grant: grant?.id ?? null, app: queue.appVersion(), waiting, oldest, last_seq, withdrawn, ...room,
    now: new Date().toISOString(), clock: measured(),
  };
}

/** @param {any} row @param {number} [tries] @param {string} [reason] why the server does not accept it yet */
const later = (row, tries = row.tries + 1, reason = "") => ifRoom(queue.change(row, { tries, reason, next_at: Date.now() + backOff(tries) }));

/** Sends the missing photos of an entry in sequence; the last answer is the outcome. @param {any} row @param {string[]} missing */
async function sendPhotos(row, missing) {
  /** @type {any} */
  let outcome = { uuid: row.uuid, sha256: row.sha256, outcome: "photos" };
  for (const hash of missing) {
    const photo = await read("photos", [row.uuid, hash]);
    if (!photo) { await queue.park(row, "photo-lost"); return; }
    const headers = { "X-Frontline-Bytes": String(photo.ciphertext.byteLength), "Content-Type": "application/octet-stream" };
    outcome = (await call("PUT", `/sync/photos/${row.uuid}/${hash}`, { bytes: photo.ciphertext, headers })).body;
  }
  if (outcomeOf(row, [outcome]) && step(outcome.outcome) === "sent") await queue.settle([{ copy: row, outcome }]);
  else await later(row);
}

/** Handles an entry that is not settled by its outcome, if there is one. @param {{copy: any, outcome: any}} unsettled */
async function take({ copy: row, outcome }) {
  const next = outcome ? step(outcome.outcome) : "wait";
  if (next === "parked") return queue.park(row, outcome.code ?? "malformed");
  if (next === "wait") return later(row, row.tries + 1, outcome?.code);
  return sendPhotos(row, outcome.missing ?? []).catch(async (error) => {
    if (!(error instanceof Unreachable) || !error.status) throw error;
    await later(row); // only this entry is refused
  });
}

/** @param {any} report of the server about itself and the grant */
async function notice(report) {
  if (typeof report.epoch === "string" && typeof report.newest_seq === "number") {
    const known = await meta("server");
    if (wasRestored(known, report)) await offerAgain();
    await ifRoom(setMeta("server", { epoch: report.epoch, newest_seq: report.newest_seq }));
  }
  if (report.grant_is_live === false) await hooks.grantIsDead();
}

/** Asks a restored server which of the acknowledged entries it does not know, and queues those again. */
async function offerAgain() {
  const sent = await all("sent");
  for (let at = 0; at < sent.length; at += CHECKED) {
    const receipts = sent.slice(at, at + CHECKED).map((row) => [row.uuid, row.sha256]);
    const { body } = await call("POST", "/sync/check", { json: { receipts } });
    if (Array.isArray(body.missing)) await queue.requeue(body.missing);
    if (Array.isArray(body.purged) && body.purged.length) await queue.forget(body.purged);
  }
}

/** Sends one batch. @param {any[]} rows @returns {Promise<any>} */
async function post(rows) {
  const json = { ...await heartbeat(), envelopes: rows.map(toWire) };
  const { body } = await call("POST", "/sync/envelopes", { json, prove: proof });
  if (!Array.isArray(body.outcomes)) throw new Unreachable();
  const answered = rows.map((row) => ({ copy: row, outcome: outcomeOf(row, body.outcomes) }));
  const settled = answered.filter(({ outcome }) => outcome && step(outcome.outcome) === "sent");
  if (settled.length) await queue.settle(settled);
  await abreast(answered.filter((pair) => !settled.includes(pair)), PHOTOS_ABREAST, take);
  return body;
}

/** Sends batches until nothing is due. @param {boolean} pressed */
async function drain(pressed) {
  let [most, failures, isRestoredAsked] = [BATCH, 0, false];
  const tried = new Set();
  for (;;) {
    const due = (await queue.list()).filter((row) => !tried.has(row.uuid + row.sha256) && isDue(row, Date.now(), pressed));
    const rows = batch(due, most);
    if (!rows.length && isRestoredAsked) return;
    try {
      const report = await post(rows);
      rows.forEach((row) => tried.add(row.uuid + row.sha256));
      await notice(report);
      [failures, isRestoredAsked] = [0, true];
      announce("sending", { returned: report.returned });
    } catch (error) {
      // One bad envelope must not block the others: a refused batch is sent again one by one.
      if (!(error instanceof Unreachable) || error.status < 400 || [429, 503].includes(error.status) || !rows.length) throw error;
      if (rows.length > 1) { most = 1; continue; }
      tried.add(rows[0].uuid + rows[0].sha256);
      await later(rows[0]);
      failures += 1;
      if (failures >= 3) throw error;
    }
  }
}

/** @param {unknown} error */
async function failed(error) {
  const sending = await meta("sending");
  if (error instanceof SignIn) { // the server is reachable: no back-off after the next sign-in
    await ifRoom(setMeta("sending", { ...sending, tries: 0, next_at: 0 }));
    return announce("sign-in");
  }
  if (!(error instanceof Unreachable)) throw error;
  const tries = (sending?.tries ?? 0) + 1;
  await ifRoom(setMeta("sending", { ...sending, tries, next_at: Date.now() + backOff(tries) }));
  for (const row of batch((await queue.list()).filter((waiting) => isDue(waiting, Date.now(), true)))) await ifRoom(queue.change(row, { tries: row.tries + 1 }));
  announce("no-network");
}

/** @type {ReturnType<typeof setTimeout> | undefined} */
let alarm;

/** Schedules the next attempt for the end of the shortest back-off. */
async function wake() {
  const rows = (await queue.list()).filter((row) => row.state === "waiting");
  const paused = (await meta("sending"))?.next_at ?? 0;
  const wait = Math.min(...rows.map((row) => Math.max(paused, row.next_at, row.held_until))) - Date.now();
  clearTimeout(alarm);
  if (wait > 0 && wait < Infinity) alarm = setTimeout(() => go(false), wait + 1);
}

/** @type {Promise<void> | null} this page's queued attempt */
let next = null;
let isPressed = false;
/** @type {ReturnType<typeof setTimeout> | undefined} */
let turn;

/** Sends the entries that are due, after any attempt in progress. @param {{pressed?: boolean}} [how] pressed: without waiting for the back-off @returns {Promise<void>} */
export async function flush({ pressed = false } = {}) {
  if (support()) return;
  isPressed ||= pressed;
  if (pressed) turn ??= setTimeout(() => announce("busy"), TURN_MS);
  next ??= navigator.locks.request("frontline-send", () => {
    const how = isPressed;
    clearTimeout(turn);
    [next, isPressed, turn] = [null, false, undefined];
    return attempt(how);
  }).finally(() => wake().catch((error) => console.warn("outbox", error)));
  await next;
}

/** One at a time. @param {boolean} pressed */
async function attempt(pressed) {
  try {
    await contact(pressed);
  } catch (error) {
    announce("failed"); // an error of the device's store or a bug: the next attempt may succeed
    throw error;
  }
}

/** @param {boolean} pressed */
async function contact(pressed) {
  const sending = await meta("sending");
  if (!pressed && sending && isAhead(sending.next_at, Date.now(), LONGEST_WAIT_MS)) return;
  const hasDue = (await queue.list()).some((row) => isDue(row, Date.now(), pressed));
  if (!pressed && !hasDue && Math.abs(Date.now() - (sending?.heard_at ?? 0)) < HEARTBEAT_MS) return;
  try {
    if (!await hooks.first()) { announce("signing-out"); return; }
    if (!await whoIsSignedIn()) throw new SignIn();
    for (let more = measured() ? 0 : 2; more > 0; more -= 1) await whoIsSignedIn(); // the quickest of several exchanges measures the clock
    announce("sending");
    await drain(pressed);
    await ifRoom(setMeta("sending", { tries: 0, next_at: 0, heard_at: Date.now() }));
    announce("", storageLevel(await queue.storage()) ? { storage: storageLevel(await queue.storage()) } : {});
  } catch (error) {
    await failed(error);
  }
  await queue.purge(KEPT_MS);
}

/** @param {boolean} pressed */
const go = (pressed) => { flush({ pressed }).catch((error) => console.warn("outbox", error)); };

/** Installs the triggers, in addition to saving and the button. */
export function start() {
  addEventListener("online", () => go(true));
  document.addEventListener("visibilitychange", () => { if (document.visibilityState === "visible") go(false); });
  setInterval(() => go(false), TICK_MS);
  go(false);
}
