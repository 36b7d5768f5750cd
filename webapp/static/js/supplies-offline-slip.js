// @ts-check
// The slip at the counter without a network. The stock is that of the last contact, so that
// too little or too old is only a warning: the goods were actually taken. Pure.
import { lotKey } from "./parse/codes.js";
import { plainNumber } from "./parse/numbers.js";

/**
 * @typedef {{key: string, zh: string, en: string, steps: number}} Measure
 * @typedef {{item: string, measure: string, lot: string, made_on: string, expires_on: string, quantity: string}} Line
 * @typedef {{place: string, item: string, lot: string, made_on: string, expires_on: string, free: number}} Shelf free in steps
 * @typedef {{mode: "in" | "out" | "transfer" | "count", place: string, lines: Line[], touched: number, serials: string[], scope?: string}} Slip scope of a count: listed, items or warehouse
 * @typedef {{items: any[], stock: Shelf[], consumers: any[], reader?: import("./parse/scans.js").Reader, counting?: {share: number, amount: number}}} Known
 */

export const MOST_LINES = 100;
const SOON_DAYS = 30;
/** The maximum of units in a line without a question, because scanners type barcodes into quantities. */
export const HUGE = 1_000_000;

/** @param {any} item @param {string} key @returns {Measure} */
export const measureOf = (item, key) => item.measures.find((/** @type {Measure} */ measure) => measure.key === key) ?? item.measures[0];

/** A line's quantity in whole steps; 0 if it is not a number. @param {string} quantity @param {Measure} measure */
export const stepsOf = (quantity, measure) => (isNumber(quantity) ? Math.round(Number(plainNumber(quantity)) * measure.steps) : 0);

/** @param {string} text */
export const isNumber = (text) => /^\d{1,10}(\.\d{1,6})?$/.test(plainNumber(text) ?? "");

const MAX_STEPS = 10n ** 12n; // as on the server: sums stay within 64 bits

/** Whether a number of units is a whole number of steps, and at most MAX_STEPS. As `steps_of` on the server. @param {string} plain @param {number} steps of one unit */
export function isWhole(plain, steps) {
  const [whole, places = ""] = plain.split(".");
  const [unit, all] = [10n ** BigInt(places.length), BigInt(whole + places) * BigInt(steps)];
  return all % unit === 0n && all / unit <= MAX_STEPS;
}

/** A number of units as text. @param {number} steps @param {Measure} measure */
export const unitsOf = (steps, measure) => String(Number((steps / measure.steps).toFixed(6)));

/** The batches of an item in the slip's warehouse, by expiry date. @param {Slip} slip @param {Known} known @param {string} item */
export const shelfOf = (slip, known, item) =>
  known.stock.filter((shelf) => shelf.place === slip.place && shelf.item === item && shelf.free > 0)
    .sort((a, b) => (a.expires_on || "9").localeCompare(b.expires_on || "9") || a.lot.localeCompare(b.lot));

/** The steps of a batch in the slip. @param {Slip} slip @param {any} item @param {string} lot */
export const drafted = (slip, item, lot) =>
  slip.lines.filter((line) => line.item === item.id && lotKey(line.lot) === lotKey(lot))
    .reduce((sum, line) => sum + stepsOf(line.quantity, measureOf(item, line.measure)), 0);

/** @param {string} expires_on @param {string} today @returns {"" | "good" | "soon" | "expired"} good through the day itself @cases tests/supplies/stock.json */
export function expiryOf(expires_on, today) {
  if (!expires_on) return "";
  if (expires_on < today) return "expired";
  return Date.parse(expires_on) - Date.parse(today) <= SOON_DAYS * 86_400_000 ? "soon" : "good";
}

/** The warnings about a line, by the kept stock. @param {Slip} slip @param {Line} line @param {any} item @param {Known} known @param {string} today */
export function judge(slip, line, item, known, today) {
  const takes = slip.mode === "out" || slip.mode === "transfer";
  const free = known.stock.filter((shelf) => shelf.place === slip.place && shelf.item === item.id && lotKey(shelf.lot) === lotKey(line.lot)).reduce((sum, shelf) => sum + shelf.free, 0);
  const needsLot = item.has_expiry && (!lotKey(line.lot) || (slip.mode === "in" && !line.expires_on));
  return { free, needsLot, isShort: takes && drafted(slip, item, line.lot) > free, expiry: expiryOf(line.expires_on, today) };
}

/** @param {{item: string, lot: string}} row a line or a shelf */
const batchOf = ({ item, lot }) => `${item}:${lotKey(lot)}`;

/** The stock rows in the scope of a full count. @param {Slip} slip @param {Known} known */
function covered(slip, known) {
  if (slip.mode !== "count" || (slip.scope !== "items" && slip.scope !== "warehouse")) return [];
  const items = new Set(slip.lines.map((line) => line.item));
  const batches = new Set(slip.lines.map(batchOf));
  return known.stock.filter((shelf) => shelf.place === slip.place && shelf.free > 0 && !batches.has(batchOf(shelf)) && (slip.scope === "warehouse" || items.has(shelf.item)));
}

/**
 * The batches that a full count enters as 0, by item and number, with their kept stock in steps.
 * As `not_listed` on the server. @param {Slip} slip @param {Known} known
 * @cases tests/supplies/full_counts.json
 */
export function notFound(slip, known) {
  const items = new Map(known.items.map((item) => [item.id, item]));
  return covered(slip, known).map((shelf) => ({ item: items.get(shelf.item), lot: shelf.lot, book: shelf.free })).filter(({ item }) => item)
    .sort((a, b) => a.item.code.localeCompare(b.item.code) || a.lot.localeCompare(b.lot));
}

/** Updates the kept stock by a slip kept here. @param {Slip} slip @param {Known} known */
export function settle(slip, known) {
  for (const shelf of covered(slip, known)) shelf.free = 0;
  for (const line of slip.lines) {
    const item = known.items.find(({ id }) => id === line.item);
    const steps = stepsOf(line.quantity, measureOf(item, line.measure));
    const { place } = slip;
    let shelf = known.stock.find((row) => row.place === place && row.item === line.item && lotKey(row.lot) === lotKey(line.lot));
    if (!shelf) known.stock.push(shelf = { place, item: line.item, lot: line.lot, made_on: line.made_on, expires_on: line.expires_on, free: 0 });
    if (slip.mode === "count") shelf.free = drafted(slip, item, line.lot); // all lines of the batch
    else shelf.free = Math.max(0, shelf.free + (slip.mode === "in" ? steps : -steps));
  }
}
