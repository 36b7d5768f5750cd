// @ts-check
// The photos of a draft, each sealed in a row of its own, so that none is lost if a phone discards the page while its
// camera is open.
import { random, utf8 } from "./bytes.js";
import { decrypt, encrypt } from "./seal.js";
import { all, photoRow, photoRows, write } from "./store.js";

/** @typedef {{field: string, file: File, sha256: string, original: string}} DraftPhoto */

const BREAK = 10; // line feed between a photo's metadata and its bytes

/** @param {ArrayBuffer} opened @returns {DraftPhoto & {n: number}} */
function unpacked(opened) {
  const bytes = new Uint8Array(opened);
  const at = bytes.indexOf(BREAK);
  const { name, ...about } = JSON.parse(new TextDecoder().decode(bytes.subarray(0, at)));
  return { ...about, file: new File([bytes.subarray(at + 1)], name, { type: "image/jpeg" }) };
}

/** @param {DraftPhoto} photo @param {number} n its index among the form's photos */
async function packed({ file, ...about }, n) {
  const head = utf8(`${JSON.stringify({ ...about, n, name: file.name })}\n`);
  return new Blob([head, await file.arrayBuffer()]).arrayBuffer();
}

/** Replaces the photos of a draft. Throws the errors of the store. @param {string} name @param {DraftPhoto[]} photos @param {CryptoKey} key @param {string} person */
export async function keepPhotos(name, photos, key, person) {
  const rows = await Promise.all(photos.map(async (photo, n) => {
    const form = photoRow(name, `${photo.field}#${photo.sha256}`);
    const nonce = random(12);
    return { form, person, nonce: nonce.buffer, ciphertext: await encrypt(key, nonce, await packed(photo, n), `${person}/${form}`), at: new Date().toISOString() };
  }));
  await write(["drafts"], (at) => {
    at("drafts").delete(photoRows(name));
    for (const row of rows) at("drafts").put(row);
  });
}

/** @param {string} name @param {CryptoKey} key @param {string} person @returns {Promise<DraftPhoto[]>} those that can be decrypted, in order */
export async function photosOfDraft(name, key, person) {
  const rows = (await all("drafts")).filter((row) => row.form.startsWith(photoRow(name)) && row.person === person);
  const opened = await Promise.all(rows.map((row) => decrypt(key, row.nonce, row.ciphertext, `${person}/${row.form}`).then(unpacked, () => null)));
  return /** @type {(DraftPhoto & {n: number})[]} */ (opened.filter(Boolean)).sort((a, b) => a.n - b.n);
}
