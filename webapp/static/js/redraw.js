// @ts-check
// Redraws a form by the server when a choice changes on which the page depends; nothing is recorded. Without JavaScript
// the form has a button for this.
import "./carried.js";
import { press } from "./submit.js";

/** @type {HTMLFormElement | null} */
let changed = null;
let isOnTheWay = false;
let isDrawn = false; // by an answer since the last request

/** Redraws once for several changes, since a draft fills many fields. Changes during a request are carried over and then cause another redraw. @param {{target: EventTarget | null}} event */
function redraw({ target }) {
  const field = /** @type {HTMLInputElement} */ (target);
  if (!field.matches("form:has([data-redraw]) [data-refresh]") || isOnTheWay) return;
  if (!changed) queueMicrotask(() => {
    press(changed, changed?.querySelector("[data-redraw]"));
    changed = null;
  });
  changed = field.form;
}

/** Whether a choice is no longer what the server drew. @param {HTMLInputElement | HTMLSelectElement} field */
function isChanged(field) {
  if (field instanceof HTMLSelectElement) return !field.selectedOptions[0]?.defaultSelected && [...field.options].some(({ defaultSelected }) => defaultSelected);
  return field.matches("[type=checkbox], [type=radio]") ? field.checked !== field.defaultChecked : field.value !== field.defaultValue;
}

/** Redraws again if a choice changed between the press and its request, which the answer does not know. */
function settle() {
  isOnTheWay = false;
  if (!isDrawn) return; // without an answer it would fail again
  isDrawn = false;
  for (const field of document.querySelectorAll("form:has([data-redraw]) [data-refresh]")) {
    if (isChanged(/** @type {HTMLInputElement | HTMLSelectElement} */ (field))) redraw({ target: field });
  }
}

document.addEventListener("change", redraw);
document.addEventListener("htmx:before:request", () => { isOnTheWay = true; });
document.addEventListener("htmx:before:swap", () => { isOnTheWay = false; isDrawn = true; });
document.addEventListener("htmx:finally:request", settle);
