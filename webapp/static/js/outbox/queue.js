// @ts-check
// The queue of sealed entries on this device.
import { nameEntries, stamp } from "../entry.js";
import { formData } from "../submit.js";
import { TooSlow, untilAborted, within } from "./limits.js";
import { draftOf, lock } from "./own-key.js";
import { pagePerson } from "./person.js";
import { HELD_MS, entryFields, holds, keepingPatience, later, summary } from "./rules.js";
import { seal, toWire } from "./seal.js";
import { all, countAll, meta, read, result, setMeta, support, write } from "./store.js";
import { tell } from "./channel.js";

/** Why an entry could not be kept; `code`: "support", "no-grant", "other-person", "storage-full", "too-slow", "no-uuid". */
export class NotKept extends Error {
  /** @param {string} code */
  constructor(code) { super(code); this.code = code; }
}

export const appVersion = () => document.querySelector("meta[name='app-version']")?.getAttribute("content") || "unknown";

/** The person's permission (grant) to record on this device; null if there is none or it has expired. @returns {Promise<any>} */
export async function liveGrant() {
  const grant = await read("keys", "grant");
  return holds(grant, undefined, Date.now()) ? grant : null;
}

/** Runs one save at a time; the lock is released when the signal is aborted, whatever the work waits for. @param {AbortSignal} signal @param {() => Promise<any>} work */
const saving = (signal, work) => navigator.locks.request("frontline-save", { signal }, () => untilAborted(signal, work()));

/** @param {FormData} data @returns {Promise<import("./seal.js").Photo[]>} */
export function photosOf(data) {
  const files = [...data].filter(([, value]) => value instanceof File && value.size > 0);
  return Promise.all(files.map(async ([field, file]) => ({ field, bytes: await /** @type {File} */ (file).arrayBuffer() })));
}

/** The kind of entry of a submission: the button's `data-kind`, else the form's. @param {HTMLFormElement} form @param {HTMLElement | null} submitter */
export const kindOf = (form, submitter) => submitter?.dataset.kind ?? form.dataset.kind ?? "";

/**
 * Seals a form and adds it to the queue; resolves once it is on disk. The form itself is not changed.
 * The same uuid again replaces the waiting copy and keeps its number. Throws NotKept.
 * @param {HTMLFormElement} form with data-kind, or its button with data-kind and data-leave-out (names of fields) @param {HTMLElement | null} [submitter]
 * @param {{photos?: import("./seal.js").Photo[], held?: boolean}} [options] held: the page is posting the form itself
 * @returns {Promise<{uuid: string, seq: number, sha256: string}>}
 */
export async function keep(form, submitter = null, { photos, held = false } = {}) {
  if (support()) throw new NotKept("support");
  nameEntries(form);
  stamp(form);
  const data = formData(form, submitter);
  const entry = {
    person: pagePerson(),
    uuid: String(data.get("uuid") ?? "").toLowerCase(),
    kind: kindOf(form, submitter),
    fields: entryFields(data, submitter?.dataset.leaveOut?.split(" ")),
    photos: photos ?? await photosOf(data),
    captured_at: String(data.get("captured_at") || new Date().toISOString()),
    tz: Intl.DateTimeFormat().resolvedOptions().timeZone || "UTC",
    app: appVersion(),
    draft: draftOf(form),
  };
  if (!entry.uuid) throw new NotKept("no-uuid");
  return keepEntry(entry, held);
}

/** The time of the newest waiting entry; later entries get a later time even if the clock is set back. @returns {Promise<string>} */
const latest = async () => (await countAll("queue") ? await meta("captured") ?? "" : "");

/** Throws NotKept. @param {any} entry @param {boolean} held */
export function keepEntry(entry, held) {
  const ms = keepingPatience(entry.photos);
  return within(ms, (signal) => saving(signal, () => sealAndStore(entry, held, signal, ms))).catch((error) => {
    if (error?.name === "QuotaExceededError") throw new NotKept("storage-full");
    throw error instanceof TooSlow || error?.name === "AbortError" ? new NotKept("too-slow") : error;
  });
}

/** The present grant of the entry's person. Throws NotKept. @param {string | undefined} person */
async function grantOf(person) {
  const grant = await read("keys", "grant");
  if (grant && person && grant.person !== person) throw new NotKept("other-person");
  if (!holds(grant, person || undefined, Date.now())) throw new NotKept("no-grant");
  return grant;
}

