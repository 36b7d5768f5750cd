// @ts-check
// The device's database. Upgrades only ever add; what is written is on the disk before anybody is told. No call waits
// for ever: it rejects with TooSlow, and its transaction is aborted.
import { within } from "./limits.js";

export const VERSION = 1;
const SLOWEST_MS = 8000;

/** Stores by the version that added them: a later version gets a new line here, and no line is ever changed. */
const ADDED = [
  { queue: "uuid", photos: ["uuid", "sha256"], sent: "uuid", reference: "name", keys: "name", drafts: "form", meta: "name" },
];

/** Which stores an upgrade from an older version adds. @param {number} from @returns {[string, string | string[]][]} */
export const additions = (from) => ADDED.slice(from).flatMap((stores) => Object.entries(stores));

/** What is missing here for working without a network: "" when nothing is. @param {any} [here] @returns {string} */
export function support(here = globalThis) {
  if (!here.isSecureContext) return "insecure";
  if (!here.indexedDB) return "no-database";
  if (!here.crypto?.subtle) return "no-crypto";
  if (!here.navigator?.locks) return "no-locks";
  if (!here.AbortController) return "no-abort";
  if (!("submitter" in (here.SubmitEvent?.prototype ?? {}))) return "no-submitter"; // which button was pressed
  return "";
}

/** @type {Promise<IDBDatabase> | null} */
let opened = null;

/** @param {AbortSignal} signal @returns {Promise<IDBDatabase>} */
const opening = (signal) => new Promise((done, failed) => {
  const asked = indexedDB.open("frontline", VERSION);
  asked.onupgradeneeded = (event) => {
    for (const [name, keyPath] of additions(event.oldVersion)) asked.result.createObjectStore(name, { keyPath });
  };
  asked.onerror = () => failed(asked.error);
  asked.onblocked = () => failed(new Error("blocked"));
  asked.onsuccess = () => {
    const base = asked.result;
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

/** @type {Set<IDBTransaction>} transactions under way on this page */
const live = new Set();

/** @param {IDBTransaction} transaction */
function stop(transaction) {
  try { transaction.abort(); } catch { /* it has ended already */ }
}

/** A page that is left in the middle of a transaction must not keep it: WebKit's back/forward cache would, and block the store of every page. */
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

/** @param {string} store @param {IDBValidKey} key @returns {Promise<any>} undefined when there is none */
export const read = (store, key) => look(store, (at) => at.get(key));

/** @param {string} store @returns {Promise<any[]>} */
export const all = (store) => look(store, (at) => at.getAll());

/** How many rows there are. @param {string} store @returns {Promise<number>} */
export const countAll = (store) => look(store, (at) => at.count());

/**
 * One strict transaction; resolves with what `work` gave when it is complete on the disk. `work` awaits requests of this
 * transaction only. Rejects with the transaction's error (QuotaExceededError when the device is full), nothing written.
 * @template T @param {string[]} stores @param {(at: (name: string) => IDBObjectStore) => T | Promise<T>} work
 * @param {{ms?: number, signal?: AbortSignal}} [limits] how long it may take, and what else ends it @returns {Promise<T>}
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
    complete.catch(() => {}); // told below, once
    try {
      const given = await work((name) => transaction.objectStore(name));
      await complete;
      return given;
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

/** For what is only convenient to have written: on a full device it is left out. @template T @param {Promise<T>} written */
export const ifRoom = (written) => written.catch((error) => { if (error?.name !== "QuotaExceededError") throw error; });

globalThis.document?.defaultView?.addEventListener("pagehide", abortAll);
