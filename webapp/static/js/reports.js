// @ts-check
// The form of a daily report asks for a reason only where another number stands than the computed one. Without this
// script the field for the reason is always there.

/** Whether a reason is asked for: another number is written than the computed one. @param {string} written @param {string} computed @returns {boolean} */
export const needsReason = (written, computed) => computed !== "" && written.trim() !== "" && written.trim() !== computed;

/** @param {Element} line */
function settle(line) {
  const number = /** @type {HTMLInputElement | null} */ (line.querySelector("[data-computed]"));
  const reason = /** @type {HTMLElement | null} */ (line.querySelector("[data-reason]"));
  if (!number || !reason) return;
  const field = /** @type {HTMLInputElement} */ (reason.querySelector("input:not([type='hidden'])"));
  const isInvalid = reason.querySelector("[data-invalid]") !== null;
  reason.hidden = !isInvalid && !field.value && !needsReason(number.value, number.dataset.computed ?? "");
}

if (globalThis.document) {
  document.addEventListener("input", (event) => {
    const line = event.target instanceof Element ? event.target.closest("[data-report] [data-line]") : null;
    if (line) settle(line);
  });
  document.querySelectorAll("[data-report] [data-line]").forEach(settle);
}
