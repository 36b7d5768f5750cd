// @ts-check
// The counter by keyboard: mode keys, Enter in a line's field, and the focus always back in the scan box.

/** @returns {HTMLInputElement | null} */
const box = () => document.querySelector("[data-counter] [data-scan-box]");

/** @returns {HTMLFormElement | null} */
const form = () => /** @type {HTMLFormElement | null} */ (document.getElementById("counter-form"));

/** The lines are worked out again; nothing is confirmed. */
function refresh() {
  const button = form()?.querySelector("button[value='refresh']");
  form()?.requestSubmit(/** @type {HTMLButtonElement | null} */ (button) ?? undefined);
}

/** After an answer: what is wrong with a line first, else the box. */
function focusBox() {
  const wrong = document.querySelector("[data-counter] [aria-invalid='true'], #learn_as");
  const next = wrong instanceof HTMLElement ? wrong : box();
  next?.focus({ preventScroll: next === box() });
}

document.addEventListener("keydown", (event) => {
  if (!form()) return;
  const button = event.key.startsWith("F") && document.querySelector(`[data-hotkey="${CSS.escape(event.key)}"]`);
  if (button instanceof HTMLElement) {
    event.preventDefault();
    button.click();
    return;
  }
  const field = event.target;
  if (event.key === "Enter" && !event.defaultPrevented && field instanceof HTMLElement && field.matches("[data-line-input]")) {
    event.preventDefault(); // Enter here must not confirm the slip
    box()?.focus({ preventScroll: true });
    refresh();
  }
});

document.addEventListener("change", (event) => {
  if (event.target instanceof HTMLElement && event.target.matches("[data-counter] [data-refresh]")) refresh();
});

document.addEventListener("click", (event) => {
  const button = event.target instanceof Element ? event.target.closest("[data-keyboard]") : null;
  const field = box();
  if (!button || !field) return;
  field.inputMode = field.inputMode === "none" ? "text" : "none"; // a scanner needs no keyboard on the screen
  field.blur();
  field.focus();
});

/** Where the keyboard is on the screen, offer it. */
function offerKeyboard() {
  for (const button of document.querySelectorAll("[data-keyboard]")) {
    /** @type {HTMLElement} */ (button).hidden = !window.matchMedia("(pointer: coarse)").matches;
  }
}

// Scans that come while the last one is still on its way wait for its answer: each needs the lines as they stand then.
/** @type {string[]} */
const waiting = [];
let isBusy = false;

/** @param {string} text */
function enter(text) {
  const field = box();
  if (!field || !text) return;
  field.value = text;
  form()?.requestSubmit();
}

document.addEventListener("frontline:scan", (event) => {
  if (!isBusy || !form()) return;
  event.preventDefault();
  waiting.push(/** @type {CustomEvent} */ (event).detail.text);
});

document.addEventListener("submit", (event) => {
  if (event.target !== form() || !("htmx" in window)) return;
  if (!isBusy) {
    isBusy = true;
    return;
  }
  event.preventDefault();
  event.stopImmediatePropagation();
  const field = box();
  if (field?.value) waiting.push(field.value);
  if (field) field.value = "";
}, true);

function settle() {
  isBusy = false;
  offerKeyboard();
  focusBox();
  const next = waiting.shift();
  if (next) enter(next);
}

document.addEventListener("htmx:after:swap", settle);
document.addEventListener("htmx:error", settle);
offerKeyboard();
focusBox();
