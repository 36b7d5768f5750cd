// @ts-check
// Large keys for a number field, and the signs that a phone's numeric keyboard lacks.
import { fold } from "./parse/folding.js";

/**
 * The field's text after a key: a digit, "." (once), or "back".
 * @param {string} text
 * @param {string} key
 * @param {number} longest
 * @returns {string}
 */
export function press(text, key, longest = 8) {
  if (key === "back") return text.slice(0, -1);
  if (text.length >= longest || (key === "." && text.includes("."))) return text;
  return key === "." && text === "" ? "0." : text + key;
}

/** Whether a text begins with this sign, in any spelling. @param {string} text @param {string} sign @returns {boolean} */
export const hasSign = (text, sign) => fold(text).startsWith(sign);

/** The text with this sign instead of any other; without it if it already has the sign. @param {string} text @param {string} sign "<" or "-" @returns {string} */
export function signed(text, sign) {
  const plain = fold(text).replace(/^[<>+-] */, "").replace(/ *L$/i, ""); // 0.01L means <0.01
  return hasSign(text, sign) ? plain : sign + plain;
}

/** @param {HTMLElement} button @returns {HTMLInputElement | null} the field that a key belongs to */
function fieldOf(button) {
  const pad = /** @type {HTMLElement | null} */ (button.closest("[data-keypad]"));
  const field = document.getElementById(pad?.dataset.keypad ?? button.getAttribute("aria-controls") ?? "");
  return field instanceof HTMLInputElement ? field : null;
}

/** @param {Event} event */
function clicked(event) {
  const button = event.target instanceof Element ? event.target.closest("[data-keypad] [data-key], [data-sign]") : null;
  const field = button instanceof HTMLElement ? fieldOf(button) : null;
  if (!field || !(button instanceof HTMLElement)) return;
  const { key, sign } = button.dataset;
  const pad = /** @type {HTMLElement | null} */ (button.closest("[data-keypad]"));
  field.value = sign ? signed(field.value, sign) : press(field.value, key ?? "", Number(pad?.dataset.longest) || undefined);
  field.dispatchEvent(new Event("input", { bubbles: true }));
  if (sign) field.focus(); // the number comes next
}

/** Shows on the buttons whether their sign is set. @param {Event} event */
function typed({ target }) {
  if (!(target instanceof HTMLInputElement) || !target.id) return;
  for (const button of document.querySelectorAll(`[data-sign][aria-controls="${CSS.escape(target.id)}"]`)) {
    button.setAttribute("aria-pressed", String(hasSign(target.value, /** @type {HTMLElement} */ (button).dataset.sign ?? "")));
  }
}

if (globalThis.document) {
  document.addEventListener("click", clicked);
  document.addEventListener("input", typed);
}
