// @ts-check
// @cases tests/standards/readings.json
// Measured values as people and laboratories write them; webapp/standards/rules/measuring.py and the fields of a checklist
// do the same, with the cases of tests/standards/readings.json for both.
import { fold } from "./parse/folding.js";
import { plainNumber } from "./parse/numbers.js";
import { compare } from "./standards.js";

/** @typedef {import("./standards.js").Measured} Measured */
/** @typedef {{kind: "reading" | "number", places: number, lowest: string, highest: string, words: boolean}} Accepted the values that a field accepts */

const SHAPE = /^([<>]?) *([^-+<>Ll ][^<>Ll]*?) *([Ll]?)$/;
const LONGEST = 24; // characters of a stored reading
/** @type {Record<string, "not_detected" | "detected">} */
const WORDS = { 未检出: "not_detected", ND: "not_detected", "N.D.": "not_detected", 检出: "detected" };

/** Parses 6.5, <0.01, 0.004L (below detection), >24000, 未检出/ND, 检出; null for others. @param {string} text @returns {Measured | null} */
export function parseMeasured(text) {
  if ([...text.trim()].length > LONGEST) return null;
  const plain = fold(text);
  const word = plain.toUpperCase();
  if (Object.hasOwn(WORDS, word)) return { value: "", below_detection: false, beyond_range: false, word: WORDS[word] };
  const match = SHAPE.exec(plain);
  const value = match && !(match[1] && match[3]) ? plainNumber(match[2]) : null;
  if (!match || value === null) return null;
  return { value, below_detection: match[1] === "<" || Boolean(match[3]), beyond_range: match[1] === ">" };
}

/**
 * A field's value as the server reads it, or its fault: unreadable, places or range.
 * @param {string} typed @param {Accepted} accepted @returns {{measured: Measured | null, fault: "" | "unreadable" | "places" | "range"}}
 */
export function readField(typed, { kind, places, lowest, highest, words }) {
  const plain = kind === "number" ? plainNumber(typed) : null;
  const measured = kind === "reading" ? parseMeasured(typed) : plain === null ? null : { value: plain, below_detection: false, beyond_range: false };
  if (!measured || (measured.word && !words)) return { measured: null, fault: "unreadable" };
  if (measured.word) return { measured, fault: "" };
  if ((measured.value.split(".")[1] ?? "").length > places) return { measured: null, fault: "places" };
  const isWithin = (!lowest || compare(measured.value, lowest) >= 0) && (!highest || compare(measured.value, highest) <= 0);
  return isWithin ? { measured, fault: "" } : { measured: null, fault: "range" };
}

/** The values that a field accepts, from its data- attributes. @param {HTMLInputElement} field @returns {Accepted} */
export const acceptedBy = ({ dataset }) => ({
  kind: dataset.kind === "reading" ? "reading" : "number",
  places: Number(dataset.places ?? 10),
  lowest: dataset.lowest ?? "",
  highest: dataset.highest ?? "",
  words: dataset.words === "yes",
});

/** The name of the form's sentence for a fault. @param {Accepted} accepted @param {string} typed @param {"unreadable" | "places" | "range"} fault */
export function sentenceFor(accepted, typed, fault) {
  if (fault === "places") return accepted.places ? "places" : "whole";
  if (fault === "range") return accepted.kind === "reading" ? "highest" : "range";
  if (accepted.kind === "number") return "number";
  return parseMeasured(typed)?.word ? "words" : "reading";
}

/** The sentence for a field that the server would refuse, from the data-say- texts of its form; "" for a valid one. @param {HTMLInputElement} field @param {DOMStringMap} texts */
export function refusalOf(field, texts) {
  const accepted = acceptedBy(field);
  const { fault } = readField(field.value, accepted);
  if (!fault) return "";
  const name = sentenceFor(accepted, field.value, fault);
  const text = texts[`say${name[0].toUpperCase()}${name.slice(1)}`] ?? "";
  return text.replace("{n}", String(accepted.places)).replace("{low}", accepted.lowest).replace("{high}", accepted.highest);
}
