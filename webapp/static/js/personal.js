// @ts-check
// @cases tests/personal/cases.json
// Personal data on the device; see webapp/kernel/personal.py, which does the same, with the cases of
// tests/personal/cases.json for both.

const DOTS_AND_DASHES = /[·•・‧∙⋅․.⸱●◦᛫\-‐‑‒–—―−]/g;
const PROVINCE = /^(?:1[1-5]|2[1-3]|3[1-7]|4[1-6]|5[0-4]|6[1-5]|71|8[1-3])/;
const MOBILE = /^1[3-9][0-9]{9}$/;
const ABROAD = /^[+][1-9][0-9]{6,14}$/;
/** @type {Record<string, RegExp>} */
const REGIONS = { "+852": /^[2-9][0-9]{7}$/, "+853": /^[268][0-9]{7}$/, "+886": /^[2-9][0-9]{7,8}$/ };
const WEIGHTS = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
const FIRST_BIRTH_YEAR = "1900";

/** The key by which texts about people are compared. @param {string} text */
export const compared = (text) =>
  text.normalize("NFKC").toUpperCase().replace(/[\s\p{Cf}\x1c-\x1f\x85]/gu, "").replace(DOTS_AND_DASHES, "");

/** The digits, with a leading plus sign for a country code. @param {string} text */
function dialled(text) {
  const plain = compared(text).replace(/[()]/g, "").replace(/^00/, "+");
  return /^861[3-9][0-9]{9}$/.test(plain) ? `+${plain}` : plain;
}

/** The normalised phone of a person: mainland mobile without country code, others in E.164; null if invalid. @param {string} text @returns {string | null} */
export function parsePhone(text) {
  const plain = dialled(text);
  if (MOBILE.test(plain)) return plain;
  if (plain.startsWith("+86")) return MOBILE.test(plain.slice(3)) ? plain.slice(3) : null;
  const [code, rest] = [plain.slice(0, 4), plain.slice(4)];
  if (!Object.hasOwn(REGIONS, code)) return ABROAD.test(plain) ? plain : null;
  const local = code === "+886" ? rest.replace(/^0/, "") : rest;
  return REGIONS[code].test(local) ? code + local : null;
}

/** @param {string} text */
export const phoneKey = (text) => parsePhone(text) ?? compared(text);

/** ISO 7064 mod 11-2 over eighteen characters (GB 11643-1999). @param {string} number */
function hasGoodCheckDigit(number) {
  if (!/^[0-9]{17}[0-9X]$/.test(number)) return false;
  const sum = WEIGHTS.reduce((total, weight, at) => total + weight * Number(number[at]), 0);
  return "10X98765432"[sum % 11] === number[17];
}

/** Whether the check digit is right and the birth date is in the past. @param {string} number @param {string} on YYYY-MM-DD */
function isNumberedPerson(number, on) {
  if (!hasGoodCheckDigit(number)) return false;
  const born = `${number.slice(6, 10)}-${number.slice(10, 12)}-${number.slice(12, 14)}`;
  const day = new Date(`${born}T00:00Z`);
  const isDay = !Number.isNaN(day.getTime()) && day.toISOString().startsWith(born);
  return isDay && born >= FIRST_BIRTH_YEAR && born <= on;
}

/** Whether a document number is valid on a day. @param {string} kind @param {string} number @param {string} on YYYY-MM-DD */
export function isIdNumber(kind, number, on) {
  const plain = compared(number);
  if (kind === "resident_id") return PROVINCE.test(plain) && isNumberedPerson(plain, on);
  if (kind === "foreign_resident") return /^[A-Z]{3}[0-9]{12}$/.test(plain) || (plain[0] === "9" && isNumberedPerson(plain, on));
  if (kind === "travel_permit") return /^(?:[HM][0-9]{8}(?:[0-9]{2})?|[0-9]{8})$/.test(plain);
  return kind === "passport" && /^[A-Z0-9]{5,20}$/.test(plain);
}

/** 王秀英 -> 王**. @param {string} name */
export function maskName(name) {
  const letters = [...name.trim()].filter((letter) => !/\p{Cf}/u.test(letter));
  return letters.length ? letters[0] + "*".repeat(Math.min(Math.max(letters.length - 1, 1), 3)) : "";
}

/** 110105194912310021 -> 110105********0021. @param {string} number */
export function maskNumber(number) {
  const signs = [...number];
  if (!signs.length) return "";
  const [first, last, fewest] = signs.length >= 15 ? [6, 4, 0] : [2, 2, 2];
  return signs.slice(0, first).join("") + "*".repeat(Math.max(signs.length - first - last, fewest)) + signs.slice(-last).join("");
}

/** 13800138000 -> 138****8000, +85291234567 -> +852****567. @param {string} phone */
export function maskPhone(phone) {
  const [text, ...extension] = phone.split("转");
  const [number, rest] = [[...text], extension.length ? "转***" : ""];
  if (number.length <= 3) return "*".repeat(number.length) + rest;
  if (number.length < 11) return "*".repeat(number.length - 2) + number.slice(-2).join("") + rest;
  const [first, last] = text.startsWith("+") ? [4, 3] : [3, 4];
  return `${number.slice(0, first).join("")}****${number.slice(-last).join("")}${rest}`;
}

/** 鲁A12345 -> 鲁A·1**45. @param {string} plate */
export function maskPlate(plate) {
  const signs = [...plate];
  if (!signs.length) return "";
  if (signs.length <= 5) return `${signs[0]}***`;
  return `${signs.slice(0, 2).join("")}·${signs[2]}${"*".repeat(Math.max(signs.length - 5, 1))}${signs.slice(-2).join("")}`;
}
