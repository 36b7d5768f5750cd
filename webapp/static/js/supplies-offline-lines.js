// @ts-check
// Draws the lines of a slip at the counter without a network.
import { judge, measureOf, unitsOf } from "./supplies-offline-slip.js";
import { nameOf, today, word } from "./supplies-offline-words.js";

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

/** Shows the warnings under a line. @param {HTMLElement} row @param {Slip} slip @param {Known} known @param {number} at */
export function mark(row, slip, known, at) {
  const line = slip.lines[at];
  const item = known.items.find((one) => one.id === line.item);
  const said = judge(slip, line, item, known, today());
  const takesExpired = find(`[data-modes="${slip.mode}"] select[name="reason"]`)?.selectedOptions[0]?.hasAttribute("data-takes-expired");
  const left = amount(said.free, item, measureOf(item, line.measure));
  const words = [];
  if (said.isShort) words.push(["warning", word("short", { left })]);
  if (said.expiry === "expired" && slip.mode !== "count" && !takesExpired) words.push(["error", word(slip.mode === "in" ? "expired-in" : "expired")]);
  if (said.expiry === "soon") words.push(["warning", word("soon")]);
  if (said.needsLot) words.push(["error", word(slip.mode === "in" ? "needs-days" : "needs-lot")]);
  find("[data-part='says']", row).replaceChildren(...words.map(([kind, text]) =>
    Object.assign(document.createElement("p"), { className: kind === "error" ? "error" : "help", textContent: text })));
  find("[data-part='free']", row).textContent = slip.mode === "in" ? "—" : left;
  row.dataset.status = words.some(([kind]) => kind === "error") ? "refused" : words.length ? "warning" : "";
}

/** @param {Slip} slip @param {Known} known @param {number} at @returns {HTMLElement} */
export function rowOf(slip, known, at) {
  const line = /** @type {any} */ (slip.lines[at]);
  const item = known.items.find((one) => one.id === line.item);
  const row = find("template[data-line]").content.firstElementChild.cloneNode(true);
  for (const [name, text] of [["name", nameOf(item)], ["code", item.code]]) find(`[data-part='${name}']`, row).textContent = text;
  for (const labelled of row.querySelectorAll("[data-aria]")) labelled.setAttribute("aria-label", labelled.dataset.aria.replace("{item}", nameOf(item)));
  find("[data-field='measure']", row).append(...item.measures.map((/** @type {any} */ one) => new Option(nameOf(one), one.key)));
  for (const field of row.querySelectorAll("[data-field]")) {
    field.name = `lines-${at}-${field.dataset.field}`;
    field.value = line[field.dataset.field] ?? "";
    if (!(field instanceof HTMLInputElement)) continue;
    field.defaultValue = field.value;
    if (field.type === "date") field.max = `${Number(today().slice(0, 4)) + Number(field.dataset.yearsAhead)}-12-31`;
  }
  row.dataset.at = at;
  if (at === slip.touched) row.classList.add("arrives");
  mark(row, slip, known, at);
  return row;
}
