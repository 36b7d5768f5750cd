// @ts-check
// What is wrong with a slip before it is kept without a network: words, and the field to go to.
import { lotKey } from "./parse/codes.js";
import { plainNumber } from "./parse/numbers.js";
import { isNumber, judge } from "./supplies-offline-slip.js";
import { looksLikeCode } from "./wedge.js";

const YEARS_AHEAD = 20; // as on the server: no goods keep longer

/** @param {string} selector @returns {any} */
const find = (selector) => document.querySelector(selector);

/** @param {import("./supplies-offline-slip.js").Line} line @param {boolean} isCount @returns {string} the word's name */
function quantityFault(line, isCount) {
  const plain = plainNumber(line.quantity) ?? "";
  if (!isNumber(line.quantity) || (Number(plain) === 0 && !isCount)) return isCount ? "bad-count" : "bad-quantity";
  return looksLikeCode(plain) ? "barcode" : "";
}

/** @param {string} day @param {string} today */
const isTooFar = (day, today) => Boolean(day) && Number(day.split("-")[0]) > Number(today.slice(0, 4)) + YEARS_AHEAD;

/**
 * @param {import("./supplies-offline-slip.js").Slip} slip @param {import("./supplies-offline-slip.js").Known} known
 * @param {string} today @param {(name: string) => string} word @returns {[string, any] | null}
 */
export function fault(slip, known, today, word) {
  if (!slip.lines.length) return [word("no-line"), find("[data-scan-box]")];
  for (const [at, line] of slip.lines.entries()) {
    const field = (/** @type {string} */ name) => find(`[name='lines-${at}-${name}']`);
    const wrong = quantityFault(line, slip.mode === "count");
    if (wrong) return [word(wrong), field("quantity")];
    if (isTooFar(line.expires_on, today)) return [word("bad-expiry"), field("expires_on")];
    const item = known.items.find((one) => one.id === line.item);
    if (judge(slip, line, item, known, today).needsLot) return [word(slip.mode === "in" ? "needs-days" : "needs-lot"), field(lotKey(line.lot) ? "expires_on" : "lot")];
  }
  if (slip.mode === "transfer" && !find("#transfer-other").value) return [word("needs-warehouse"), find("#transfer-other")];
  if (slip.mode === "out" && find("#out-reason").value === "issue" && !find("#out-other").value && !find("#out-counterparty").value.trim()) return [word("needs-consumer"), find("#out-other")];
  return null;
}
