// @ts-check
// The slip that builds up at the counter without a network. What the shelf holds is only what it held at the last contact:
// too little or too old is a warning here, never a refusal, for what was taken was taken. Pure.
import { plainNumber } from "./parse/numbers.js";
import { lotKey } from "./parse/codes.js";
import { findItem, findPlace, readCode, splitTimes } from "./supplies-offline-codes.js";

/**
 * @typedef {{key: string, zh: string, en: string, steps: number}} Measure
 * @typedef {{item: string, measure: string, lot: string, made_on: string, expires_on: string, quantity: string}} Line
 * @typedef {{place: string, item: string, lot: string, made_on: string, expires_on: string, free: number}} Shelf free in steps
 * @typedef {{mode: "in" | "out" | "transfer" | "count", place: string, lines: Line[], touched: number}} Slip
 * @typedef {{items: any[], stock: Shelf[], consumers: any[], reader?: import("./supplies-offline-codes.js").Reader}} Known
 * @typedef {{result: "ok" | "already" | "refused", stop?: string, code?: string, place?: any, item?: any}} Outcome
 */

export const MOST_LINES = 100;
const SOON_DAYS = 30;

/** @param {any} item @param {string} key @returns {Measure} */
export const measureOf = (item, key) => item.measures.find((/** @type {Measure} */ one) => one.key === key) ?? item.measures[0];

/** Whole steps of what stands in a line; 0 while it is no number. @param {string} quantity @param {Measure} measure */
export const stepsOf = (quantity, measure) => (isNumber(quantity) ? Math.round(Number(plainNumber(quantity)) * measure.steps) : 0);

/** @param {string} text */
export const isNumber = (text) => /^\d{1,10}(\.\d{1,6})?$/.test(plainNumber(text) ?? "");

/** A number of units as it is typed. @param {number} steps @param {Measure} measure */
export const unitsOf = (steps, measure) => String(Number((steps / measure.steps).toFixed(6)));

/** What lies of an item in the slip's warehouse, what expires first first. @param {Slip} slip @param {Known} known @param {string} item */
export const shelfOf = (slip, known, item) =>
  known.stock.filter((one) => one.place === slip.place && one.item === item && one.free > 0)
    .sort((a, b) => (a.expires_on || "9").localeCompare(b.expires_on || "9") || a.lot.localeCompare(b.lot));

/** How many steps of a batch the slip holds. @param {Slip} slip @param {any} item @param {string} lot */
export const drafted = (slip, item, lot) =>
  slip.lines.filter((line) => line.item === item.id && lotKey(line.lot) === lotKey(lot))
    .reduce((sum, line) => sum + stepsOf(line.quantity, measureOf(item, line.measure)), 0);

/** @param {string} expires_on @param {string} today @returns {"" | "good" | "soon" | "expired"} good through the day itself */
export function expiryOf(expires_on, today) {
  if (!expires_on) return "";
  if (expires_on < today) return "expired";
  return Date.parse(expires_on) - Date.parse(today) <= SOON_DAYS * 86_400_000 ? "soon" : "good";
}

/** What is worth knowing of a line, by what was known last. @param {Slip} slip @param {Line} line @param {any} item @param {Known} known @param {string} today */
export function judge(slip, line, item, known, today) {
  const takes = slip.mode === "out" || slip.mode === "transfer";
  const free = known.stock.filter((one) => one.place === slip.place && one.item === item.id && lotKey(one.lot) === lotKey(line.lot)).reduce((sum, one) => sum + one.free, 0);
  const needsLot = item.has_expiry && (!line.lot || (slip.mode === "in" && !line.expires_on));
  return { free, needsLot, isShort: takes && drafted(slip, item, line.lot) > free, expiry: expiryOf(line.expires_on, today) };
}

/** @param {Slip} slip @param {any} item @param {Measure} measure @param {string} lot @param {number} steps @param {Partial<Line>} [days] @returns {Outcome} */
function raise(slip, item, measure, lot, steps, days = {}) {
  const at = slip.lines.findIndex((line) => line.item === item.id && line.measure === measure.key && lotKey(line.lot) === lotKey(lot));
  if (at < 0) {
    slip.lines.push({ item: item.id, measure: measure.key, lot, made_on: "", expires_on: "", quantity: unitsOf(steps, measure), ...days });
    slip.touched = slip.lines.length - 1;
    return { result: "ok" };
  }
  slip.lines[at].quantity = unitsOf(stepsOf(slip.lines[at].quantity, measure) + steps, measure);
  slip.touched = at;
  return { result: "already" };
}

/** The days of a batch, as scanned, else as known. @param {import("./supplies-offline-codes.js").Code} code @param {Known} known @param {any} item */
function daysOf(code, known, item) {
  const before = known.stock.find((one) => one.item === item.id && lotKey(one.lot) === lotKey(code.lot));
  return { made_on: code.made_on || before?.made_on || "", expires_on: code.expires_on || before?.expires_on || "" };
}

