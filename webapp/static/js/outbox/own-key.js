// @ts-check
// The key of a waiting entry's envelope for its author: sealed with the drafts key, which signing out deletes.
import { random, toBase64, utf8 } from "./bytes.js";
import { whereOf } from "./drafts.js";
import { encrypt } from "./seal.js";
import { read } from "./store.js";

/** @typedef {{name: string, where: import("./drafts.js").Where}} Draft */

/** What the sealed key belongs to. @param {string} uuid @param {string} person */
export const about = (uuid, person) => `${person}/${uuid}/own`;

/** The draft that a form's entry can become again; none for a form whose page handles its draft itself, or whose draft is of a moment only. @param {HTMLFormElement} form @returns {Draft | undefined} */
export function draftOf(form) {
  const name = form.dataset.draft;
  return !name || form.hasAttribute("data-draft-own") || form.dataset.draftMinutes ? undefined : { name, where: whereOf(name) };
}

/** The raw key of an envelope and its draft, sealed for its author on this device. @param {Uint8Array<ArrayBuffer>} raw @param {string} uuid @param {string} person @param {Draft | undefined} draft */
export async function lock(raw, uuid, person, draft) {
  const key = draft && await read("keys", "drafts");
  if (!key) return {};
  const nonce = random(12);
  return { own: await encrypt(key.key, nonce, utf8(JSON.stringify({ ...draft, raw: toBase64(raw) })), about(uuid, person)), ownNonce: nonce.buffer };
}
