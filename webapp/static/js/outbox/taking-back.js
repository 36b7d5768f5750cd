// @ts-check
// A waiting entry that its author takes back, to change it before it is sent: by its own key (own-key.js) it becomes a draft
// again, under its uuid and number.
import { fromBase64 } from "./bytes.js";
import { keepPhotos, photosOfDraft } from "./draft-photos.js";
import { load, save } from "./drafts.js";
import { about } from "./own-key.js";
import { HELD_MS, isAhead } from "./rules.js";
import { decrypt, importAes } from "./seal.js";
import { read } from "./store.js";

/** @param {ArrayBuffer} bytes */
const parsed = (bytes) => JSON.parse(new TextDecoder().decode(bytes));

/** The photos of an opened entry, with the hashes of their originals. @param {string} uuid @param {{fields: [string, string][], photos: {field: string, sha256: string}[]}} entry @param {CryptoKey} key */
const photosOf = (uuid, { fields, photos }, key) => Promise.all(photos.map(async ({ field, sha256 }) => {
  const { nonce, ciphertext } = await read("photos", [uuid, sha256]);
  const bytes = await decrypt(key, nonce, ciphertext, `${uuid}/${sha256}`);
  const [hashes, originals] = [`${field}-sha256`, `${field}-original`].map((hashName) => fields.filter(([name]) => name === hashName).map(([, value]) => value));
  const original = hashes.length === originals.length ? originals[hashes.indexOf(sha256)] ?? "" : "";
  return { field, sha256, original, file: new File([bytes], `${sha256.slice(0, 12)}.jpg`, { type: "image/jpeg" }) };
}));

/** Whether this person may take a row back. @param {any} row @param {string | undefined} person */
export const isOwn = (row, person) => row.own !== undefined && row.author === person && row.state === "waiting" && !isAhead(row.held_until ?? 0, Date.now(), HELD_MS);

/**
 * Turns a waiting entry into the draft of its form, unless the form has another one.
 * @param {string} uuid @param {(row: any) => Promise<void>} withdraw @returns {Promise<{page: string} | {reason: "going" | "draft"}>} the page of its form
 */
export function takeBack(uuid, withdraw) {
  return navigator.locks.request("frontline-send", { ifAvailable: true }, async (free) => {
    const [row, drafts, grant] = await Promise.all([read("queue", uuid), read("keys", "drafts"), read("keys", "grant")]);
    if (!free || !row || !drafts || !isOwn(row, grant?.person)) return { reason: "going" };
    const { name, where, raw } = parsed(await decrypt(drafts.key, row.ownNonce, row.own, about(uuid, row.author)));
    if (await load(name) || (await photosOfDraft(name, drafts.key, row.author)).length) return { reason: "draft" };
    const key = await importAes(fromBase64(raw));
    const entry = parsed(await decrypt(key, row.nonce, row.ciphertext, uuid));
    await keepPhotos(name, await photosOf(uuid, entry, key), drafts.key, row.author);
    await save(name, entry.fields, where);
    if ((await read("drafts", name))?.person !== row.author) return { reason: "going" };
    await withdraw(row); // the draft is not opened while its entry waits
    return { page: where.page };
  });
}
