// @ts-check
// The device's database. Upgrades only add stores; a write resolves once it is on disk. Every call has a time limit, after
// which it rejects with TooSlow and its transaction is aborted.
import { within } from "./limits.js";

export const VERSION = 1;
const SLOWEST_MS = 8000;

/** Stores by the version that added them: each version adds a line, and no line is ever changed. */
const ADDED = [
  { queue: "uuid", photos: ["uuid", "sha256"], sent: "uuid", reference: "name", keys: "name", drafts: "form", meta: "name" },
];

/** The stores that an upgrade from an older version adds. @param {number} from @returns {[string, string | string[]][]} */
export const additions = (from) => ADDED.slice(from).flatMap((stores) => Object.entries(stores));

/** The first missing feature of this browser for offline work; "" if there is none. @param {any} [here] @returns {string} */
export function support(here = globalThis) {
  if (!here.isSecureContext) return "insecure";
  if (!here.indexedDB) return "no-database";
  if (!here.crypto?.subtle) return "no-crypto";
  if (!here.navigator?.locks) return "no-locks";
  if (!here.AbortController) return "no-abort";
  if (!("submitter" in (here.SubmitEvent?.prototype ?? {}))) return "no-submitter"; // to know the pressed button
  return "";
}

/** @type {Promise<IDBDatabase> | null} */
let opened = null;

/** @param {AbortSignal} signal @returns {Promise<IDBDatabase>} */
const opening = (signal) => new Promise((done, failed) => {
  const request = indexedDB.open("frontline", VERSION);
  request.onupgradeneeded = (event) => {
    for (const [name, keyPath] of additions(event.oldVersion)) request.result.createObjectStore(name, { keyPath });
  };
  request.onerror = () => failed(request.error);
  request.onblocked = () => failed(new Error("blocked"));
  request.onsuccess = () => {
    const base = request.result;
    base.onversionchange = () => { base.close(); opened = null; }; // another tab has newer code
    base.onclose = () => { opened = null; };
    if (signal.aborted) base.close(); else done(base);
  };
});

/** @returns {Promise<IDBDatabase>} */
export function open() {
  opened ??= within(SLOWEST_MS, opening).catch((error) => { opened = null; throw error; });
  return opened;
}

/** @type {Set<IDBTransaction>} open transactions of this page */
const live = new Set();

/** @param {IDBTransaction} transaction */
function stop(transaction) {
  try { transaction.abort(); } catch { /* it has already ended */ }
}

/** Aborts all transactions when the page is left: WebKit's back/forward cache would keep them and block the store for every page. */
export function abortAll() {
  live.forEach(stop);
  live.clear();
}

/** @param {IDBDatabase} base @param {string[]} stores @param {"readonly" | "readwrite"} mode @param {AbortSignal} signal */
function begin(base, stores, mode, signal) {
  const transaction = base.transaction(stores, mode, { durability: "strict" });
  live.add(transaction);
  transaction.addEventListener("complete", () => live.delete(transaction));
  transaction.addEventListener("abort", () => live.delete(transaction));
  signal.addEventListener("abort", () => stop(transaction));
  return transaction;
}

/** @template T @param {IDBRequest<T>} request @returns {Promise<T>} */
export const result = (request) => new Promise((done, failed) => {
  request.onsuccess = () => done(request.result);
  request.onerror = () => failed(request.error);
});

/** @param {string} store @param {(at: IDBObjectStore) => IDBRequest} ask @returns {Promise<any>} */
async function look(store, ask) {
  const base = await open();
  return within(SLOWEST_MS, (signal) => result(ask(begin(base, [store], "readonly", signal).objectStore(store))));
}

/** @param {string} store @param {IDBValidKey} key @returns {Promise<any>} undefined if there is no such row */
export const read = (store, key) => look(store, (at) => at.get(key));

/** @param {string} store @returns {Promise<any[]>} */
export const all = (store) => look(store, (at) => at.getAll());

/** The number of rows. @param {string} store @returns {Promise<number>} */
export const countAll = (store) => look(store, (at) => at.count());

/**
 * One strict transaction; resolves with the result of `work` once it is on disk. `work` may only await requests of this
 * transaction. Rejects with the transaction's error (QuotaExceededError if the device is full), and then nothing is written.
 * @template T @param {string[]} stores @param {(at: (name: string) => IDBObjectStore) => T | Promise<T>} work
 * @param {{ms?: number, signal?: AbortSignal}} [limits] the time limit, and a signal that ends it earlier @returns {Promise<T>}
 */
export async function write(stores, work, { ms = SLOWEST_MS, signal: also } = {}) {
  const base = await open();
  return within(ms, async (signal) => {
    const transaction = begin(base, stores, "readwrite", signal);
    also?.addEventListener("abort", () => stop(transaction));
    const complete = new Promise((done, failed) => {
      transaction.oncomplete = () => done(undefined);
      transaction.onabort = () => failed(transaction.error ?? new Error("aborted"));
    });
    complete.catch(() => {}); // reported below
    try {
      const value = await work((name) => transaction.objectStore(name));
      await complete;
      return value;
    } catch (error) {
      stop(transaction);
      throw error;
    }
  });
}

/** @param {string} store @param {any} row */
export const put = (store, row) => write([store], (at) => { at(store).put(row); });

/** @param {string} store @param {IDBValidKey} key */
export const remove = (store, key) => write([store], (at) => { at(store).delete(key); });

/** A value of `meta`. @param {string} name @returns {Promise<any>} */
export const meta = async (name) => (await read("meta", name))?.value;

/** @param {string} name @param {any} value */
export const setMeta = (name, value) => put("meta", { name, value });

/** Ignores a full device, for optional writes. @template T @param {Promise<T>} written */
export const ifRoom = (written) => written.catch((error) => { if (error?.name !== "QuotaExceededError") throw error; });

globalThis.document?.defaultView?.addEventListener("pagehide", abortAll);

/** The key of a draft's photo row. @param {string} name @param {string} [end] */
export const photoRow = (name, end = "") => `${name}#${end}`;

/** @param {string} name */
export const photoRows = (name) => IDBKeyRange.bound(photoRow(name), photoRow(name, "\uffff"));
