// @ts-check
// @cases tests/supplies/stock.json
// @cases tests/supplies/full_counts.json
// Finds the batches of a count that are far from the kept stock, which need a confirmation without a network. Pure.
import { lotKey } from "./parse/codes.js";
import { drafted, notFound } from "./supplies-offline-slip.js";

/** @typedef {import("./supplies-offline-slip.js").Slip} Slip */
/** @typedef {import("./supplies-offline-slip.js").Known} Known */

/**
 * Whether a count needs a confirmation: it differs from the book by more than a share (in %) of the book stock, and more
 * than an amount. The twin of `is_large_difference` on the server.
 * @param {number} book @param {number} counted @param {number} scale steps of a base unit @param {{share: number, amount: number}} limits
 */
export function isLargeDifference(book, counted, scale, { share, amount }) {
  const difference = Math.abs(counted - book);
  return difference * 100 > share * book && difference > amount * scale;
}

/** The batches of a count that are far from the kept stock, by all lines of a batch, including those that a full count enters as 0. @param {Slip} slip @param {Known} known */
export function largeDifferences(slip, known) {
  /** @type {Map<string, {item: any, lot: string, book: number, counted: number}>} */
  const counts = new Map();
  for (const line of slip.mode === "count" ? slip.lines : []) {
    const item = known.items.find(({ id }) => id === line.item);
    const key = `${line.item}:${lotKey(line.lot)}`;
    if (!item || counts.has(key)) continue;
    const book = known.stock.filter((shelf) => shelf.place === slip.place && shelf.item === line.item && lotKey(shelf.lot) === lotKey(line.lot)).reduce((sum, shelf) => sum + shelf.free, 0);
    counts.set(key, { item, lot: line.lot, book, counted: drafted(slip, item, line.lot) });
  }
  const absent = notFound(slip, known).map((batch) => ({ ...batch, counted: 0 }));
  const limits = known.counting ?? { share: 20, amount: 0 };
  return [...counts.values(), ...absent].filter(({ item, book, counted }) => isLargeDifference(book, counted, item.measures[0].steps, limits));
}
