// @ts-check
// The jump box: Ctrl+K or its button opens it (app.js loads it then), the arrow keys move through the matches, Enter opens
// the first one.
import { onSubmit } from "./submit.js";

const dialog = /** @type {HTMLDialogElement | null} */ (document.getElementById("jump"));
const text = /** @type {HTMLInputElement | null} */ (document.getElementById("jump-text"));
const answers = () => /** @type {HTMLAnchorElement[]} */ ([...(dialog?.querySelectorAll("a.answer") ?? [])]);

export function open() {
  if (!dialog || !text || dialog.open) return;
  dialog.showModal();
  text.select();
}

/** @param {KeyboardEvent} event */
function onKey(event) {
  if (dialog?.open && (event.key === "ArrowDown" || event.key === "ArrowUp")) {
    event.preventDefault();
    const all = answers();
    const step = event.key === "ArrowDown" ? 1 : -1;
    const here = all.indexOf(/** @type {any} */ (document.activeElement));
    (all[here + step] ?? text)?.focus();
  }
}

// Enter opens the first match; without a match the form goes to the page of the scan box.
onSubmit("jump", (form) => {
  const first = answers()[0];
  if (form !== text?.form || !first) return "go";
  location.assign(first.href);
  return "done";
});

dialog?.addEventListener("click", (event) => { if (event.target === dialog) dialog.close(); });
document.addEventListener("keydown", onKey);
