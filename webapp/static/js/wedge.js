// @ts-check
// A hand scanner is a keyboard that types very fast. This buffer tells its scans from a person's typing: pure, so that
// it can be tested without a page.

/** Milliseconds between two keys of one scan at most; people need about 90. */
export const FASTEST_TYPIST_MS = 60;
/** Shorter than this is never a scan. */
export const SHORTEST_SCAN = 4;
/** The group separator between GS1 elements. */
export const GS = "\x1d";

/**
 * A scan with the number of times that stands before it in the box (`40*`), however much of the scan itself the box holds.
 * @param {string} inBox @param {string} text what was scanned @returns {string}
 */
export function withTimes(inBox, text) {
  if (inBox.endsWith(text)) return inBox; // the box holds it all, and what of a slow scan came before the buffer took it for one
  const times = /^\s*[0-9０-９]{1,7}\s*[*×＊]/.exec(inBox)?.[0] ?? "";
  return text.startsWith(times) ? text : times + text;
}

/** @typedef {{key: string, code?: string, ctrlKey?: boolean, altKey?: boolean, metaKey?: boolean, shiftKey?: boolean}} Stroke */

/**
 * The character a stroke stands for; "" for keys that type nothing. GS arrives as Ctrl+], as itself or as F8, and an
 * input method swallows the key's name, so that its position has to do.
 * @param {Stroke} stroke
 * @returns {string}
 */
export function characterOf(stroke) {
  if (stroke.key === GS || stroke.key === "F8" || (stroke.ctrlKey && (stroke.key === "]" || stroke.code === "BracketRight"))) return GS;
  if (stroke.ctrlKey || stroke.altKey || stroke.metaKey) return "";
  if (stroke.key === "Process" || stroke.key === "Unidentified") return fromPosition(stroke);
  return stroke.key.length === 1 ? stroke.key : "";
}

/** @param {Stroke} stroke */
function fromPosition(stroke) {
  const code = stroke.code ?? "";
  if (/^Key[A-Z]$/.test(code)) return stroke.shiftKey ? code[3] : code[3].toLowerCase();
  if (/^(Digit|Numpad)\d$/.test(code) && !stroke.shiftKey) return code.slice(-1);
  if (code === "Digit9") return "(";
  if (code === "Digit0") return ")";
  return { Minus: "-", Slash: "/", Period: ".", Semicolon: stroke.shiftKey ? ":" : ";" }[code] ?? "";
}

/** Collects strokes; `press` gives the text when Enter or Tab ends a scan, "" otherwise. */
export class WedgeBuffer {
  constructor() {
    this.text = "";
    this.last = 0;
  }

  /**
   * @param {Stroke} stroke
   * @param {number} at milliseconds
   * @returns {string}
   */
  press(stroke, at) {
    const ends = stroke.key === "Enter" || stroke.key === "Tab";
    if (at - this.last > FASTEST_TYPIST_MS) this.text = "";
    this.last = at;
    if (!ends) {
      this.text += characterOf(stroke);
      return "";
    }
    const scanned = this.text;
    this.text = "";
    return scanned.length >= SHORTEST_SCAN ? scanned : "";
  }
}
