// @ts-check
// A form whose page depends on some of its choices is drawn again by the server when one of them changes; nothing is
// recorded by that. Where there is no script its button does it.
import "./carried.js";
import { press } from "./submit.js";

/** @type {HTMLFormElement | null} */
let changed = null;
let isOnTheWay = false;

/** Once for all that changed in one go: a draft fills many fields. What changes while an answer is on its way is carried into it, and changes it then. @param {Event} event */
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
