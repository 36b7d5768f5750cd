// @ts-check
// Fills in the lines of a slip at the counter without a network, from the templates of supplies/blank.html.
import { judge, measureOf, unitsOf } from "./supplies-offline-slip.js";
import { nameOf, today } from "./supplies-offline-words.js";

/** @typedef {import("./supplies-offline-slip.js").Slip} Slip */
/** @typedef {import("./supplies-offline-slip.js").Known} Known */

/** @param {string} selector @param {ParentNode} [root] @returns {any} */
const find = (selector, root = document) => root.querySelector(selector);

/** An amount in words: 25 boxes 3 bottles. @param {number} steps @param {any} item @param {any} measure @returns {string} */
export function amount(steps, item, measure) {
  const rest = steps % measure.steps;
  if (measure === item.measures[0] || rest === steps) return `${unitsOf(steps, item.measures[0])} ${nameOf(item.measures[0])}`;
  return `${unitsOf(steps - rest, measure)} ${nameOf(measure)}${rest ? ` ${amount(rest, item, item.measures[0])}` : ""}`;
}

/** In base units. @param {number} steps @param {any} item */
export const inBase = (steps, item) => amount(steps, item, item.measures[0]);

/** A part of a line's name without its number: `lot` of `lines-2-lot`. @param {{name: string}} field */
export const partOf = ({ name }) => name.replace(/^lines-\d+-/, "");

/** The names of the sentences about a line, and its kept stock in words. @param {Slip} slip @param {Known} known @param {number} at @returns {[Record<string, boolean>, string]} */
function sentencesOf(slip, known, at) {
  const line = slip.lines[at];
  const item = known.items.find(({ id }) => id === line.item);
  const { free, isShort, expiry, needsLot } = judge(slip, line, item, known, today());
  const takesExpired = find(`[data-modes="${slip.mode}"] select[name="reason"]`)?.selectedOptions[0]?.hasAttribute("data-takes-expired");
  const isExpired = expiry === "expired" && slip.mode !== "count" && !takesExpired;
  const isIn = slip.mode === "in";
  const sentences = { short: isShort, expired: isExpired && !isIn, "expired-in": isExpired && isIn, soon: expiry === "soon", "needs-lot": needsLot && !isIn, "needs-days": needsLot && isIn };
  return [sentences, amount(free, item, measureOf(item, line.measure))];
}

/** Shows the warnings under a line. @param {HTMLElement} row @param {Slip} slip @param {Known} known @param {number} at */
export function mark(row, slip, known, at) {
  const [sentences, left] = sentencesOf(slip, known, at);
  const shown = [...find("template[data-line-says]").content.cloneNode(true).children].filter(({ dataset }) => sentences[dataset.says]);
  find("[data-part='says']", row).replaceChildren(...shown);
  for (const place of row.querySelectorAll("[data-part='left']")) place.textContent = left;
  find("[data-part='figure']", row).textContent = slip.mode === "in" ? "—" : left;
  row.dataset.status = shown.some(({ className }) => className === "error") ? "refused" : shown.length ? "warning" : "";
}

/** @param {Slip} slip @param {Known} known @param {number} at @returns {HTMLElement} */
export function rowOf(slip, known, at) {
  const line = /** @type {any} */ (slip.lines[at]);
  const item = known.items.find(({ id }) => id === line.item);
  const row = find("template[data-line]").content.firstElementChild.cloneNode(true);
  for (const [name, text] of [["name", nameOf(item)], ["code", item.code]]) find(`[data-part='${name}']`, row).textContent = text;
  for (const labelled of row.querySelectorAll("[aria-label]")) labelled.setAttribute("aria-label", labelled.getAttribute("aria-label").replace("{item}", nameOf(item)));
  find("[name='measure']", row).append(...item.measures.map((/** @type {any} */ unit) => new Option(nameOf(unit), unit.key)));
  for (const field of row.querySelectorAll("[name]")) {
    const { name } = field;
    field.name = `lines-${at}-${name}`;
    field.value = line[name] ?? "";
    if (!(field instanceof HTMLInputElement)) continue;
    field.defaultValue = field.value;
    if (field.type === "date") field.max = `${Number(today().slice(0, 4)) + Number(field.dataset.yearsAhead)}-12-31`;
  }
  row.dataset.at = at;
  if (at === slip.touched) row.classList.add("arrives");
  mark(row, slip, known, at);
  return row;
}
