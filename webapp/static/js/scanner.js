// @ts-check
// Input from a hand scanner anywhere on the page, from the camera, or typed into the scan box. Each scan fires a
// `frontline:scan` event on the box, which a page may cancel to handle the code itself, and submits the form. A form
// without a box has it on the first field that a code can choose (js/scan-fields.js).
import { press } from "./submit.js";
import { FASTEST_TYPIST_MS, WedgeBuffer, looksLikeCode } from "./wedge.js";

const wedge = new WedgeBuffer();
/** @returns {HTMLInputElement | null} */
const box = () => document.querySelector("[data-scan-box]");

/** @returns {Element | null} */
const taker = () => box() ?? document.querySelector("select[data-scans]:enabled");

/** Hands a code to the page. @param {string} text with GS as \x1d; from the camera with its symbology identifier (]d2…) @param {Struck} [before] @param {Element} [button] of the camera */
export function scanned(text, before = null, button) {
  const field = box();
  if (!text) return;
  if (field) takeBack(before);
  const detail = { text, button, field: before?.field, takeBack: () => takeBack(before) };
  const event = new CustomEvent("frontline:scan", { detail, bubbles: true, cancelable: true });
  if (taker()?.dispatchEvent(event) && field) {
    field.value = text;
    press(field.form);
  }
}

/** Plays one of three sounds and vibrations. @param {string} kind */
export const say = (kind) => import("./sounds.js").then((sounds) => sounds.play(kind), () => {});

/** The field that received a scan's keys before it was recognised as one, with its previous value. @typedef {{field: HTMLInputElement, value: string} | null} Struck */
/** @type {{fast: Struck, slow: Struck}} */
const struck = { fast: null, slow: null };

/** The focused field, which receives the first key of a possible scan. @returns {Struck} */
function fieldOfNow() {
  const here = /** @type {any} */ (document.activeElement);
  const isField = here instanceof HTMLInputElement || here instanceof HTMLTextAreaElement || here instanceof HTMLSelectElement;
  return isField && here !== box() ? { field: /** @type {any} */ (here), value: here.value } : null;
}

/** Restores the value of a field that received the keys of a scan. @param {Struck} before */
function takeBack(before) {
  if (!before || before.field.value === before.value) return;
  before.field.value = before.value;
  before.field.dispatchEvent(new Event("input", { bubbles: true }));
}

/** The code that a slow scanner typed into a number or date field; "" if a person may have typed it. */
function slowScan() {
  const field = struck.slow?.field;
  const isDay = field?.type === "date";
  if (!field || field !== document.activeElement || !(isDay || field.inputMode === "decimal" || field.inputMode === "numeric")) return "";
  return looksLikeCode(wedge.ended, isDay ? 12 : 8) ? wedge.ended : "";
}

/** @type {number | undefined} */
let pending;

/** Ends a scan at a Tab unless more keys follow at once. @param {KeyboardEvent} event */
function waitForMore(event) {
  event.preventDefault();
  event.stopPropagation();
  pending = window.setTimeout(() => {
    const text = wedge.flush();
    scanned(text, text === wedge.ended ? struck.slow : struck.fast);
  }, FASTEST_TYPIST_MS + 20);
}

document.addEventListener("keydown", (event) => {
  if (!taker() || document.querySelector("dialog[open]")) return;
  window.clearTimeout(pending);
  const fast = wedge.press(event, event.timeStamp);
  if (wedge.text.length === 1) struck.fast = fieldOfNow();
  if (wedge.slow.length === 1) struck.slow = fieldOfNow();
  if (event.key === "Tab" && wedge.isPending) { waitForMore(event); return; }
  const text = fast || slowScan();
  if (!text) return;
  event.preventDefault();
  event.stopPropagation();
  scanned(text, text === wedge.ended ? struck.slow : struck.fast);
}, true);

/** Shows the input methods of this device, and plays the sound for the last scan (`data-scan-result` in the swapped part). */
function prepare() {
  const result = document.querySelector("[data-scan-result]:not([data-said])");
  if (result instanceof HTMLElement) {
    result.dataset.said = "yes";
    say(result.dataset.scanResult ?? "");
  }
  const isTouch = matchMedia("(pointer: coarse)").matches;
  const field = box();
  // On a touch device the keyboard would cover the page at each scan, so it opens only on request.
  if (isTouch && field && !field.dataset.typing) field.inputMode = "none";
  for (const button of document.querySelectorAll("[data-show-keyboard][hidden]")) /** @type {HTMLElement} */ (button).hidden = !isTouch;
  const hasCamera = window.isSecureContext && "mediaDevices" in navigator && document.querySelector("meta[name='camera-reader']");
  for (const button of document.querySelectorAll("[data-camera][hidden]")) /** @type {HTMLElement} */ (button).hidden = !hasCamera;
}

document.addEventListener("click", async (event) => {
  const button = event.target instanceof Element ? event.target.closest("[data-camera], [data-show-keyboard]") : null;
  if (!(button instanceof HTMLElement)) return;
  if (button.hasAttribute("data-show-keyboard")) {
    const field = box();
    if (!field) return;
    field.dataset.typing = "yes";
    field.inputMode = "text";
    field.blur();
    field.focus();
    return;
  }
  const { readFromCamera } = await import("./camera.js");
  scanned(await readFromCamera(button.dataset), null, button);
});

/** The address asks for the camera: it opens at once, and not again when one comes back to the page. */
function openAtOnce() {
  const address = new URL(location.href);
  const button = /** @type {HTMLElement | null} */ (document.querySelector("[data-camera]:not([hidden])"));
  if (!address.searchParams.has("camera")) return;
  address.searchParams.delete("camera");
  history.replaceState(history.state, "", address);
  button?.click();
}

document.addEventListener("frontline:say", (event) => say(/** @type {CustomEvent} */ (event).detail));
for (const drawn of ["htmx:after:swap", "kept:choices"]) document.addEventListener(drawn, prepare);
prepare();
openAtOnce();
