// @ts-check
// Applies a scan to the slip at the counter without a network, as webapp/supplies/counter/scans.py. A code
// that is not recognised changes nothing and opens a question until it is answered or dismissed. Pure.
import { lotKey } from "./parse/codes.js";
import { placeOf } from "./parse/labels.js";
import { readCode } from "./parse/scans.js";
import { digestOf } from "./parse/serials.js";
import { bareNumber, findItem, splitTimes } from "./supplies-offline-codes.js";
import { MOST_LINES, drafted, expiryOf, measureOf, shelfOf, stepsOf, unitsOf } from "./supplies-offline-slip.js";

/**
 * @typedef {import("./supplies-offline-slip.js").Slip} Slip
 * @typedef {import("./supplies-offline-slip.js").Line} Line
 * @typedef {import("./supplies-offline-slip.js").Known} Known
 * @typedef {import("./supplies-offline-slip.js").Measure} Measure
 * @typedef {import("./parse/scans.js").Code} Code
 * @typedef {{result: "ok" | "already" | "refused", stop?: string, code?: string, serial?: string, place?: any, item?: any,
 *   readings?: Code[], notes?: [string, string][], asked?: string}} Outcome
 * @typedef {{reading?: number, isAnother?: boolean, isCode?: boolean, isNumber?: boolean}} Answer
 */

/** @param {Slip} slip @param {any} item @param {Measure} measure @param {string} lot @param {number} steps @param {Partial<Line>} [days] @returns {Outcome} */
function raise(slip, item, measure, lot, steps, days = {}) {
  const at = slip.lines.findIndex((line) => line.item === item.id && line.measure === measure.key && lotKey(line.lot) === lotKey(lot));
  if (at < 0 && slip.lines.length >= MOST_LINES) return { result: "refused", stop: "full" };
  if (at < 0) {
    slip.lines.push({ item: item.id, measure: measure.key, lot, made_on: "", expires_on: "", quantity: unitsOf(steps, measure), ...days });
    slip.touched = slip.lines.length - 1;
    return { result: "ok" };
  }
  slip.lines[at].quantity = unitsOf(stepsOf(slip.lines[at].quantity, measure) + steps, measure);
  slip.touched = at;
  return { result: "already" };
}

/** The dates of a batch, as scanned or else as kept. @param {import("./parse/scans.js").Code} code @param {Known} known @param {any} item */
function daysOf(code, known, item) {
  const before = known.stock.find((shelf) => shelf.item === item.id && lotKey(shelf.lot) === lotKey(code.lot));
  return { made_on: code.made_on || before?.made_on || "", expires_on: code.expires_on || before?.expires_on || "" };
}

/** Takes an item without a batch: the earliest unexpired batches, as many as needed; a shortage is added to the last. All or nothing. @param {Slip} slip @param {any} item @param {Measure} measure @param {number} total @param {Known} known @param {string} today @returns {Outcome} */
function fetchEarliest(slip, item, measure, total, known, today) {
  const here = shelfOf(slip, known, item.id);
  const good = here.filter(({ expires_on }) => expiryOf(expires_on, today) !== "expired");
  const from = good.length ? good : here;
  /** @type {[Measure, string, number, Partial<Line>][]} */
  const picks = [];
  let left = total;
  for (const [at, shelf] of from.entries()) {
    const isLast = at === from.length - 1;
    const steps = isLast ? left : Math.min(left, Math.max(0, shelf.free - drafted(slip, item, shelf.lot)));
    if (steps <= 0) continue;
    picks.push([steps % measure.steps ? item.measures[0] : measure, shelf.lot, steps, { made_on: shelf.made_on, expires_on: shelf.expires_on }]);
    left -= steps;
  }
  if (left > 0) picks.push([measure, "", left, {}]);
  if (!hasRoom(slip, item, picks.map(([used, lot]) => [used.key, lot]))) return { result: "refused", stop: "full" };
  const outcomes = picks.map(([used, lot, steps, days]) => raise(slip, item, used, lot, steps, days));
  return outcomes[outcomes.length - 1] ?? { result: "ok" };
}

