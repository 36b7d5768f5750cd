// @ts-check
// Conversions between bytes and text.

/** @param {string} text @returns {Uint8Array<ArrayBuffer>} */
export const utf8 = (text) => new Uint8Array(new TextEncoder().encode(text));

/** @param {ArrayBuffer | Uint8Array} bytes @returns {string} */
export const hex = (bytes) => Array.from(new Uint8Array(bytes), (b) => b.toString(16).padStart(2, "0")).join("");

/** Standard alphabet, padded. @param {ArrayBuffer | Uint8Array} bytes @returns {string} */
export function toBase64(bytes) {
  const all = new Uint8Array(bytes);
  const pieces = [];
  for (let at = 0; at < all.length; at += 8192) pieces.push(String.fromCharCode(...all.subarray(at, at + 8192)));
  return btoa(pieces.join(""));
}

/** @param {string} text @returns {Uint8Array<ArrayBuffer>} */
export const fromBase64 = (text) => Uint8Array.from(atob(text), (char) => char.charCodeAt(0));

/** @param {number} count @returns {Uint8Array<ArrayBuffer>} */
export const random = (count) => crypto.getRandomValues(new Uint8Array(count));
