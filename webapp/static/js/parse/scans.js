// @ts-check
// @cases tests/parse/scans.json
// Reads scanned codes; see webapp/supplies/rules/codes.py, which does the same, with the cases of tests/parse/scans.json for
// both. Without the library fetched at set-up, element strings are only recognised as such.
import { writtenCode } from "./codes.js";
import { BrokenCode, GS, isSame, read, readings } from "./gs1.js";
import { isGtin } from "./gtin.js";

/**
 * @typedef {{text: string, keys: string[], gtin?: string, lot?: string, made_on?: string, expires_on?: string, serial?: string,
 *   item_code?: string, count?: number, rest?: string, unused?: [string, string][], readings?: Code[],
 *   trouble?: "broken" | "doubled" | "check-digit" | "no-reader"}} Code days as YYYY-MM-DD
 * @typedef {import("./gs1.js").Reader} Reader
 */

const LONGEST = 200;
const SEPARATORS = /<GS>|\{GS\}|\[GS\]|<RS>|\{RS\}|<FNC1>|\{FNC1\}|<0x1D>|\\x1d|\\u001d|\u241d|\u241e|\^\]|[\t\x1e]/gi;
const UNSEEN = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu;
const GS1_SYMBOLS = ["C1", "d2", "Q3", "e0", "J1"];
const LOOKS_LIKE_GS1 = /^(0[12]\d{14}|1[1-7]\d{6}[0-9]|10.{1,20}|21.{1,20})/u;
const MA = /^(MA\.[^.]+\.[^.]+\.[^.]+\.[^.]+)(\..*)?$/iu;
const LINK = /^https?:\/\/[^/?#]+(?:\/[^?#]*)?\/(?:01|gtin)\/(\d{8,14})([^?#]*)(?:\?([^#]*))?(?:#.*)?$/iu;
/** @type {Record<string, string>} */
const LINK_NAMES = { gtin: "01", cpv: "22", lot: "10", ser: "21" };
const ESCAPED = /^(?:[^%]|%[0-9A-Fa-f]{2})*$/u;

/** The text without invisible characters and with GS for every separator; and the symbology, if it was named. @param {string} typed @returns {[string, string]} */
function normal(typed) {
  const plain = typed.replace(/^[ \t\r\n]+|[ \t\r\n]+$/g, "").replace(SEPARATORS, GS).normalize("NFKC");
  const text = plain.replace(UNSEEN, (sign) => (sign === GS ? sign : "")).replace(/^[ \u1680]+|[ \u1680]+$/g, "");
  const symbol = /^\]([A-Za-z][0-9A-Za-z])/.exec(text);
  return symbol ? [text.slice(3), symbol[1]] : [text, ""];
}

/** @param {string} text @returns {Code | null} */
function own(text) {
  const item = /^FL:I:([A-Z0-9-]{1,20})$/i.exec(text);
  if (item) return { text, keys: [item[1].toUpperCase()], item_code: item[1].toUpperCase() };
  const lot = /^FL:L:([A-Z0-9-]{1,20}):(\d{6}|-):(.{1,20})$/iu.exec(text);
  if (!lot) return null;
  const day = lot[2] === "-" ? "" : `20${lot[2].slice(0, 2)}-${lot[2].slice(2, 4)}-${lot[2].slice(4)}`;
  if (day && !isDay(day)) return { text, keys: [text], trouble: "broken" };
  const code = lot[1].toUpperCase();
  return { text, keys: [code], item_code: code, lot: lot[3] === "-" ? "" : lot[3], ...(day ? { expires_on: day } : {}) };
}

/** @param {string} text YYYY-MM-DD */
function isDay(text) {
  const day = new Date(`${text}T00:00Z`);
  return !Number.isNaN(day.getTime()) && day.toISOString().startsWith(text);
}

/** A GS1 Digital Link, which has the elements in the path and query of an address. @param {string} text @param {Reader | undefined} reader @returns {Code | null} */
function link(text, reader) {
  const match = LINK.exec(text);
  if (!match) return null;
  const parts = match[2].split("/").filter(Boolean);
  const pairs = [["01", match[1].padStart(14, "0")]];
  for (let at = 0; at + 1 < parts.length; at += 2) pairs.push([parts[at], parts[at + 1]]);
  for (const part of (match[3] ?? "").split(/[&;]/)) {
    const [name, ...value] = part.split("=");
    pairs.push([name, value.join("=")]);
  }
  try {
    if (pairs.some(([, value]) => !ESCAPED.test(value))) throw new BrokenCode();
    const named = pairs.map(([name, value]) => [Object.prototype.hasOwnProperty.call(LINK_NAMES, name.toLowerCase()) ? LINK_NAMES[name.toLowerCase()] : name, decodeURIComponent(value)]);
    return message(named.filter(([ai]) => /^\d{2,4}$/.test(ai)).map((pair) => pair.join("")).join(GS) + GS, reader, text);
  } catch {
    return { text, keys: [text], trouble: "broken" };
  }
}

