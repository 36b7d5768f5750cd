// @ts-check
// The device's database. Upgrades only ever add; what is written is on the disk before anybody is told.

export const VERSION = 1;

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
  return "";
}

/** @type {Promise<IDBDatabase> | null} */
let opened = null;

/** @returns {Promise<IDBDatabase>} */
export function open() {
  opened ??= new Promise((done, failed) => {
    const asked = indexedDB.open("frontline", VERSION);
    asked.onupgradeneeded = (event) => {
      for (const [name, keyPath] of additions(event.oldVersion)) asked.result.createObjectStore(name, { keyPath });
    };
    asked.onerror = () => { opened = null; failed(asked.error); };
    asked.onblocked = () => { opened = null; failed(new Error("blocked")); };
    asked.onsuccess = () => {
      const base = asked.result;
      base.onversionchange = () => { base.close(); opened = null; }; // another tab has newer code
      base.onclose = () => { opened = null; };
      done(base);
    };
  });
  return opened;
}

/** @template T @param {IDBRequest<T>} request @returns {Promise<T>} */
export const result = (request) => new Promise((done, failed) => {
  request.onsuccess = () => done(request.result);
  request.onerror = () => failed(request.error);
});

/** @param {string} store @param {IDBValidKey} key @returns {Promise<any>} undefined when there is none */
export async function read(store, key) {
  return result((await open()).transaction(store).objectStore(store).get(key));
}

/** @param {string} store @returns {Promise<any[]>} */
export async function all(store) {
  return result((await open()).transaction(store).objectStore(store).getAll());
}

/**
 * One strict transaction; resolves with what `work` gave when it is complete on the disk. `work` awaits requests of this
 * transaction only. Rejects with the transaction's error (QuotaExceededError when the device is full), nothing written.
 * @template T @param {string[]} stores @param {(at: (name: string) => IDBObjectStore) => T | Promise<T>} work @returns {Promise<T>}
 */
export async function write(stores, work) {
  const transaction = (await open()).transaction(stores, "readwrite", { durability: "strict" });
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
    try { transaction.abort(); } catch { /* it has ended already */ }
    throw error;
  }
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
