// @ts-check
// The key of an envelope, wrapped for the server in version 2: by an ephemeral key agreement on P-256 (docs/offline.md).
import { fromBase64, toBase64, utf8 } from "./bytes.js";

const CURVE = { name: "ECDH", namedCurve: "P-256" };
const [KEY, NONCE] = [32, 12]; // bytes

/** @typedef {{id: string, spki: string}} ServerKey as it came with the grant; SubjectPublicKeyInfo in base64 */

/** What a wrapped key belongs to: the version, the server's key, the ephemeral key, the entry. @cases tests/sync/wrapped_keys.json @param {string} keyId @param {Uint8Array} point @param {string} uuid */
export const binding = (keyId, point, uuid) => ["frontline.key.v2", keyId, toBase64(point), uuid].join("\n");

/** The wrapped key: the ephemeral point (65 bytes), then the sealed key (48). @param {Uint8Array<ArrayBuffer>} raw @param {string} uuid @param {ServerKey} server @param {CryptoKeyPair} pair of this envelope alone */
export async function agree(raw, uuid, server, pair) {
  const theirs = await crypto.subtle.importKey("spki", fromBase64(server.spki), CURVE, false, []);
  const point = new Uint8Array(await crypto.subtle.exportKey("raw", pair.publicKey));
  const secret = await crypto.subtle.deriveBits({ name: "ECDH", public: theirs }, pair.privateKey, KEY * 8);
  const base = await crypto.subtle.importKey("raw", secret, "HKDF", false, ["deriveBits"]);
  const about = { name: "HKDF", hash: "SHA-256", salt: new Uint8Array(KEY), info: utf8(binding(server.id, point, uuid)) };
  const bits = new Uint8Array(await crypto.subtle.deriveBits(about, base, (KEY + NONCE) * 8));
  const key = await crypto.subtle.importKey("raw", bits.slice(0, KEY), "AES-GCM", false, ["encrypt"]);
  const sealed = new Uint8Array(await crypto.subtle.encrypt({ name: "AES-GCM", iv: bits.slice(KEY) }, key, raw));
  return new Uint8Array([...point, ...sealed]).buffer;
}

/** The parts of an envelope about its key. @param {Uint8Array<ArrayBuffer>} raw @param {string} uuid @param {ServerKey} server */
export async function wrapped(raw, uuid, server) {
  const pair = await crypto.subtle.generateKey(CURVE, false, ["deriveBits"]);
  return { v: 2, key_id: server.id, wrapped_key: await agree(raw, uuid, server, pair) };
}
