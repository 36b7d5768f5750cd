// @ts-check
// Lists the batches that a full count without a network would enter as 0.
import { inBase } from "./supplies-offline-lines.js";
import { notFound } from "./supplies-offline-slip.js";
import { counted, fillList, nameOf, word } from "./supplies-offline-words.js";

let shown = "";

/** @param {import("./supplies-offline-slip.js").Slip} slip @param {import("./supplies-offline-slip.js").Known} known */
export function showNotFound(slip, known) {
  const panel = /** @type {HTMLElement} */ (document.querySelector("#counter-not-found"));
  const rows = notFound(slip, known).map(({ item, lot, book }) => `${nameOf(item)} · ${lot || word("no-lot")} · ${inBase(book, item)}`);
  panel.hidden = !rows.length;
  if (rows.join("\n") === shown) return; // an opened list stays open
  shown = rows.join("\n");
  /** @type {HTMLElement} */ (panel.querySelector("[data-part='words']")).textContent = counted("not-found", rows.length);
  fillList(panel, rows);
}
