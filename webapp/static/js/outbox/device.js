// @ts-check
// This device as itself: the key that its contacts are signed with, so that nobody else speaks for it.
import { newUuid } from "../entry.js";
import { toBase64 } from "./bytes.js";
import { deviceKeys, signContact } from "./seal.js";
import { meta, result, write } from "./store.js";

/** The keys of this browser, made once, whoever signs in. @returns {Promise<CryptoKeyPair>} */
async function keys() {
  const known = await meta("device_keys");
  if (known) return known;
  const fresh = await deviceKeys();
  return write(["meta"], async (at) => {
    const kept = await result(at("meta").get("device_keys")); // another page may have been quicker
    if (!kept) at("meta").put({ name: "device_keys", value: fresh });
    return kept?.value ?? fresh;
  });
}

/** What a grant is asked for with, SubjectPublicKeyInfo in base64; undefined where no key can be kept. @returns {Promise<string | undefined>} */
export const publicKey = async () => {
  const pair = await keys().catch(() => undefined);
  return pair && toBase64(await crypto.subtle.exportKey("spki", pair.publicKey));
};

/** The header that proves a contact; none where no key can be kept: its entries are taken all the same. @param {string} path @param {string} body @returns {Promise<Record<string, string>>} */
export async function proof(path, body) {
  const pair = await keys().catch(() => undefined);
  return pair ? { "X-Frontline-Device": toBase64(await signContact(pair.privateKey, path, body)) } : {};
}

/** The key of the device that bore this name is gone: a new name, whose entries are counted from 1. @returns {Promise<string>} */
export async function becomeAnother() {
  const device = newUuid();
  await write(["meta"], (at) => { for (const name of ["seq", "withdrawn", "reserved"]) at("meta").delete(name); });
  localStorage.setItem("frontline.device", device);
  return device;
}
