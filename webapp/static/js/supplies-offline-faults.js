// @ts-check
// Finds the faults of a slip before it is kept without a network: the text, and the field to focus.
import { boundRefusal } from "./bounds.js";
import { lotKey } from "./parse/codes.js";
import { plainNumber } from "./parse/numbers.js";
import { isWhole, judge, measureOf } from "./supplies-offline-slip.js";
import { nameOf } from "./supplies-offline-words.js";
import { looksLikeCode } from "./wedge.js";

/** @typedef {import("./supplies-offline-slip.js").Line} Line */
/** @typedef {[string, any]} Fault a sentence, and the field it is about */

/** @param {string} selector @returns {any} */
const find = (selector) => document.querySelector(selector);

/** The first field of a line that the server would refuse. @param {number} at @param {number} year @returns {Fault | null} */
function outOfBounds(at, year) {
  const { dataset } = find("#counter-form");
  for (const field of /** @type {NodeListOf<HTMLInputElement>} */ (document.querySelectorAll(`tr[data-at="${at}"] input:enabled:not([type="hidden"])`))) {
    const sentence = field.validity.badInput ? dataset.sayDay : boundRefusal(field, dataset, year);
    if (sentence) return [sentence, field];
  }
  return null;
}

/** What is wrong with a quantity that is a number within its bounds. @param {Line} line @param {any} item @param {boolean} isCount @returns {[string, Record<string, string>]} the word's name and its values */
function quantityFault(line, item, isCount) {
  const plain = plainNumber(line.quantity) ?? "";
  if (!plain || (Number(plain) === 0 && !isCount)) return [isCount ? "bad-count" : "bad-quantity", {}];
  if (looksLikeCode(plain)) return ["barcode", {}];
  const measure = measureOf(item, line.measure);
  return [isWhole(plain, measure.steps) ? "" : "not-whole", { item: nameOf(item), typed: line.quantity, unit: nameOf(measure) }];
}

/**
 * @param {import("./supplies-offline-slip.js").Slip} slip @param {import("./supplies-offline-slip.js").Known} known
 * @param {string} today @param {(name: string, values?: Record<string, string>) => string} word @returns {Fault | null}
 */
export function fault(slip, known, today, word) {
  if (!slip.lines.length) return [word("no-line"), find("[data-scan-box]")];
  const year = Number(today.slice(0, 4));
  for (const [at, line] of slip.lines.entries()) {
    const field = (/** @type {string} */ name) => find(`[name='lines-${at}-${name}']`);
    const outside = outOfBounds(at, year);
    if (outside) return outside;
    const item = known.items.find(({ id }) => id === line.item);
    const [wrong, values] = quantityFault(line, item, slip.mode === "count");
    if (wrong) return [word(wrong, values), field("quantity")];
    if (judge(slip, line, item, known, today).needsLot) return [word(slip.mode === "in" ? "needs-days" : "needs-lot"), field(lotKey(line.lot) ? "expires_on" : "lot")];
  }
  if (slip.mode === "transfer" && !find("#transfer-other").value) return [word("needs-warehouse"), find("#transfer-other")];
  if (slip.mode === "out" && find("#out-reason").value === "issue" && !find("#out-other").value && !find("#out-counterparty").value.trim()) return [word("needs-consumer"), find("#out-other")];
  return null;
}