/** @param {string} text @param {Reader | undefined} reader @returns {Code | null} */
function bracketed(text, reader) {
  if (!/^\(\d{2,4}\)/.test(text)) return null;
  const elements = [...text.matchAll(/\((\d{2,4})\)([^(]*)/g)];
  if (elements.map(([whole]) => whole).join("") !== text) return { text, keys: [text], trouble: "broken" };
  return message(elements.map(([, ai, value]) => ai + value).join(GS) + GS, reader, text);
}

/** A text that is known to be an element string. If it has no separator, one may have been lost. @param {string} typed @param {Reader | undefined} reader @param {string} [text] @returns {Code} */
function message(typed, reader, text = typed) {
  if (!reader) return { text, keys: [text], trouble: "no-reader" };
  try {
    if (typed.includes(GS)) return codeOf(text, read(typed, reader));
    const possible = readings(typed, reader);
    if (!possible.length) read(typed, reader); // throws the reason
    if (possible.length === 1 && isAsItStands(typed, possible[0], reader)) return codeOf(text, possible[0]);
    return { text, keys: [text], readings: possible.map((reading) => codeOf(text, reading)) };
  } catch (error) {
    return { text, keys: [text], trouble: error instanceof BrokenCode ? error.reason : "broken" };
  }
}

/** @param {string} typed @param {import("./gs1.js").Reading} reading @param {Reader} reader */
function isAsItStands(typed, reading, reader) {
  try {
    return isSame(read(typed, reader), reading);
  } catch {
    return false;
  }
}

/** A text that looks like an element string: accepted if it is valid, or begins like no other code. @param {string} text @param {Reader | undefined} reader @returns {Code | null} */
function bareMessage(text, reader) {
  if (!LOOKS_LIKE_GS1.test(text)) return null;
  const isCertain = /^01\d{14}/.test(text);
  if (!reader && !isCertain && !/^02\d{14}$/.test(text)) return null;
  const code = message(text, reader);
  return code.trouble === "broken" && !isCertain ? null : code;
}

/** @param {string} text @param {import("./gs1.js").Reading} reading @returns {Code} */
function codeOf(text, { unused, ...reading }) {
  return { text, keys: [text, reading.gtin], ...reading, ...(unused.length ? { unused } : {}) };
}

/** Chinese codes: the first five parts of an MA code, or the first seven of a drug code's twenty digits, are the product. @param {string} text @returns {Code | null} */
function maker(text) {
  const match = MA.exec(text);
  if (match) {
    const [, product, rest = ""] = match;
    return { text, keys: [text, product], ...(rest ? { rest } : {}), ...(/\.S[^.]/i.test(rest) ? { serial: text } : {}) };
  }
  const digits = ungrouped(text);
  return /^[1-9]\d{19}$/.test(digits) ? { text, keys: [digits, digits.slice(0, 7)], serial: digits } : null;
}

/** EAN-13, EAN-8, UPC-A and ITF-14 are the same number with leading zeros; UPC-E omits zeros. @param {string} text @returns {Code | null} */
function number(text) {
  const digits = ungrouped(text);
  if (!/^(\d{8}|\d{12,14})$/.test(digits)) return null;
  const valid = isGtin(digits) ? [digits.padStart(14, "0")] : [];
  if (/^[01]\d{7}$/.test(digits) && isGtin(expanded(digits))) valid.push(expanded(digits).padStart(14, "0"));
  if (!valid.length) return { text, keys: [digits], item_code: digits, trouble: "check-digit" };
  return { text, keys: [digits, ...valid], gtin: valid[0] };
}

/** The digits without the grouping printed under a barcode. @param {string} text */
const ungrouped = (text) => text.replace(/[ -]/g, "");

/** The twelve digits of UPC-A for the eight of UPC-E. @param {string} digits */
function expanded(digits) {
  const [system, body, last, check] = [digits[0], digits.slice(1, 6), digits[6], digits[7]];
  if ("012".includes(last)) return `${system}${body.slice(0, 2)}${last}0000${body.slice(2)}${check}`;
  if (last === "3") return `${system}${body.slice(0, 3)}00000${body.slice(3)}${check}`;
  if (last === "4") return `${system}${body.slice(0, 4)}00000${body.slice(4)}${check}`;
  return `${system}${body}0000${last}${check}`;
}

/** @param {string} typed from a scanner, a camera or a person @param {Reader} [reader] @returns {Code} */
export function readCode(typed, reader) {
  if ([...typed].length > LONGEST) return { text: [...typed].slice(0, LONGEST).join(""), keys: [], trouble: "broken" };
  const [text, symbol] = normal(typed);
  const isGs1 = GS1_SYMBOLS.includes(symbol) || text.includes(GS);
  return own(text) ?? link(text, reader) ?? bracketed(text, reader) ?? (isGs1 ? message(text, reader) : null) ?? bareMessage(text, reader)
    ?? maker(text) ?? number(text) ?? { text, keys: [text], item_code: writtenCode(text) };
}
