// @ts-check
// A measured value as people and laboratories write it: the twin of webapp/standards/rules/measuring.py and of the fields
// of a checklist, held to the same cases (tests/standards/readings.json). Pure.
import { fold } from "./parse/folding.js";
import { plainNumber } from "./parse/numbers.js";
import { compare } from "./standards.js";

/** @typedef {import("./standards.js").Measured} Measured */
/** @typedef {{kind: "reading" | "number", places: number, lowest: string, highest: string, words: boolean}} Asked what a field takes */

const SHAPE = /^([<>]?) *([^-+<>Ll ][^<>Ll]*?) *([Ll]?)$/;
const LONGEST = 24; // characters, as a reading keeps them
/** @type {Record<string, "not_detected" | "detected">} */
const WORDS = { 未检出: "not_detected", ND: "not_detected", "N.D.": "not_detected", 检出: "detected" };

/** Read 6.5, <0.01, 0.004L (below detection), >24000, 未检出/ND, 检出; null for others. @param {string} text @returns {Measured | null} */
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
 * A field's value as the server takes it, or what is wrong with it: unreadable, places or range.
 * @param {string} typed @param {Asked} asked @returns {{measured: Measured | null, fault: "" | "unreadable" | "places" | "range"}}
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

/** What a field takes, as its data- attributes say it. @param {HTMLInputElement} field @returns {Asked} */
export const askedOf = ({ dataset }) => ({
  kind: dataset.kind === "reading" ? "reading" : "number",
  places: Number(dataset.places ?? 10),
  lowest: dataset.lowest ?? "",
  highest: dataset.highest ?? "",
  words: dataset.words === "yes",
});

/** Which sentence of the form says what is wrong with a field. @param {Asked} asked @param {string} typed @param {"unreadable" | "places" | "range"} fault */
export function sentenceFor(asked, typed, fault) {
  if (fault === "places") return asked.places ? "places" : "whole";
  if (fault === "range") return asked.kind === "reading" ? "highest" : "range";
  if (asked.kind === "number") return "number";
  return parseMeasured(typed)?.word ? "words" : "reading";
}

/** What to say of a field that the server would refuse, from the data-say- texts of its form; "" where it is good. @param {HTMLInputElement} field @param {DOMStringMap} texts */
export function refusalOf(field, texts) {
  const asked = askedOf(field);
  const { fault } = readField(field.value, asked);
  if (!fault) return "";
  const name = sentenceFor(asked, field.value, fault);
  const text = texts[`say${name[0].toUpperCase()}${name.slice(1)}`] ?? "";
  return text.replace("{n}", String(asked.places)).replace("{low}", asked.lowest).replace("{high}", asked.highest);
}
