// @ts-check
// A hand scanner is a keyboard that types very fast. This buffer distinguishes scans from a person's typing.
import { isGtin } from "./parse/gtin.js";

/** The maximum of milliseconds between two keys of a scan; people need about 90. */
export const FASTEST_TYPIST_MS = 60;
/** The maximum of milliseconds for a slow scanner, whose scans must look like a code (`looksLikeCode`). */
export const SLOW_SCANNER_MS = 200;
/** The minimum of characters of a scan. */
export const SHORTEST_SCAN = 4;
/** The group separator between GS1 elements. */
export const GS = "\x1d";
const RS = "\x1e";

/**
 * A scan with its multiplier from the box (`40*`), however much of the scan itself is in the box.
 * @param {string} inBox @param {string} text the scanned text @returns {string}
 */
export function withTimes(inBox, text) {
  if (inBox.endsWith(text)) return inBox; // the box has the whole scan, including what a slow scanner typed before it was recognised
  const times = /^\s*[0-9０-９]{1,7}\s*[*×＊]/.exec(inBox)?.[0] ?? "";
  return text.startsWith(times) ? text : times + text;
}

/** @typedef {{key: string, code?: string, ctrlKey?: boolean, altKey?: boolean, metaKey?: boolean, shiftKey?: boolean}} Stroke */

/**
 * The character of a keystroke; "" for keys that type nothing. GS arrives as Ctrl+], RS (Ctrl+^), itself or F8. An input
 * method hides the key's name, so that only its position is known.
 * @param {Stroke} stroke
 * @returns {string}
 */
export function characterOf(stroke) {
  if (stroke.key === GS || stroke.key === RS || stroke.key === "F8") return GS;
  if (stroke.ctrlKey && (["]", "^"].includes(stroke.key) || stroke.code === "BracketRight" || (stroke.code === "Digit6" && stroke.shiftKey))) return GS;
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

/** Whether a text can only come from a scanner: an element string, one of our labels, or a barcode with a right check digit. @param {string} text @param {number} [shortest] minimum of a barcode's digits */
export function looksLikeCode(text, shortest = 8) {
  if (/^(\(\d{2,4}\)|0[12]\d{14}|\](C1|d2|Q3|e0|J1|E0|E4)|FL:[IL]:|MA\.|[1-9]\d{19}$)/i.test(text)) return true;
  return /^(\d{8}|\d{12,14})$/.test(text) && text.length >= shortest && isGtin(text);
}

/**
 * Collects keystrokes; `press` returns the text when Enter ends a scan, "" otherwise. A Tab is a separator if more keys
 * follow at once, else the end: while `isPending`, `flush` is called after a moment. `ended` is the text typed before an
 * Enter at the pace of a slow scanner or a person.
 */
export class WedgeBuffer {
  constructor() {
    this.text = "";
    this.slow = "";
    this.ended = "";
    this.last = 0;
    this.isPending = false;
    this.alt = "";
  }

  /**
   * @param {Stroke} stroke
   * @param {number} at milliseconds
   * @returns {string}
   */
  press(stroke, at) {
    if (at - this.last > FASTEST_TYPIST_MS) this.text = this.alt = "";
    if (at - this.last > SLOW_SCANNER_MS) this.slow = "";
    this.last = at;
    this.ended = "";
    if (this.#isPartOfAlt(stroke)) return "";
    if (stroke.key === "Enter") return this.#end();
    if (stroke.key === "Tab") {
      this.isPending = this.text.length >= SHORTEST_SCAN;
      if (this.isPending) this.#add(GS);
      return "";
    }
    const character = characterOf(stroke);
    if (character) this.isPending = false;
    this.#add(character);
    return "";
  }

  /** The scan that was ended by a Tab. @returns {string} */
  flush() {
    return this.isPending ? this.#end() : "";
  }

  /** @returns {string} */
  #end() {
    const strip = (/** @type {string} */ text) => (this.isPending ? text.replace(/\x1d+$/, "") : text);
    const fast = strip(this.text);
    this.ended = strip(this.slow);
    // A pause inside a scan (a radio scanner, a busy machine) does not cut it: its whole is a code, its end is none.
    const isCut = fast.length >= SHORTEST_SCAN && !looksLikeCode(fast) && looksLikeCode(this.ended);
    const scanned = isCut ? this.ended : fast;
    this.text = this.slow = "";
    this.isPending = false;
    return scanned.length >= SHORTEST_SCAN ? scanned : "";
  }

  /** @param {string} character */
  #add(character) {
    this.text += character;
    this.slow += character;
  }

  /** Handles Alt codes on the number pad, by which many scanners type a separator (Alt+029), and some every character. @param {Stroke} stroke */
  #isPartOfAlt(stroke) {
    const digit = stroke.altKey && !stroke.ctrlKey ? (/^Numpad(\d)$/.exec(stroke.code ?? "") ?? /^(\d)$/.exec(stroke.key))?.[1] : undefined;
    if (digit !== undefined) { this.alt += digit; return true; }
    if (this.alt) {
      const code = Number(this.alt);
      this.alt = "";
      this.#add(code === 29 || code === 30 ? GS : code >= 32 && code < 127 ? String.fromCharCode(code) : "");
    }
    return stroke.key === "Alt";
  }
}
