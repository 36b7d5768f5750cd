// @ts-check
// @cases tests/kernel/bounds.json
// What a field holds that the server would refuse, by the bounds that its form prints beside it (`checks` in
// webapp/kernel/forms.py). One rule on both sides: tests/kernel/bounds.json runs against both.
import { acceptedBy, readField, sentenceFor } from "./readings.js";

const AROUND = /^[\s\x1c-\x1f\x85]+|[\s\x1c-\x1f\x85]+$/gu;

/** @typedef {{value: string, dataset: DOMStringMap}} Bounded a control, or what is needed of one */

/** The name of the sentence that says what is wrong with what was typed; "" where nothing is. @param {Bounded} field @param {number} year the district's, of today */
export function boundFault(field, year) {
  const { longest, places, yearsAhead } = field.dataset;
  const text = field.value.normalize("NFC").replace(AROUND, "");
  if (!text) return "";
  if (places !== undefined) {
    const accepted = acceptedBy(/** @type {HTMLInputElement} */ (field));
    const { fault } = readField(field.value, accepted);
    return fault && sentenceFor(accepted, field.value, fault);
  }
  if (yearsAhead !== undefined) return Number(text.split("-")[0]) > year + Number(yearsAhead) ? "tooFar" : "";
  if (longest === undefined) return "";
  return [...text].length > Number(longest) ? "length" : /[^\n\P{C}\p{Cf}\p{Co}]/u.test(text) ? "characters" : "";
}

/** What to say of a field, from the data-say- texts of its form; "" where it is good. @param {Bounded} field @param {DOMStringMap} texts @param {number} year */
export function boundRefusal(field, texts, year) {
  const name = boundFault(field, year);
  if (!name) return "";
  const { longest = "", places = longest, lowest = "", highest = "", yearsAhead = "0" } = field.dataset;
  const values = /** @type {Record<string, string>} */ ({ n: places, low: lowest, high: highest, year: String(year + Number(yearsAhead)) });
  const text = texts[`say${name[0].toUpperCase()}${name.slice(1)}`] ?? "";
  return text.replace(/\{(\w+)\}/g, (_, key) => values[key] ?? "");
}
