// @ts-check
// The keys for a plate on touch screens, whose own keyboard has no provinces. The field stays an ordinary field: an attached
// keyboard or a hand scanner can type into it. plates.js loads this when the keys are needed for the first time.
import { BOTH, ENDINGS, PROVINCES, fieldOf, keysAfter, pads } from "./plates.js";

/** @param {Element} part @returns {HTMLElement | null} the keys around a button, or those that it opens */
const padOf = (part) => part.closest("[data-plate-keys]") ?? document.querySelector(`[data-plate-keys="${part.closest("[data-plate-open]")?.getAttribute("data-plate-open")}"]`);

/** Draws the keys, when they are opened for the first time. @param {HTMLElement} pad */
function draw(pad) {
  if (pad.querySelectorAll("[data-plate-key]").length > 1) return; // more than the backspace of the page
  const keys = [...PROVINCES + BOTH + ENDINGS].map((key) => {
    const button = Object.assign(document.createElement("button"), { type: "button", className: "button", textContent: key });
    button.dataset.variant = "quiet";
    button.dataset.plateKey = key;
    return button;
  });
  pad.prepend(...keys);
}

/** Offers the keys that may follow the text of the field. @param {HTMLElement} pad */
function refresh(pad) {
  const keys = keysAfter(fieldOf(pad).value);
  const buttons = /** @type {HTMLButtonElement[]} */ ([...pad.querySelectorAll("[data-plate-key]:not([data-plate-key='back'])")]);
  const isFirst = keys.has("京");
  for (const button of buttons) {
    const key = button.dataset.plateKey ?? "";
    button.hidden = PROVINCES.includes(key) !== isFirst;
    button.disabled = !keys.has(key);
    button.tabIndex = -1;
  }
  const next = buttons.find((button) => !button.hidden && !button.disabled);
  if (next) next.tabIndex = 0; // one Tab stop; the arrow keys move within
}

/** Shows or hides the keys, and suppresses the device's own keyboard, which would cover them. @param {HTMLElement} pad @param {boolean} isOpen */
function show(pad, isOpen) {
  const field = fieldOf(pad);
  pad.dataset.before ??= field.inputMode;
  pad.hidden = !isOpen;
  field.inputMode = isOpen ? "none" : field.dataset.typing ? "text" : pad.dataset.before;
  document.querySelector(`[data-plate-open="${field.id}"]`)?.setAttribute("aria-expanded", String(isOpen));
  const digits = /** @type {HTMLElement | null} */ (document.querySelector(`[data-keypad="${field.id}"]`));
  if (digits) digits.hidden = isOpen;
  if (!isOpen) return;
  draw(pad);
  refresh(pad);
  pad.scrollIntoView({ block: "nearest" });
}

/** @param {HTMLElement} pad @param {string} key */
function type(pad, key) {
  const field = fieldOf(pad);
  field.value = key === "back" ? [...field.value].slice(0, -1).join("") : field.value + key;
  field.dispatchEvent(new Event("input", { bubbles: true }));
  pad.scrollIntoView({ block: "nearest" });
}

/** Opens or closes the keys; once closed, they stay closed for this field. @param {HTMLElement} pad @param {boolean} isOpen */
function choose(pad, isOpen) {
  const field = fieldOf(pad);
  if (isOpen) delete field.dataset.typing; else field.dataset.typing = "yes";
  show(pad, isOpen);
  field.blur(); // a device asks for its keyboard when a field gets the focus
  field.focus({ preventScroll: true });
}

/** @param {MouseEvent} event */
function pressed(event) {
  const button = event.target instanceof Element ? event.target.closest("[data-plate-key], [data-plate-open], [data-plate-close]") : null;
  const pad = button && padOf(button);
  if (!(button instanceof HTMLElement) || !pad) return;
  const { plateKey } = button.dataset;
  if (plateKey) {
    const isFocused = document.activeElement === button; // by a keyboard: the focus stays among the keys
    type(pad, plateKey);
    if (isFocused && (button.hidden || /** @type {HTMLButtonElement} */ (button).disabled)) /** @type {HTMLElement | null} */ (pad.querySelector("[data-plate-key][tabindex='0']"))?.focus();
    return;
  }
  choose(pad, button.hasAttribute("data-plate-open") && Boolean(pad.hidden));
}

/** @param {KeyboardEvent} event */
function walk(event) {
  const pad = event.target instanceof Element ? /** @type {HTMLElement | null} */ (event.target.closest("[data-plate-keys]")) : null;
  if (!pad) return;
  if (event.key === "Escape") { choose(pad, false); return; }
  const by = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
  if (!by) return;
  event.preventDefault();
  const buttons = /** @type {HTMLButtonElement[]} */ ([...pad.querySelectorAll("button:not([hidden], :disabled)")]);
  buttons[(buttons.indexOf(/** @type {HTMLButtonElement} */ (event.target)) + by + buttons.length) % buttons.length].focus();
}

/** @param {HTMLElement} pad @param {EventTarget | null} target the focused element */
function follow(pad, target) {
  const field = fieldOf(pad);
  if (target === field && pad.hidden && pad.hasAttribute("data-on-focus") && matchMedia("(pointer: coarse)").matches && !field.dataset.typing) show(pad, true);
  if (!pad.hidden && target !== field && target instanceof Element && target.matches("input, select, textarea")) show(pad, false);
}

/** Listens, and handles the event that came before the keys did. @param {Event} event */
export function start(event) {
  document.addEventListener("click", pressed);
  document.addEventListener("keydown", walk);
  document.addEventListener("pointerdown", (event) => { // the field keeps the focus for other input devices
    if (event.target instanceof Element && event.target.closest("[data-plate-keys]")) event.preventDefault();
  });
  document.addEventListener("input", (event) => { for (const pad of pads()) if (!pad.hidden && fieldOf(pad) === event.target) refresh(pad); });
  document.addEventListener("focusin", (focus) => { for (const pad of pads()) follow(pad, focus.target); });
  if (event instanceof MouseEvent) pressed(event); else for (const pad of pads()) follow(pad, document.activeElement);
}
