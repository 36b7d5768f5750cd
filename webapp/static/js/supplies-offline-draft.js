// @ts-check
// Opens the unconfirmed slip of an earlier page at the counter without a network.
import { piecesOf } from "./parse/serials.js";
import { begin, linesOf, valuesOf } from "./supplies-draft.js";
import { recall, reasonTyped } from "./supplies-offline-doubts.js";

/** @typedef {import("./supplies-draft.js").Fields} Fields */
/** @typedef {import("./supplies-offline-slip.js").Slip} Slip */

const LINE = { item: "", measure: "base", lot: "", made_on: "", expires_on: "", quantity: "" };
const OF_THE_SLIP = /^(lines-|(mode|place|serials|code|waiting|touched|difference_reason)$)/;
const MODES = ["in", "out", "transfer", "count"];

/** Whether the kept reference data has every item of the draft, and its warehouse as one of this person's. @param {Fields} fields @param {Set<string>} items @param {Set<string>} places */
export const opensHere = (fields, items, places) =>
  linesOf(fields).every(({ item = "" }) => items.has(item)) && valuesOf(fields, "place").every((place) => places.has(place));

/** The slip of a draft. @param {Fields} fields @returns {Slip} */
export function slipOf(fields) {
  const [mode = ""] = valuesOf(fields, "mode");
  return {
    mode: /** @type {Slip["mode"]} */ (MODES.includes(mode) ? mode : "out"),
    place: valuesOf(fields, "place")[0] ?? "",
    lines: linesOf(fields).map((line) => ({ ...LINE, ...line, measure: line.measure || LINE.measure })),
    touched: -1,
    serials: piecesOf(valuesOf(fields, "serials")),
  };
}

/** The fields of a slip that are not in the form. @param {Slip} slip @param {string} typed in the box @returns {Fields} */
const beside = (slip, typed) => {
  const reason = reasonTyped();
  /** @type {Fields} */
  const fields = [["mode", slip.mode], ["code", typed]];
  if (reason) fields.push(["difference_reason", reason]);
  return [...fields, ...slip.serials.map((serial) => /** @type {[string, string]} */ (["serials", serial]))];
};

/** @param {HTMLFormElement} form @param {Fields} fields */
function fillHead(form, fields) {
  for (const [name, value] of fields) {
    if (OF_THE_SLIP.test(name)) continue;
    const field = /** @type {HTMLInputElement | null} */ (form.querySelector(`[name="${CSS.escape(name)}"]:not(:disabled)`));
    if (field) field.value = value;
  }
}

/**
 * @param {{form: HTMLFormElement, box: () => HTMLInputElement, places: HTMLSelectElement, slip: Slip, known: {items: any[]},
 *   draw: () => void, enter: (typed: string) => void}} counter
 */
export async function restoreSlip({ form, box, places, slip, known, draw, enter }) {
  const items = new Set(known.items.map((item) => item.id));
  const own = new Set([...places.options].map((option) => option.value));
  const fields = await begin(() => beside(slip, box().value), (draft) => opensHere(draft, items, own));
  if (!fields) return;
  Object.assign(slip, slipOf(fields), slip.place && !valuesOf(fields, "place")[0] ? { place: slip.place } : {});
  places.value = slip.place;
  draw();
  fillHead(form, fields);
  recall(valuesOf(fields, "difference_reason")[0] ?? "");
  draw(); // the marks depend on the reason
  for (const typed of valuesOf(fields, "waiting")) enter(typed);
  box().value = valuesOf(fields, "code")[0] ?? "";
}
