// @ts-check
// Large keys for a number field. `press` is pure; the rest finds the field and tells it.

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

/** @param {ParentNode} root */
export function showKeypads(root) {
  for (const pad of root.querySelectorAll("[data-keypad][hidden]")) /** @type {HTMLElement} */ (pad).hidden = false;
}

document.addEventListener("click", (event) => {
  const button = event.target instanceof Element ? event.target.closest("[data-keypad] [data-key]") : null;
  if (!(button instanceof HTMLElement)) return;
  const pad = /** @type {HTMLElement} */ (button.closest("[data-keypad]"));
  const field = document.getElementById(pad.dataset.keypad ?? "");
  if (!(field instanceof HTMLInputElement)) return;
  field.value = press(field.value, button.dataset.key ?? "", Number(pad.dataset.longest) || undefined);
  field.dispatchEvent(new Event("input", { bubbles: true }));
});
