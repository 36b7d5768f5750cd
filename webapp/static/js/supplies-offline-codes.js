// @ts-check
// What a scanned code says where no server can be asked: our own labels, GS1 element strings, EAN and its kin, or a code
// typed by hand. Element strings are read by the library that set-up fetched; without it they are named and left. Pure.

import { codeKey } from "./parse/codes.js";

/**
 * @typedef {{text: string, gtin?: string, lot?: string, made_on?: string, expires_on?: string, itemCode?: string,
 *   trouble?: "broken" | "no-reader"}} Code days as YYYY-MM-DD
 * @typedef {(text: string) => {parsedCodeItems: {ai: string, data: any, isoDate?: string}[]}} Reader
 */

const GS = "\x1d";
const LONGEST = 200;

/** Full-width signs of a Chinese keyboard become plain; spelt-out separators become GS. @param {string} typed */
function normal(typed) {
  const plain = typed.slice(0, LONGEST).replace(/<GS>|\{GS\}|␝|\^\]/gi, GS).normalize("NFKC");
  return plain.replace(/[\p{Cc}\p{Cf}\p{Cs}]/gu, (sign) => (sign === GS ? sign : "")).trim();
}

/** @param {string} text @returns {Code | null} */
function own(text) {
  const upper = text.toUpperCase();
  const item = /^FL:I:([A-Z0-9-]{1,20})$/.exec(upper);
  if (item) return { text, itemCode: item[1] };
  const lot = /^FL:L:([A-Z0-9-]{1,20}):(\d{6}|-):(.{1,20})$/.exec(text.startsWith("FL:") ? text : upper);
  if (!lot) return null;
  const day = lot[2] === "-" ? "" : `20${lot[2].slice(0, 2)}-${lot[2].slice(2, 4)}-${lot[2].slice(4)}`;
  if (day && !isDay(day)) return { text, trouble: "broken" };
  return { text, itemCode: lot[1], lot: lot[3] === "-" ? "" : lot[3], expires_on: day };
}

/** @param {string} text YYYY-MM-DD */
function isDay(text) {
  const day = new Date(`${text}T00:00Z`);
  return !Number.isNaN(day.getTime()) && day.toISOString().startsWith(text);
}

/** @param {string} text @param {Reader | undefined} reader @returns {Code} */
function elements(text, reader) {
  if (!reader) return { text, trouble: "no-reader" };
  try {
    const found = new Map(reader(text).parsedCodeItems.map((one) => [one.ai, one]));
    const gtin = String(found.get("01")?.data ?? "");
    if (!isGtin(gtin)) return { text, trouble: "broken" };
    const [made_on, expires_on] = ["11", "17"].map((ai) => found.get(ai)?.isoDate ?? "");
    if (!isWritten(text, "11", made_on) || !isWritten(text, "17", expires_on)) return { text, trouble: "broken" };
    return { text, gtin, lot: found.get("10")?.data, made_on, expires_on };
  } catch {
    return { text, trouble: "broken" };
  }
}

/** The library makes the 32nd of a month the 1st of the next: a day counts only if it stands in the code (00 is the month's last). @param {string} text @param {string} ai @param {string} day */
function isWritten(text, ai, day) {
  const digits = text.replace(/[()]/g, "");
  const month = ai + day.slice(2, 7).replace("-", "");
  return !day || digits.includes(month + day.slice(8)) || digits.includes(`${month}00`);
}

/** Fourteen digits, the last of which checks the others. @param {string} digits */
function isGtin(digits) {
  if (!/^\d{14}$/.test(digits)) return false;
  const sum = [...digits].reduce((total, digit, at) => total + Number(digit) * (at % 2 ? 1 : 3), 0);
  return sum % 10 === 0;
}

/** @param {string} typed as a scanner, a camera or a person gives it @param {Reader} [reader] @returns {Code} */
export function readCode(typed, reader) {
  const text = normal(typed).replace(/^\](?!C1|d2|Q3|e0|J1)[A-Za-z][0-9A-Za-z]/, "");
  const mine = own(text);
  if (mine) return mine;
  if (/^\(\d{2,4}\)|^\](C1|d2|Q3|e0|J1)|^01\d{14}\S/.test(text)) return elements(text, reader);
  const gtin = /^(\d{8}|\d{12,14})$/.test(text) ? text.padStart(14, "0") : "";
  return isGtin(gtin) ? { text, gtin } : { text, itemCode: text.toUpperCase() };
}

/** `40*` before a code, or alone for the line before: the number, and what is left. @param {string} typed @returns {[number | null, string]} */
export function splitTimes(typed) {
  const plain = typed.trim().replace(/^[０-９＊]+/, (wide) => wide.normalize("NFKC"));
  const found = /^(\d{1,7})\s*[*×]\s*(.*)$/s.exec(plain) ?? /^\*\s*(\d{1,7})()$/.exec(plain);
  return found ? [Number(found[1]), found[2].trim()] : [null, typed.trim()];
}

/**
 * The item a code stands for, and the key of the unit it is printed on.
 * @param {Code} code @param {any[]} items @returns {[any, string] | null}
 */
export function findItem(code, items) {
  const own = codeKey(code.itemCode ?? code.text);
  const named = own && items.find((item) => codeKey(item.code) === own);
  if (named) return [named, "base"];
  for (const wanted of [codeKey(code.gtin), codeKey(code.text)]) {
    const item = wanted && items.find((one) => Object.prototype.hasOwnProperty.call(one.codes, wanted));
    if (item) return [item, item.codes[wanted]];
  }
  return null;
}

/** The place whose label was scanned: its address, or its code. @param {string} text @param {any[]} places */
export function findPlace(text, places) {
  const id = /\/places\/([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})/i.exec(text)?.[1].toLowerCase();
  const code = codeKey(text);
  return places.find((place) => (id ? place.id === id : codeKey(place.code) === code));
}
