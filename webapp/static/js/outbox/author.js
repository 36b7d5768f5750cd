// @ts-check
// What the person of this device's grant is called, sealed with the key of their drafts: pages of the shell name nobody.
import { random, utf8 } from "./bytes.js";
import { decrypt, encrypt } from "./seal.js";
import { read } from "./store.js";

const ROW = "author";

/** The row of `keys` that holds the name. @param {string} name @param {string} person @param {CryptoKey} key */
export async function sealedName(name, person, key) {
  const nonce = random(12);
  return { name: ROW, person, nonce: nonce.buffer, ciphertext: await encrypt(key, nonce, utf8(name), `${person}/${ROW}`) };
}

/** @returns {Promise<string>} "" where nobody may record, or a device knows no name yet */
export async function authorName() {
  const [row, drafts, grant] = await Promise.all([read("keys", ROW), read("keys", "drafts"), read("keys", "grant")]);
  if (!row || !drafts || row.person !== grant?.person) return "";
  const opened = await decrypt(drafts.key, row.nonce, row.ciphertext, `${row.person}/${ROW}`).catch(() => null);
  return opened ? new TextDecoder().decode(opened) : "";
}