/** No batch named: the earliest expiry that is still good, over several batches where one does not suffice; what is missing goes on the last. @param {Slip} slip @param {any} item @param {Measure} measure @param {number} wanted @param {Known} known @param {string} today @returns {Outcome} */
function fetchEarliest(slip, item, measure, wanted, known, today) {
  const here = shelfOf(slip, known, item.id);
  const good = here.filter((one) => expiryOf(one.expires_on, today) !== "expired");
  const from = good.length ? good : here;
  /** @type {Outcome} */
  let outcome = { result: "ok" };
  let left = wanted;
  for (const [at, one] of from.entries()) {
    const isLast = at === from.length - 1;
    const take = isLast ? left : Math.min(left, Math.max(0, one.free - drafted(slip, item, one.lot)));
    if (take <= 0) continue;
    const used = take % measure.steps ? item.measures[0] : measure;
    outcome = raise(slip, item, used, one.lot, take, { made_on: one.made_on, expires_on: one.expires_on });
    left -= take;
  }
  return left > 0 ? raise(slip, item, measure, "", left) : outcome;
}

/** A named batch is counted up; without one every batch known here gets a line to fill in. @param {Slip} slip @param {any} item @param {Measure} measure @param {number} steps @param {import("./supplies-offline-codes.js").Code} code @param {Known} known @returns {Outcome} */
function count(slip, item, measure, steps, code, known) {
  const here = shelfOf(slip, known, item.id);
  if (code.lot !== undefined || here.length <= 1) {
    const lot = code.lot ?? here[0]?.lot ?? "";
    return raise(slip, item, measure, lot, steps, daysOf({ ...code, lot }, known, item));
  }
  /** @type {Outcome} */
  let outcome = { result: "already" };
  for (const one of here) {
    if (slip.lines.some((line) => line.item === item.id && lotKey(line.lot) === lotKey(one.lot)) || slip.lines.length >= MOST_LINES) continue;
    outcome = raise(slip, item, measure, one.lot, 0, { made_on: one.made_on, expires_on: one.expires_on, quantity: "" });
  }
  return outcome;
}

/** `40*`: the quantity of the line touched last; `0*` takes it away. @param {Slip} slip @param {number} times @returns {Outcome} */
function setLast(slip, times) {
  if (!slip.lines.length) return { result: "refused", stop: "no-line" };
  const at = slip.lines[slip.touched] ? slip.touched : slip.lines.length - 1;
  if (times === 0 && slip.mode !== "count") {
    slip.lines.splice(at, 1);
    slip.touched = -1;
  } else {
    slip.lines[at].quantity = String(times);
    slip.touched = at;
  }
  return { result: "already" };
}

/** The label of a place says where the goods go. @param {Slip} slip @param {string} text @param {Known} known @returns {Outcome | null} */
function point(slip, text, known) {
  const place = findPlace(text, known.consumers);
  if (!place) return null;
  const takes = slip.mode === "out" || slip.mode === "transfer";
  const isFit = takes && place.is_warehouse === (slip.mode === "transfer") && place.id !== slip.place;
  return isFit ? { result: "ok", place } : { result: "refused", stop: "place-not-here", place };
}

/**
 * Does to the slip what was scanned or typed: a code, `40*code`, `40*` for the line before, or a place's label.
 * @param {Slip} slip @param {string} typed @param {Known} known @param {string} today the district's day @returns {Outcome}
 */
export function take(slip, typed, known, today) {
  const [times, text] = splitTimes(typed);
  if (!text) return setLast(slip, times ?? 0);
  if (!slip.place) return { result: "refused", stop: "no-warehouse" };
  const code = readCode(text, known.reader);
  if (code.trouble) return { result: "refused", stop: code.trouble, code: text.slice(0, 60) };
  const found = findItem(code, known.items);
  if (!found) return point(slip, code.text, known) ?? { result: "refused", stop: "unknown", code: text.slice(0, 60) };
  if (slip.lines.length >= MOST_LINES) return { result: "refused", stop: "full" };
  const [item] = found;
  const measure = measureOf(item, found[1]);
  const steps = (times ?? 1) * measure.steps;
  if (slip.mode === "count") return count(slip, item, measure, steps, code, known);
  if (slip.mode === "in" || code.lot !== undefined) return raise(slip, item, measure, code.lot ?? "", steps, daysOf(code, known, item));
  return fetchEarliest(slip, item, measure, steps, known, today);
}

/** What the shelf holds after a slip kept here, as far as this device knows. @param {Slip} slip @param {Known} known */
export function settle(slip, known) {
  for (const line of slip.lines) {
    const item = known.items.find((one) => one.id === line.item);
    const steps = stepsOf(line.quantity, measureOf(item, line.measure));
    const { place } = slip;
    let shelf = known.stock.find((one) => one.place === place && one.item === line.item && lotKey(one.lot) === lotKey(line.lot));
    if (!shelf) known.stock.push(shelf = { place, item: line.item, lot: line.lot, made_on: line.made_on, expires_on: line.expires_on, free: 0 });
    if (slip.mode === "count") shelf.free = steps;
    else shelf.free = Math.max(0, shelf.free + (slip.mode === "in" ? steps : -steps));
  }
}
