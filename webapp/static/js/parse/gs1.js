// @ts-check
// GS1 element strings; see webapp/supplies/rules/elements.py, which does the same, with the cases of tests/parse/scans.json
// for both. The library fetched at set-up parses a segment; additional checks that the server makes are here.

import { isGtin } from "./gtin.js";

/**
 * @typedef {(text: string) => {parsedCodeItems: {ai: string, raw: string}[]}} Reader
 * @typedef {{gtin: string, lot?: string, made_on?: string, expires_on?: string, serial?: string, count?: number, unused: [string, string][]}} Reading
 */

export const GS = "\x1d";
const CHARACTERS = /^[!"%&'()*+,\-./0-9:;<=>?A-Z_a-z]+$/;
const LOST_BEFORE = /(?=((?:11|15|17)(\d{6})|01\d{14}))/g;
const DATED = /^(1[1-7]|7003)$/;
const CENTURY = 80;
/** Elements that need no separator after them, by the first two digits of their identifier. */
const CLOSED = /^(0[0-3]|1[1-7]|20|3[1-6]|41)/;
/** The shape of values by identifier (GS1 General Specifications, 3); the library accepts more. @type {[RegExp, RegExp][]} */
const VALUES = [
  [/^(10|21|22|243|254|420|4318|702[0-2]|71[0-6]|7240|8002|8012)$/, /^.{1,20}$/],
  [/^(24[01]|25[01]|40[013]|4308|4319|7002|7023|8004|90)$/, /^.{1,30}$/],
  [/^9[1-9]$/, /^.{1,90}$/],
  [/^00$/, /^\d{18}$/],
  [/^0[1-3]$/, /^\d{14}$/],
  [/^(1[1-7]|3(1[0-6]|[246]\d|[35][0-7])[0-5]|395[0-5]|4326|7006|8005)$/, /^\d{6}$/],
  [/^20$/, /^\d\d$/],
  [/^(30|37)$/, /^\d{1,8}$/],
  [/^242$/, /^\d{1,6}$/],
  [/^235$/, /^.{1,28}$/],
  [/^253$/, /^\d{13}.{0,17}$/],
  [/^255$/, /^\d{13,25}$/],
  [/^39[02]\d$/, /^\d{1,15}$/],
  [/^39[13]\d$/, /^\d{4,18}$/],
  [/^394[0-3]$/, /^\d{4}$/],
  [/^402$/, /^\d{17}$/],
  [/^(41[0-7]|7001)$/, /^\d{13}$/],
  [/^421$/, /^\d{3}.{1,9}$/],
  [/^42[246]$/, /^\d{3}$/],
  [/^423$/, /^(\d{3}){1,5}$/],
  [/^(427|7008)$/, /^.{1,3}$/],
  [/^(43[01][01]|4320)$/, /^([^%]|%[0-9A-Fa-f]{2}%[0-9A-Fa-f]{2}|%){1,35}$/],
  [/^(43[01][2-6]|7257)$/, /^([^%]|%[0-9A-Fa-f]{2}%[0-9A-Fa-f]{2}|%){1,70}$/],
  [/^43[01]7$/, /^[A-Z0-9]{2}$/],
  [/^4309$/, /^\d{20}$/],
  [/^432[1-3]$/, /^[01]$/],
  [/^(432[45]|7003)$/, /^\d{10}$/],
  [/^433[0-3]$/, /^\d{6}-?$/],
  [/^7004$/, /^\d{1,4}$/],
  [/^7005$/, /^.{1,12}$/],
  [/^7007$/, /^(\d{6}){1,2}$/],
  [/^7009$/, /^.{1,10}$/],
  [/^7010$/, /^.{1,2}$/],
  [/^7011$/, /^\d{6}(\d{4})?$/],
  [/^703\d$/, /^\d{3}.{1,27}$/],
  [/^7040$/, /^\d.{3}$/],
  [/^723\d$/, /^.{3,30}$/],
  [/^7241$/, /^\d\d$/],
  [/^(7242|8013|8020)$/, /^.{1,25}$/],
  [/^7250$/, /^\d{4}(0\d|1[0-2])([0-2]\d|3[01])$/],
  [/^7251$/, /^\d{4}(0\d|1[0-2])([0-2]\d|3[01])([01]\d|2[0-3])[0-5]\d$/],
  [/^7252$/, /^\d$/],
  [/^(725[349])$/, /^([^%]|%[0-9A-Fa-f]{2}%[0-9A-Fa-f]{2}|%){1,40}$/],
  [/^7255$/, /^([^%]|%[0-9A-Fa-f]{2}%[0-9A-Fa-f]{2}|%){1,10}$/],
  [/^7256$/, /^([^%]|%[0-9A-Fa-f]{2}%[0-9A-Fa-f]{2}|%){1,90}$/],
  [/^7258$/, /^\d\/\d$/],
  [/^8001$/, /^\d{14}$/],
  [/^8003$/, /^0\d{13}.{0,16}$/],
  [/^80[02]6$/, /^\d{18}$/],
  [/^8007$/, /^.{1,34}$/],
  [/^8008$/, /^\d\d(0\d|1[0-2])([0-2]\d|3[01])([01]\d|2[0-3])([0-5]\d([0-5]\d)?)?$/],
  [/^8009$/, /^.{1,50}$/],
  [/^8010$/, /^[A-Z0-9/-]{5,30}$/],
  [/^8011$/, /^\d{1,12}$/],
  [/^801[78]$/, /^\d{18}$/],
  [/^8019$/, /^\d{1,10}$/],
  [/^8030$/, /^[0-9A-Za-z_-]{1,90}$/],
  [/^(8110|8200)$/, /^.{1,70}$/],
];

export class BrokenCode extends Error {
  /** @param {"broken" | "doubled"} reason */
  constructor(reason = "broken") { super(reason); this.reason = reason; }
}

/** YYMMDD as YYYY-MM-DD, with 00 for the last day of the month; "" for an invalid day. @param {string} digits */
export function dayOf(digits) {
  const [year, month, day] = [0, 2, 4].map((at) => Number(digits.slice(at, at + 2)));
  const whole = year + (year < CENTURY ? 2000 : 1900);
  const last = new Date(Date.UTC(whole, month, 0)).getUTCDate();
  if (month < 1 || month > 12 || day > last || !/^\d{6}/.test(digits)) return "";
  return `${whole}-${digits.slice(2, 4)}-${String(day || last).padStart(2, "0")}`;
}

/** The elements between two separators, of which only the last may have a variable length. Throws BrokenCode. @param {string} segment @param {Reader} reader @returns {[string, string][]} */
function elements(segment, reader) {
  if (!CHARACTERS.test(segment)) throw new BrokenCode();
  let items;
  try {
    items = reader(segment).parsedCodeItems;
  } catch {
    throw new BrokenCode();
  }
  if (items.map(({ ai, raw }) => ai + raw).join("") !== segment) throw new BrokenCode();
  items.forEach(({ ai, raw }, at) => {
    const shape = VALUES.find(([names]) => names.test(ai))?.[1];
    if (!shape?.test(raw) || (!CLOSED.test(ai) && at < items.length - 1) || (DATED.test(ai) && !dayOf(raw))) throw new BrokenCode();
  });
  return items.map(({ ai, raw }) => [ai, raw]);
}

/** The reading of a text with its separators; throws BrokenCode. @param {string} text @param {Reader} reader @returns {Reading} */
export function read(text, reader) {
  const values = new Map();
  for (const segment of text.split(GS).filter(Boolean)) {
    for (const [ai, value] of elements(segment, reader)) {
      if (values.has(ai)) throw new BrokenCode("doubled");
      values.set(ai, value);
    }
  }
  return readingOf(values);
}

/** All readings of a text without separators: with one inserted wherever it may have been lost, and, last, unchanged. @param {string} text @param {Reader} reader @returns {Reading[]} */
export function readings(text, reader) {
  const possible = [...text.matchAll(LOST_BEFORE)]
    .filter(({ index, 1: element }) => index && mayBegin(element) && swallows(text.slice(0, index), reader))
    .map(({ index }) => text.slice(0, index) + GS + text.slice(index));
  /** @type {Reading[]} */
  const distinct = [];
  for (const spelling of [...possible, text]) {
    try {
      const reading = read(spelling, reader);
      if (!distinct.some((known) => isSame(known, reading))) distinct.push(reading);
    } catch (error) {
      if (!(error instanceof BrokenCode)) throw error;
    }
  }
  return distinct;
}

/** @param {Reading} a @param {Reading} b */
export const isSame = (a, b) => JSON.stringify(a) === JSON.stringify(b);

/** @param {string} element */
const mayBegin = (element) => (element.startsWith("01") ? isGtin(element.slice(2)) : Boolean(dayOf(element.slice(2))));

/** Whether a text ends with a lot or serial number, which includes everything that follows. @param {string} head @param {Reader} reader */
function swallows(head, reader) {
  try {
    const [[ai]] = elements(head, reader).slice(-1);
    return ai === "10" || ai === "21";
  } catch {
    return false;
  }
}

/** @param {Map<string, string>} values by identifier @returns {Reading} */
function readingOf(values) {
  const gtin = values.get("01") ?? values.get("02");
  if (!gtin || (values.has("01") && values.has("02")) || !isGtin(gtin)) throw new BrokenCode();
  const expiry = ["17", "7003", "15"].find((ai) => values.has(ai));
  const count = (values.has("02") ? ["37", "30"] : ["30", "37"]).find((ai) => Number(values.get(ai) ?? 0));
  const used = ["01", "02", "10", "11", "21", expiry, count];
  /** @type {Reading} */
  const reading = { gtin, unused: [...values].filter(([ai]) => !used.includes(ai)) };
  if (values.has("10")) reading.lot = values.get("10");
  if (values.has("11")) reading.made_on = dayOf(values.get("11") ?? "");
  if (expiry) reading.expires_on = dayOf(values.get(expiry) ?? "");
  if (values.has("21")) reading.serial = values.get("21");
  if (count) reading.count = Number(values.get(count));
  return reading;
}
