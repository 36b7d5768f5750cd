// @ts-check
// Redraws a form by the server when a choice changes on which the page depends; nothing is recorded. Without JavaScript
// the form has a button for this.
import "./carried.js";
import { press } from "./submit.js";

/** @type {HTMLFormElement | null} */
let changed = null;
let isOnTheWay = false;

/** Redraws once for several changes, since a draft fills many fields. Changes during a request are carried over and then cause another redraw. @param {Event} event */
function redraw({ target }) {
  const field = /** @type {HTMLInputElement} */ (target);
  if (!field.matches("form:has([data-redraw]) [data-refresh]") || isOnTheWay) return;
  if (!changed) queueMicrotask(() => {
    press(changed, changed?.querySelector("[data-redraw]"));
    changed = null;
  });
  changed = field.form;
}

document.addEventListener("change", redraw);
document.addEventListener("htmx:before:request", () => { isOnTheWay = true; });
for (const name of ["htmx:before:swap", "htmx:finally:request"]) document.addEventListener(name, () => { isOnTheWay = false; });
