// @ts-check
// Plates: their format, and when the keys of plate-keys.js are loaded.

export const PROVINCES = "京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼";
const DIGITS = "1234567890";
const LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ"; // no I, no O
export const ENDINGS = "挂学警港澳使领";
export const BOTH = DIGITS + LETTERS;
const ENERGY = "DABCEFGHJK";
const LONGEST = 16;

/** The allowed characters at each position, as in checkpoints/rules.py, with the same test cases (tests/checkpoints/plates.json). */
const SHAPES = [
  [PROVINCES, LETTERS, BOTH, BOTH, BOTH, BOTH, BOTH + ENDINGS],
  [PROVINCES, LETTERS, ENERGY, BOTH, DIGITS, DIGITS, DIGITS, DIGITS],
  [PROVINCES, LETTERS, DIGITS, DIGITS, DIGITS, DIGITS, DIGITS, ENERGY],
];

/** @param {string} text */
const plain = (text) => [...text.normalize("NFKC").replace(/[\s·•.-]/g, "").toUpperCase()];

/** The shapes with this beginning. @param {string[]} signs */
const fitting = (signs) => SHAPES.filter((shape) => signs.length <= shape.length && signs.every((sign, place) => shape[place].includes(sign)));

/** Whether a plate is neither an ordinary nor a new-energy one. @param {string} text @cases tests/checkpoints/plates.json */
export function isUnusualPlate(text) {
  const signs = plain(text);
  return signs.length > 0 && !fitting(signs).some((shape) => shape.length === signs.length);
}

/** The keys that may follow; all except the provinces if the plate has no known shape. @param {string} text @returns {Set<string>} @cases tests/checkpoints/plates.json */
export function keysAfter(text) {
  const signs = plain(text);
  const shapes = fitting(signs);
  if (!shapes.length) return new Set(signs.length < LONGEST ? BOTH + ENDINGS : "");
  return new Set(shapes.map((shape) => shape[signs.length] ?? "").join(""));
}

/** @param {Element} pad */
export const fieldOf = (pad) => /** @type {HTMLInputElement} */ (document.getElementById(/** @type {HTMLElement} */ (pad).dataset.plateKeys ?? ""));
const isTouch = () => matchMedia("(pointer: coarse)").matches;

/** The pads of keys; of all fields, or of those where the focus opens them. */
export const pads = (where = "") => /** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll(`[data-plate-keys]${where}`));

/** On touch screens, where focusing a plate's field opens the keys, keeps the device's own keyboard away. */
export function preparePlates() {
  if (!isTouch()) return;
  for (const pad of pads("[data-on-focus]")) if (!fieldOf(pad).dataset.typing) fieldOf(pad).inputMode = "none";
}

/** Loads the keys with the first event that needs them and passes it on; where they cannot be had, the device's keyboard stays. @param {Event} event */
function wake(event) {
  const { target } = event;
  const isAsked = event.type === "click" && target instanceof Element && target.closest("[data-plate-open]") !== null;
  const isFocused = event.type === "focusin" && isTouch() && [...pads("[data-on-focus]")].some((pad) => fieldOf(pad) === target);
  if (!isAsked && !isFocused) return;
  for (const type of ["click", "focusin"]) document.removeEventListener(type, wake);
  import("./plate-keys.js").then(({ start }) => start(event)).catch(() => {
    for (const pad of pads()) fieldOf(pad).inputMode = "text";
  });
}

if (globalThis.document) for (const type of ["click", "focusin"]) document.addEventListener(type, wake);
