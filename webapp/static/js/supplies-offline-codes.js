// @ts-check
// Parses the scan box of the counter without a network: a multiplier, a number or a code. Finds what a code
// stands for in the kept reference data. Pure.
import { codeKey } from "./parse/codes.js";
import { plainNumber } from "./parse/numbers.js";

/** @typedef {import("./parse/scans.js").Code} Code */

const MOST_DIGITS = 7; // eight and more are a barcode

/** The quantity of a bare number in a count; null for a possible barcode and anything else. @param {string} text @returns {string | null} */
export function bareNumber(text) {
  const plain = plainNumber(text);
  const digits = text.match(/\p{Nd}/gu)?.length ?? 0;
  return plain !== null && !plain.startsWith("-") && digits <= MOST_DIGITS ? plain : null;
}

const TIMES = /^([0-9０-９]{1,7})[ \u00a0\u3000]*[*＊×](.*)$|^[*＊][ \u00a0\u3000]*([0-9０-９]{1,7})$/su;
const OUTSIDE = /^[ \t\r\n\u00a0\u200b-\u200f\u2060\u3000\ufeff]+|[ \t\r\n\u00a0\u200b-\u200f\u2060\u3000\ufeff]+$/gu; // not a group separator

/** The multiplier before a code, or alone for the previous line (`40*`), and the rest. As `split_times` on the server. @param {string} typed @returns {[number | null, string]} @cases tests/parse/times.json */
export function splitTimes(typed) {
  const text = typed.replace(OUTSIDE, "");
  const parts = TIMES.exec(text);
  return parts ? [Number((parts[1] ?? parts[3]).normalize("NFKC")), (parts[2] ?? "").replace(OUTSIDE, "")] : [null, text];
}

/** Whether the box looks empty. @param {string} typed */
export const isNothing = (typed) => splitTimes(typed).every((part) => part === null || part === "");

/**
 * The item of a code, and the key of its packaging unit; the likeliest key of the code is tried first.
 * @param {Code} code @param {any[]} items @returns {[any, string] | null} @cases tests/supplies/items.json
 */
export function findItem(code, items) {
  for (const key of code.keys.map(codeKey).filter(Boolean)) {
    const named = items.find((item) => codeKey(item.code) === key);
    if (named) return [named, "base"];
    const item = items.find(({ codes }) => Object.prototype.hasOwnProperty.call(codes, key));
    if (item) return [item, item.codes[key]];
  }
  return null;
}