/** @param {any} entry @param {boolean} held @param {AbortSignal} signal @param {number} ms */
async function sealAndStore({ person, draft, ...entry }, held, signal, ms) {
  const [grant, server] = await Promise.all([grantOf(person), read("keys", "server")]);
  if (!server) throw new NotKept("no-grant");
  const [last = 0, reserved = {}, before] = await Promise.all([meta("seq"), meta("reserved"), read("queue", entry.uuid)]);
  const seq = before?.seq ?? reserved[entry.uuid]?.seq ?? last + 1;
  const isNew = !before && !reserved[entry.uuid];
  const captured_at = isNew ? later(entry.captured_at, await latest()) : entry.captured_at;
  const { envelope, photos, raw } = await seal({ ...entry, captured_at, seq, device: grant.device }, grant, server);
  const now = Date.now();
  const place = Object.fromEntries(entry.fields).place ?? ""; // an id of ours, so that the outbox can name it
  const row = { ...envelope, ...await lock(raw, entry.uuid, grant.person, draft), place, state: "waiting", reason: "", tries: 0, next_at: 0, held_until: held ? now + HELD_MS : 0, saved_at: new Date(now).toISOString() };
  const { [entry.uuid]: _used, ...others } = reserved;
  await write(["queue", "photos", "meta"], (at) => {
    if (signal.aborted) throw new TooSlow(); // timed out: the entry must not appear afterwards
    at("photos").delete(IDBKeyRange.bound([entry.uuid], [entry.uuid, []]));
    at("queue").put(row);
    for (const photo of photos) at("photos").put(photo);
    at("meta").put({ name: "seq", value: Math.max(last, seq) });
    at("meta").put({ name: "reserved", value: others });
    if (isNew) at("meta").put({ name: "captured", value: captured_at });
  }, { ms, signal });
  tell({ type: "queue" });
  return { uuid: entry.uuid, seq, sha256: envelope.sha256 };
}

/** The waiting entries, oldest first. @returns {Promise<any[]>} */
export const list = async () => (await all("queue")).sort((a, b) => a.seq - b.seq);

/** @returns {Promise<{waiting: number, parked: number, oldest: string | null}>} */
export const count = async () => summary(await all("queue"));

/** Changes a waiting copy unless it was replaced. @param {{uuid: string, sha256: string}} copy @param {any} changes */
export async function change(copy, changes) {
  await write(["queue"], async (at) => {
    const row = await result(at("queue").get(copy.uuid));
    if (row?.sha256 === copy.sha256) at("queue").put({ ...row, ...changes });
  });
  tell({ type: "queue" });
}

/** Lets the sender deliver a copy that its page no longer posts. @param {{uuid: string, sha256: string}} copy */
export const release = (copy) => change(copy, { held_until: 0 });

/** Stops sending a copy, which is still shown and exported. @param {{uuid: string, sha256: string}} copy @param {string} reason */
export const park = (copy, reason) => change(copy, { state: "parked", reason });

/** What `sent` keeps of a copy: all of it for a week, or, of a purged record, only that it was purged. @param {any} row @param {any} outcome */
const kept = ({ own: _own, ownNonce: _nonce, ...row }, outcome) => {
  const { uuid, sha256, seq, kind, author, captured_at, saved_at } = row;
  const rest = outcome.outcome === "purged" ? { uuid, sha256, seq, kind, author, captured_at, saved_at } : row;
  return { ...rest, outcome, sent_at: new Date().toISOString() };
};

/** Moves copies that the server has received to `sent`, in one write. @param {{copy: {uuid: string, sha256: string}, outcome: any}[]} received */
export async function settle(received) {
  const move = (/** @type {boolean} */ keeps) => write(["queue", "sent", "photos"], async (at) => {
    const rows = await Promise.all(received.map(({ copy }) => result(at("queue").get(copy.uuid))));
    for (const [n, { copy, outcome }] of received.entries()) {
      if (rows[n]?.sha256 !== copy.sha256) continue;
      if (keeps) at("sent").put(kept(rows[n], outcome));
      if (!keeps || outcome.outcome === "purged") at("photos").delete(IDBKeyRange.bound([copy.uuid], [copy.uuid, []]));
      at("queue").delete(copy.uuid);
    }
  });
  // A full device cannot keep a copy for a week, but must still delete what the server has received.
  await move(true).catch((error) => { if (error?.name !== "QuotaExceededError") throw error; return move(false); });
  tell({ type: "queue" });
}

