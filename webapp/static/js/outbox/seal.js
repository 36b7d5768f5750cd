// @ts-check
// Seals an entry so that only the server can read it, with its author's proof (docs/offline.md). Works in browsers and
// in Node, without a database or a page.
import { fromBase64, hex, random, toBase64, utf8 } from "./bytes.js";
import { within } from "./limits.js";

/** @typedef {{field: string, bytes: ArrayBuffer}} Photo */
/** @typedef {{key_id: string, key: CryptoKey, agreement?: {id: string, spki: string} | null}} Server `agreement`: for version 2 */
/** @typedef {{uuid: string, author: string, device: string, seq: number, captured_at: string, sha256: string}} Proved */

const AGREEMENT_MS = 1000;

/** @param {ArrayBuffer | Uint8Array<ArrayBuffer>} bytes @returns {Promise<string>} */
export const sha256 = async (bytes) => hex(await crypto.subtle.digest("SHA-256", bytes));

/** @param {string} kind @param {[string, string][]} fields @param {{field: string, sha256: string, bytes: number}[]} photos @param {string} salt */
export const payloadBytes = (kind, fields, photos, salt) => utf8(JSON.stringify({ kind, fields, photos, salt }));

/** The text covered by the author's MAC. @param {Proved} e @returns {string} */
export const proof = (e) => ["frontline.v1", e.uuid, e.author, e.device, e.seq, e.captured_at, e.sha256].join("\n");

/** @param {CryptoKey} key @param {Proved} e @returns {Promise<ArrayBuffer>} */
export const sign = (key, e) => crypto.subtle.sign("HMAC", key, utf8(proof(e)));

/** AES-256-GCM. @param {CryptoKey} key @param {Uint8Array<ArrayBuffer>} nonce @param {ArrayBuffer | Uint8Array<ArrayBuffer>} bytes @param {string} about */
export const encrypt = (key, nonce, bytes, about) =>
  crypto.subtle.encrypt({ name: "AES-GCM", iv: nonce, additionalData: utf8(about) }, key, bytes);

/** @param {CryptoKey} key @param {BufferSource} nonce @param {BufferSource} bytes @param {string} about */
export const decrypt = (key, nonce, bytes, about) =>
  crypto.subtle.decrypt({ name: "AES-GCM", iv: nonce, additionalData: utf8(about) }, key, bytes);

/** @param {Uint8Array<ArrayBuffer>} raw */
export const importAes = (raw) => crypto.subtle.importKey("raw", raw, "AES-GCM", false, ["encrypt", "decrypt"]);

/** The grant's key, as a non-extractable key. @param {string} base64 */
export const importGrantKey = (base64) =>
  crypto.subtle.importKey("raw", fromBase64(base64), { name: "HMAC", hash: "SHA-256" }, false, ["sign"]);

/** The server's public key for version 1. @param {string} base64 SubjectPublicKeyInfo */
export const importServerKey = (base64) =>
  crypto.subtle.importKey("spki", fromBase64(base64), { name: "RSA-OAEP", hash: "SHA-256" }, false, ["encrypt"]);

/** A key pair for signing this device's contacts; the private key is not extractable. @returns {Promise<CryptoKeyPair>} */
export const deviceKeys = () => crypto.subtle.generateKey({ name: "ECDSA", namedCurve: "P-256" }, false, ["sign", "verify"]);

/** The signature of a contact: r and s, 32 bytes each. @param {CryptoKey} key @param {string} path @param {string} body */
export const signContact = (key, path, body) =>
  crypto.subtle.sign({ name: "ECDSA", hash: "SHA-256" }, key, utf8(`frontline.contact.v1\n${path}\n${body}`));

/** A non-extractable key for drafts. */
export const draftsKey = () => crypto.subtle.generateKey({ name: "AES-GCM", length: 256 }, false, ["encrypt", "decrypt"]);

/**
 * The parts of an envelope with its key in the best version that server and browser have. The module comes with the first
 * entry: if a network without an answer holds it up, or the browser cannot do P-256, it is version 1.
 * @param {Uint8Array<ArrayBuffer>} raw @param {string} uuid @param {Server} server
 */
export async function wrap(raw, uuid, { agreement, key_id, key }) {
  const agreed = agreement && await within(AGREEMENT_MS, async () => (await import("./agree.js")).wrapped(raw, uuid, agreement)).catch(() => null);
  return agreed || { v: 1, key_id, wrapped_key: await crypto.subtle.encrypt("RSA-OAEP", key, raw) };
}

/**
 * An envelope (binary parts as ArrayBuffer), its sealed photos and the raw key of both.
 * @param {{uuid: string, kind: string, fields: [string, string][], photos: Photo[], seq: number, captured_at: string,
 *   tz: string, app: string, device: string}} entry
 * @param {{id: string, person: string, key: CryptoKey}} grant @param {Server} server
 * @param {(count: number) => Uint8Array<ArrayBuffer>} [dice] random bytes; deterministic in tests
 */
export async function seal(entry, grant, server, dice = random) {
  const named = await Promise.all(entry.photos.map(async ({ field, bytes }) => ({ field, sha256: await sha256(bytes), bytes: bytes.byteLength })));
  const payload = payloadBytes(entry.kind, entry.fields, named, hex(dice(16)));
  const raw = dice(32);
  const nonce = dice(12);
  const key = await importAes(raw);
  const about = {
    uuid: entry.uuid, kind: entry.kind, author: grant.person, grant: grant.id, device: entry.device, seq: entry.seq,
    captured_at: entry.captured_at, tz: entry.tz, app: entry.app, sha256: await sha256(payload),
  };
  /** @type {Map<string, {uuid: string, sha256: string, bytes: number, nonce: ArrayBuffer, ciphertext: ArrayBuffer}>} */
  const sealed = new Map();
  for (const [at, photo] of named.entries()) {
    if (sealed.has(photo.sha256)) continue; // the same picture twice is sent once
    const own = dice(12);
    const ciphertext = await encrypt(key, own, entry.photos[at].bytes, `${entry.uuid}/${photo.sha256}`);
    sealed.set(photo.sha256, { uuid: entry.uuid, sha256: photo.sha256, bytes: photo.bytes, nonce: own.buffer, ciphertext });
  }
  const photos = [...sealed.values()];
  return {
    envelope: {
      ...about,
      ...await wrap(raw, entry.uuid, server),
      nonce: nonce.buffer,
      ciphertext: await encrypt(key, nonce, payload, entry.uuid),
      photos: photos.map(({ sha256: hash, bytes, nonce: own }) => ({ sha256: hash, bytes, nonce: own })),
      mac: await sign(grant.key, about),
    },
    photos,
    raw,
  };
}

const PLAIN = ["v", "uuid", "kind", "author", "grant", "device", "seq", "captured_at", "tz", "app", "sha256", "key_id"];

/** The envelope of a queue row for the server: binary parts in base64, without the queue's own fields. @param {any} row */
export function toWire(row) {
  const wire = Object.fromEntries(PLAIN.map((name) => [name, row[name]]));
  for (const name of ["wrapped_key", "nonce", "ciphertext", "mac"]) wire[name] = toBase64(row[name]);
  return { ...wire, photos: row.photos.map((/** @type {any} */ photo) => ({ ...photo, nonce: toBase64(photo.nonce) })) };
}
