// @ts-check
// The person's leave to record on this device, what the device keeps for blank forms, and forgetting all of it.
import { deviceName } from "../entry.js";
import { tell } from "./queue.js";
import { call } from "./sender.js";
import { authorKey, serverKey } from "./seal.js";
import { all, get, put, write } from "./store.js";
import { RENEW_MS } from "./timing.js";

/** A grant for whoever is signed in, unless one holds for another week. @param {string} person @param {boolean} [anew] the server said it ended */
export async function ensureGrant(person, anew = false) {
  const held = await get("keys", "grant");
  if (!anew && held?.person === person && Date.parse(held.expires_at) - Date.now() > RENEW_MS) return;
  const { said } = await call("POST", "/sync/grants", { device: deviceName(), now: new Date().toISOString() });
  if (!said.grant) return;
  const [key, server] = await Promise.all([authorKey(said.key), serverKey(said.server_key.id, said.server_key.spki)]);
  if (held && held.person !== said.person) await forgetPerson();
  await write(["keys"], (store) => {
    store("keys").put({ name: "grant", grant: said.grant, person: said.person, roles: said.roles, expires_at: said.expires_at, key });
    store("keys").put({ name: "server", ...server });
  });
  tell("granted");
}

/** Places, checklists, items ... as the server has them now. @returns {Promise<boolean>} whether they are fresh */
export async function refreshReference() {
  const held = await get("meta", "reference");
  const { status, said } = await call("GET", "/sync/reference", undefined, held ? { "If-None-Match": `"${held.version}"` } : {});
  if (status === 304) { await put("meta", { ...held, at: Date.now() }); return true; }
  if (!said?.parts) return false;
  await write(["reference", "meta"], (store) => {
    store("reference").clear();
    for (const [name, data] of Object.entries(said.parts)) store("reference").put({ name, data });
    store("meta").put({ name: "reference", version: said.version, at: Date.now() });
  });
  tell("reference");
  return true;
}

/** A part of the reference data; undefined when this device has none. @param {string} name @returns {Promise<any>} */
export const reference = async (name) => (await get("reference", name))?.data;

/** When the reference data was last known to be right, in milliseconds; 0 for never. */
export const referenceAt = async () => (await get("meta", "reference"))?.at ?? 0;

/** Everything about a person leaves the device; the sealed queue stays. */
export async function forgetPerson() {
  await write(["keys", "reference", "drafts", "meta"], (store) => {
    for (const name of ["keys", "reference", "drafts"]) store(name).clear();
    store("meta").delete("reference");
  });
  sessionStorage.clear();
  tell("forgotten");
}

/** Forget, and owe the server the end of its session when it cannot be told now. @param {boolean} isOwed */
export async function signOut(isOwed) {
  if (isOwed) await put("meta", { name: "sign-out", at: Date.now() });
  await forgetPerson();
}

/** Ask the browser to keep what waits here. @returns {Promise<boolean | null>} null where it cannot be asked */
export async function persist() {
  return await navigator.storage?.persist?.().catch(() => null) ?? null;
}

/** @returns {Promise<boolean>} does anything wait here? */
export const hasWaiting = async () => (await all("queue")).length > 0;
