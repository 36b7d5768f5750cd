// @ts-check
// The key with which this device signs its contacts, so that no other device can pose as it.
import { newUuid } from "../entry.js";
import { toBase64 } from "./bytes.js";
import { deviceKeys, signContact } from "./seal.js";
import { meta, result, write } from "./store.js";

/** The keys of this browser, created once for all persons. @returns {Promise<CryptoKeyPair>} */
async function keys() {
  const known = await meta("device_keys");
  if (known) return known;
  const fresh = await deviceKeys();
  return write(["meta"], async (at) => {
    const kept = await result(at("meta").get("device_keys")); // another page may have stored one first
    if (!kept) at("meta").put({ name: "device_keys", value: fresh });
    return kept?.value ?? fresh;
  });
}

/** The public key for a grant request, SubjectPublicKeyInfo in base64; undefined if no key can be stored. @returns {Promise<string | undefined>} */
export const publicKey = async () => {
  const pair = await keys().catch(() => undefined);
  return pair && toBase64(await crypto.subtle.exportKey("spki", pair.publicKey));
};

/** The header with the signature of a contact; empty if no key can be stored, and entries are accepted all the same. @param {string} path @param {string} body @returns {Promise<Record<string, string>>} */
export async function proof(path, body) {
  const pair = await keys().catch(() => undefined);
  return pair ? { "X-Frontline-Device": toBase64(await signContact(pair.privateKey, path, body)) } : {};
}

/** Gives this device a new id after its key was lost; entries are numbered from 1 again. @returns {Promise<string>} */
export async function takeNewId() {
  const device = newUuid();
  await write(["meta"], (at) => { for (const name of ["seq", "withdrawn", "reserved"]) at("meta").delete(name); });
  localStorage.setItem("frontline.device", device);
  return device;
}
