// @ts-check
// The form of a daily report asks for a reason only where another number stands than the computed one. Without this
// script the field for the reason is always there. It also marks what this device has signed and not sent yet.
import { remember, waitingHere } from "./reports-here.js";

/** Whether a reason is asked for: another number is written than the computed one. @param {string} written @param {string} computed @returns {boolean} */
export const needsReason = (written, computed) => computed !== "" && written.trim() !== "" && written.trim() !== computed;

/** The number of a line once its draft is back: one that was confirmed as computed follows the records. @param {{stated: string, shown: string}} draft @param {string} computed */
export const afterDraft = ({ stated, shown }, computed) => (computed !== "" && shown !== "" && stated.trim() === shown ? computed : stated);

/** The controls of a line of numbers; null for a text. @param {Element} line */
function partsOf(line) {
  const number = /** @type {HTMLInputElement | null} */ (line.querySelector("[data-computed]"));
  const shown = /** @type {HTMLInputElement | null} */ (line.querySelector("input[name^='s_']"));
  const reason = /** @type {HTMLElement | null} */ (line.querySelector("[data-reason]"));
  return number && shown && reason ? { number, shown, reason, computed: number.dataset.computed ?? "" } : null;
}

/** Shows the reason of a line if one is asked for. @param {Element} line */
export function settle(line) {
  const parts = partsOf(line);
  if (!parts) return;
  const { number, reason, computed } = parts;
  const field = /** @type {HTMLInputElement} */ (reason.querySelector("input:not([type='hidden'])"));
  const isInvalid = reason.querySelector("[data-invalid]") !== null;
  reason.hidden = !isInvalid && !field.value && !needsReason(number.value, computed);
}

/** The draft was written when the records counted something else. @param {HTMLFormElement} form */
export function catchUp(form) {
  for (const line of form.querySelectorAll("[data-line]")) {
    const parts = partsOf(line);
    if (parts) {
      parts.number.value = afterDraft({ stated: parts.number.value, shown: parts.shown.value }, parts.computed);
      parts.shown.value = parts.computed;
    }
    settle(line);
  }
}

const settleAll = () => document.querySelectorAll("[data-report] [data-line]").forEach(settle);

async function markWaiting() {
  const marks = document.querySelectorAll("[data-report-due]");
  const waiting = marks.length ? await waitingHere() : new Set();
  for (const mark of marks) {
    const line = /** @type {HTMLElement | null} */ (mark.querySelector("[data-waiting]"));
    if (line) line.hidden = !waiting.has(mark.getAttribute("data-report-due"));
  }
}

if (globalThis.document) {
  document.addEventListener("input", (event) => {
    const line = event.target instanceof Element ? event.target.closest("[data-report] [data-line]") : null;
    if (line) settle(line);
  });
  document.addEventListener("outbox:restored", ({ target }) => {
    if (target instanceof HTMLFormElement && target.matches("[data-report]")) catchUp(target);
  });
  document.addEventListener("outbox:saved", (event) => {
    const page = /** @type {HTMLElement | null} */ (event.target instanceof Element ? event.target.closest("[data-report-of]") : null);
    if (page) remember(page.dataset.reportOf ?? "", /** @type {CustomEvent} */ (event).detail.uuid);
  });
  document.addEventListener("htmx:after:swap", settleAll);
  settleAll();
  markWaiting().catch((error) => console.warn("reports", error));
}