/** Whether the slip has room for all of these lines (unit, batch). @param {Slip} slip @param {any} item @param {[string, string][]} lines */
function hasRoom(slip, item, lines) {
  const isThere = (/** @type {[string, string]} */ [measure, lot]) => slip.lines.some((line) => line.item === item.id && line.measure === measure && lotKey(line.lot) === lotKey(lot));
  return slip.lines.length + lines.filter((line) => !isThere(line)).length <= MOST_LINES;
}

/** Adds to the count of a named batch; without a batch, adds a line for every kept batch. @param {Slip} slip @param {any} item @param {Measure} measure @param {number} steps @param {import("./parse/scans.js").Code} code @param {Known} known @returns {Outcome} */
function count(slip, item, measure, steps, code, known) {
  const here = shelfOf(slip, known, item.id);
  if (code.lot !== undefined || here.length <= 1) {
    const lot = code.lot ?? here[0]?.lot ?? "";
    return raise(slip, item, measure, lot, steps, daysOf({ ...code, lot }, known, item));
  }
  /** @type {Outcome} */
  let outcome = { result: "already" };
  const isNew = (/** @type {any} */ shelf) => !slip.lines.some((line) => line.item === item.id && lotKey(line.lot) === lotKey(shelf.lot));
  if (slip.lines.length + here.filter(isNew).length > MOST_LINES) return { result: "refused", stop: "full" };
  for (const shelf of here.filter(isNew)) {
    outcome = raise(slip, item, measure, shelf.lot, 0, { made_on: shelf.made_on, expires_on: shelf.expires_on, quantity: "" });
  }
  return outcome;
}

/** Sets the quantity of the last line (`40*`, or a number in a count); `0*` removes the line. @param {Slip} slip @param {string} number @returns {Outcome} */
function setLast(slip, number) {
  if (!slip.lines.length) return { result: "refused", stop: "no-line" };
  const at = slip.lines[slip.touched] ? slip.touched : slip.lines.length - 1;
  if (number === "0" && slip.mode !== "count") remove(slip, at);
  else {
    slip.lines[at].quantity = number;
    slip.touched = at;
  }
  return { result: "already" };
}

/** Sets the destination by the label of a place. @param {Slip} slip @param {string} text @param {Known} known @returns {Outcome | null} */
function point(slip, text, known) {
  const place = placeOf(text, known.consumers);
  if (!place) return null;
  const takes = slip.mode === "out" || slip.mode === "transfer";
  const isFit = takes && (place.kind === "warehouse") === (slip.mode === "transfer") && place.id !== slip.place;
  return isFit ? { result: "ok", place } : { result: "refused", stop: "place-not-here", place };
}

/** A code in readable form. @param {string} text */
const shown = (text) => [...text.replaceAll("\x1d", "\u241d")].slice(0, 60).join("");

/** The elements of a code without a field, and a count taken from it. @param {Code} code @returns {[string, string][]} */
const notesOf = (code) => [
  ...(code.count ? [/** @type {[string, string]} */ (["count", String(code.count)])] : []),
  ...(code.unused ?? []).map(([ai, value]) => /** @type {[string, string]} */ (["unused", `(${ai}) ${value}`])),
  ...(code.rest ? [/** @type {[string, string]} */ (["rest", code.rest])] : []),
];

/**
 * Applies scanned or typed text to the slip: a code, `40*code`, `40*` or a number for the previous line, or a place's label.
 * @param {Slip} slip @param {string} typed @param {Known} known @param {string} today the district's day @param {Answer} [answer] @returns {Outcome}
 */
export function take(slip, typed, known, today, answer = {}) {
  const outcome = taken(slip, typed, known, today, answer);
  return outcome.stop && splitTimes(typed)[1] ? { ...outcome, asked: typed } : outcome; // `40*` alone has no code to ask about
}

/** @param {Slip} slip @param {string} typed @param {Known} known @param {string} today @param {Answer} answer @returns {Outcome} */
function taken(slip, typed, known, today, answer) {
  const [times, text] = splitTimes(typed);
  if (!text) return times === null ? { result: "already" } : setLast(slip, String(times));
  if (!slip.place) return { result: "refused", stop: "no-warehouse" };
  const code = readCode(text, known.reader);
  const match = findItem(code, known.items);
  const number = slip.mode === "count" && times === null && !answer.isCode ? bareNumber(text) : null;
  if (number !== null && !(match && !slip.lines.length)) {
    return match && !answer.isNumber ? { result: "refused", stop: "number-or-code", code: text } : setLast(slip, number);
  }
  if (!match && code.readings) return takeReading(slip, code, times, known, today, answer);
  if (!match) return unknown(slip, code, known);
  return takeCode(slip, code, match, times, known, today, answer);
}