/** Deletes the copy of a form that was answered in place and is still open; the form keeps its number. @param {{uuid: string, sha256: string, seq: number}} copy */
export async function withdraw(copy) {
  await write(["queue", "photos", "meta"], async (at) => {
    const [row, kept] = await Promise.all([result(at("queue").get(copy.uuid)), result(at("meta").get("reserved"))]);
    if (row?.sha256 !== copy.sha256) return;
    at("queue").delete(copy.uuid);
    at("photos").delete(IDBKeyRange.bound([copy.uuid], [copy.uuid, []]));
    at("meta").put({ name: "reserved", value: { ...kept?.value, [copy.uuid]: { seq: copy.seq, at: Date.now() } } });
  });
  tell({ type: "queue" });
}

const GIVEN_UP_MS = 86_400_000;
const LISTING_MS = 8000;

/** The numbers of abandoned forms: answered in place and not submitted again for a day. @returns {Promise<number[]>} */
export const withdrawn = () => within(LISTING_MS, (signal) => saving(signal, async () => {
  const [reserved = {}, known = []] = await Promise.all([meta("reserved"), meta("withdrawn")]);
  const old = Object.entries(reserved).filter(([, reservation]) => Date.now() - reservation.at > GIVEN_UP_MS);
  if (!old.length) return known;
  const numbers = [...known, ...old.map(([, reservation]) => reservation.seq)].slice(-500);
  await setMeta("withdrawn", numbers);
  await setMeta("reserved", Object.fromEntries(Object.entries(reserved).filter(([uuid]) => !old.some(([gone]) => gone === uuid))));
  return numbers;
})).catch(() => []); // reported again at the next contact

/** The sealed queue as a file: `envelopes` as for `POST /sync/envelopes`, `photos` as for `PUT /sync/photos`. @returns {Promise<Blob>} */
export async function exported() {
  const [rows, photos, grant] = await Promise.all([list(), all("photos"), read("keys", "grant")]);
  const { toBase64 } = await import("./bytes.js");
  const waits = new Set(rows.map((row) => row.uuid));
  const items = photos.filter(({ uuid }) => waits.has(uuid)).map(({ uuid, sha256, ciphertext }) => ({ uuid, sha256, ciphertext: toBase64(ciphertext) }));
  const file = { format: "frontline-queue", v: 1, device: grant?.device ?? rows[0]?.device ?? "", saved_at: new Date().toISOString(), envelopes: rows.map(toWire), photos: items };
  return new Blob([JSON.stringify(file)], { type: "application/json" });
}

/** Queues sent entries again that a restored server does not know. @param {string[]} uuids */
export async function requeue(uuids) {
  await write(["queue", "sent"], async (at) => {
    for (const uuid of uuids) {
      const { outcome: _outcome, sent_at: _at, ...row } = (await result(at("sent").get(uuid))) ?? {};
      if (!row.ciphertext || await result(at("queue").get(uuid))) continue;
      at("queue").put({ ...row, state: "waiting", reason: "restored", tries: 0, next_at: 0, held_until: 0 });
      at("sent").delete(uuid);
    }
  });
  tell({ type: "queue" });
}

/** Deletes the copies of purged records. @param {string[]} uuids */
export async function forget(uuids) {
  await write(["sent", "photos"], async (at) => {
    for (const uuid of uuids) {
      const row = await result(at("sent").get(uuid));
      if (row) at("sent").put({ ...kept(row, { outcome: "purged" }), sent_at: row.sent_at });
      at("photos").delete(IDBKeyRange.bound([uuid], [uuid, []]));
    }
  });
  tell({ type: "queue" });
}

/** Deletes receipts and their sealed copies that are older than `ms`. @param {number} ms */
export async function purge(ms) {
  const old = (await all("sent")).filter((row) => Date.now() - Date.parse(row.sent_at) > ms);
  if (!old.length) return;
  await write(["sent", "photos", "queue"], async (at) => {
    for (const { uuid } of old) {
      at("sent").delete(uuid);
      if (!await result(at("queue").get(uuid))) at("photos").delete(IDBKeyRange.bound([uuid], [uuid, []]));
    }
  });
}

/** The device's storage in bytes, and whether the browser agreed to keep it; zero if unknown. */
export const storage = () => within(LISTING_MS, async () => {
  const estimate = await navigator.storage?.estimate?.() ?? {};
  return { usage: estimate.usage ?? 0, quota: estimate.quota ?? 0, persisted: await navigator.storage?.persisted?.() ?? false };
}).catch(() => ({ usage: 0, quota: 0, persisted: false }));

/** Whether this browser can be asked to keep the storage. */
export const canPersist = () => typeof navigator.storage?.persist === "function";

/** Asks the browser to keep the storage; call it after explaining why. @returns {Promise<boolean>} */
export const persist = async () => (await navigator.storage?.persist?.()) ?? false;
