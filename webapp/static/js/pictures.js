// @ts-check
// Prepares a photo for the server: upright, shrunk, JPEG, with the hashes of the sent file and of the original.
import { stamp } from "./photo-stamp.js";

export const LONGEST_SIDE = 1600;

/** @typedef {{file: File, sha256: string, original: string}} Taken `original`: the hash of the chosen file */

/** Width and height within LONGEST_SIDE, never enlarged. @param {number} width @param {number} height @returns {[number, number]} */
export function fitted(width, height) {
  const scale = Math.min(1, LONGEST_SIDE / Math.max(width, height));
  return [Math.max(1, Math.round(width * scale)), Math.max(1, Math.round(height * scale))];
}

/** @param {Uint8Array} bytes @returns {string} */
export const hex = (bytes) => Array.from(bytes, (b) => b.toString(16).padStart(2, "0")).join("");

/** @param {Blob} file @returns {Promise<string>} "" outside a secure context */
export async function sha256(file) {
  if (!globalThis.crypto?.subtle) return "";
  return hex(new Uint8Array(await crypto.subtle.digest("SHA-256", await file.arrayBuffer())));
}

/** Decodes by an element, if createImageBitmap does not support the file or its options. @param {Blob} file @returns {Promise<HTMLImageElement>} */
async function drawn(file) {
  const image = new Image();
  image.src = URL.createObjectURL(file);
  try {
    await image.decode();
    return image;
  } finally {
    URL.revokeObjectURL(image.src);
  }
}

/** The picture of a file. Throws if this browser cannot decode it. @param {Blob} file @returns {Promise<ImageBitmap | HTMLImageElement>} */
async function decoded(file) {
  if (!globalThis.createImageBitmap) return drawn(file);
  return createImageBitmap(file, { imageOrientation: "from-image" }).catch(() => drawn(file));
}

/** The prepared photo of a file, stamped with `lines`. Throws if it cannot be decoded. @param {File} file @param {string[]} [lines] @returns {Promise<Taken>} */
export async function taken(file, lines = []) {
  const image = await decoded(file);
  const canvas = document.createElement("canvas");
  [canvas.width, canvas.height] = fitted(image.width, image.height);
  canvas.getContext("2d")?.drawImage(image, 0, 0, canvas.width, canvas.height);
  if ("close" in image) image.close();
  stamp(canvas, lines);
  const blob = await new Promise((done) => canvas.toBlob(done, "image/jpeg", 0.85));
  if (!blob) throw new Error("no picture");
  const small = new File([blob], file.name.replace(/\.\w+$/, "") + ".jpg", { type: "image/jpeg" });
  return { file: small, sha256: await sha256(small), original: await sha256(file) };
}

/** Sorts chosen photos into those to add, duplicates, and those beyond `room`. @template {{sha256: string}} T @param {T[]} there @param {T[]} chosen @param {number} room @returns {{added: T[], twice: T[], over: T[]}} */
export function joined(there, chosen, room) {
  /** @type {{added: T[], twice: T[], over: T[]}} */
  const sorted = { added: [], twice: [], over: [] };
  for (const photo of chosen) {
    const isThere = photo.sha256 && [...there, ...sorted.added].some((other) => other.sha256 === photo.sha256);
    (isThere ? sorted.twice : sorted.added.length < room ? sorted.added : sorted.over).push(photo);
  }
  return sorted;
}
