// @ts-check
// Prevents the browser from silently cutting a pasted text to a field's length: a text that is too long is not pasted, and
// the page says so. It stays in the clipboard.
import { say } from "./outbox/messages.js";

/** The number of characters of a text beyond the field's length. @param {{value: string, maxLength: number, selectionStart: number | null, selectionEnd: number | null}} field @param {string} text */
export function excess({ value, maxLength, selectionStart, selectionEnd }, text) {
  if (maxLength < 0) return 0;
  const replaced = (selectionEnd ?? value.length) - (selectionStart ?? value.length);
  return Math.max(0, value.length - replaced + text.length - maxLength);
}

/** @param {ClipboardEvent} event */
function onPaste(event) {
  const field = event.target;
  if (!(field instanceof HTMLInputElement || field instanceof HTMLTextAreaElement)) return;
  const pasted = event.clipboardData?.getData("text") ?? "";
  const text = field instanceof HTMLInputElement ? pasted.replace(/[\r\n]+/g, "") : pasted;
  const over = excess(field, text);
  if (!over || !say("paste-too-long")) return;
  event.preventDefault();
  for (const [name, number] of Object.entries({ most: field.maxLength, over })) {
    const place = document.querySelector(`#messages [data-${name}]`);
    if (place) place.textContent = String(number);
  }
  field.focus();
}

if (globalThis.document) document.addEventListener("paste", onPaste);