/** Asks a person to choose between the readings of a code with a lost separator. @param {Slip} slip @param {Code} code @param {number | null} times @param {Known} known @param {string} today @param {Answer} answer @returns {Outcome} */
function takeReading(slip, code, times, known, today, answer) {
  const readings = code.readings ?? [];
  const candidates = answer.reading === undefined ? readings : [readings[Math.min(answer.reading, readings.length - 1)]];
  const chosen = candidates.find((reading) => findItem(reading, known.items)) ?? candidates[0];
  const match = findItem(chosen, known.items);
  if (!match) return { result: "refused", stop: "unknown", code: shown(code.text) };
  if (answer.reading === undefined) return { result: "refused", stop: "readings", code: shown(code.text), item: match[0], readings };
  return takeCode(slip, chosen, match, times, known, today, answer);
}

/** @param {Slip} slip @param {Code} code @param {Known} known @returns {Outcome} */
function unknown(slip, code, known) {
  const stop = code.trouble ?? "unknown";
  const place = stop === "unknown" || stop === "check-digit" ? point(slip, code.text, known) : null;
  return place ?? { result: "refused", stop, code: shown(code.text) };
}

/** @param {Slip} slip @param {Code} code @param {[any, string]} match @param {number | null} times @param {Known} known @param {string} today @param {Answer} answer @returns {Outcome} */
function takeCode(slip, code, [item, key], times, known, today, answer) {
  if (times === 0 && slip.mode !== "count") return { result: "refused", stop: "zero-times" };
  const serial = code.serial ? `${item.id}:${digestOf(lotKey(code.serial))}` : "";
  if (serial && slip.serials.includes(serial) && !answer.isAnother) return { result: "refused", stop: "serial-twice", item, serial: code.serial };
  const measure = measureOf(item, key);
  const steps = (times ?? 1) * (code.count ?? 1) * measure.steps;
  const outcome = add(slip, code, item, measure, steps, known, today);
  if (serial && !outcome.stop) slip.serials.push(serial);
  return outcome.stop ? outcome : { ...outcome, notes: notesOf(code) };
}

/** @param {Slip} slip @param {Code} code @param {any} item @param {Measure} measure @param {number} steps @param {Known} known @param {string} today @returns {Outcome} */
function add(slip, code, item, measure, steps, known, today) {
  if (slip.mode === "count") return count(slip, item, measure, steps, code, known);
  if (slip.mode === "in" || code.lot !== undefined) return raise(slip, item, measure, code.lot ?? "", steps, daysOf(code, known, item));
  return fetchEarliest(slip, item, measure, steps, known, today);
}

/** The code that a slow scanner put into a line's field instead of the box, or "". A known lot of the item is a lot. @param {Line} line @param {string} name @param {Known} known */
export function scannedInto(line, name, known) {
  const typed = String(/** @type {any} */ (line)[name] ?? "").trim();
  if (!typed || (name !== "lot" && name !== "quantity")) return "";
  const code = readCode(typed, known.reader);
  if (name === "quantity") return code.gtin || code.readings ? typed : "";
  if (known.stock.some((shelf) => shelf.item === line.item && lotKey(shelf.lot) === lotKey(typed))) return "";
  const isOfScanner = code.readings || ["broken", "doubled", "no-reader"].includes(code.trouble ?? "") || code.lot !== undefined || /^FL:/i.test(code.text);
  return isOfScanner || findItem(code, known.items) ? typed : "";
}

/** Removes a line, and the remembered pieces of its item if it was the last one. @param {Slip} slip @param {number} at */
export function remove(slip, at) {
  const [gone] = slip.lines.splice(at, 1);
  slip.touched = -1;
  if (gone && !slip.lines.some((line) => line.item === gone.item)) slip.serials = slip.serials.filter((serial) => !serial.startsWith(`${gone.item}:`));
}
