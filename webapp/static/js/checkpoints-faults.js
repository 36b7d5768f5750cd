// @ts-check
// What the server would ask to be corrected at the gate, said on the device while the person still stands there. Pure.
import { tenths } from "./checkpoints.js";
import { plainNumber } from "./parse/numbers.js";
import { compared, isIdNumber, maskName, maskPhone, maskPlate, parsePhone, phoneKey } from "./personal.js";
import { compare } from "./standards.js";

const KINDS = ["resident_id", "travel_permit", "foreign_resident", "passport"];

/** @typedef {{lowest: string, highest: string, most: string}} Bounds of temperature and companions, as the page says them */

/** @param {string} kind @param {string} number @param {string} on YYYY-MM-DD @returns {"" | "id_number" | "id_type"} what is wrong with a document */
export function faultOfDocument(kind, number, on) {
  if (!compared(number)) return "";
  if (!KINDS.includes(kind)) return isIdNumber("resident_id", number, on) ? "" : "id_type";
  return isIdNumber(kind, number, on) ? "" : "id_number";
}

/** Is a number within two others, decimals as written? @param {string} typed @param {string} least @param {string} most */
function isWithin(typed, least, most) {
  const value = plainNumber(typed);
  return value !== null && compare(value, least) >= 0 && compare(value, most) <= 0;
}

/**
 * What the server would ask to be corrected, while the person still stands there: field -> code of the words.
 * @param {Record<string, string>} said @param {Bounds} bounds @param {string} on YYYY-MM-DD
 * @returns {Record<string, string>}
 */
export function faultsOf(said, bounds, on) {
  /** @type {Record<string, string>} */
  const faults = {};
  const text = (/** @type {string} */ name) => (said[name] ?? "").trim();
  for (const name of ["name", "origin"]) if (!text(name)) faults[name] = "required";
  if (!text("phone") && !text("id_number")) faults.phone = "reachable";
  else if (text("phone") && parsePhone(text("phone")) === null) faults.phone = "phone";
  const document = faultOfDocument(text("id_type"), text("id_number"), on);
  if (document) faults[document] = document;
  const isRead = tenths(text("celsius")) !== null && isWithin(text("celsius"), bounds.lowest, bounds.highest);
  if (text("celsius") && !isRead) faults.celsius = "celsius";
  const isCounted = /^\d+$/.test(plainNumber(text("companions")) ?? "") && isWithin(text("companions"), "0", bounds.most);
  if (text("companions") && !isCounted) faults.companions = "companions";
  return faults;
}

/** Name, and plate or phone, masked as with a network. @param {Record<string, string>} said */
export function whoOf(said) {
  const [plate, phone] = [maskPlate(compared(said.plate ?? "")), maskPhone(phoneKey(said.phone ?? ""))];
  return [maskName(said.name ?? ""), plate || phone].filter(Boolean).join(" ");
}
