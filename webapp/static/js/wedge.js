// @ts-check
// A hand scanner is a keyboard that types very fast. This buffer tells its scans from a person's typing: pure, so that
// it can be tested without a page.
import { isGtin } from "./parse/gs1.js";

/** Milliseconds between two keys of one scan at most; people need about 90. */
export const FASTEST_TYPIST_MS = 60;
/** Between two keys of a slow scanner at most: only what no person types is taken for its scan (`looksLikeCode`). */
export const SLOW_SCANNER_MS = 200;
/** Shorter than this is never a scan. */
export const SHORTEST_SCAN = 4;
/** The group separator between GS1 elements. */
export const GS = "\x1d";
const RS = "\x1e";

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
 * The character a stroke stands for; "" for keys that type nothing. GS arrives as Ctrl+], as RS (Ctrl+^), as itself or as F8, and an
 * input method swallows the key's name, so that its position has to do.
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

/** A scan that only a scanner types, however slowly: an element string, a label of ours, a barcode whose last digit is right. @param {string} text @param {number} [shortest] digits of a barcode at least */
export function looksLikeCode(text, shortest = 8) {
  if (/^(\(\d{2,4}\)|0[12]\d{14}|\](C1|d2|Q3|e0|J1|E0|E4)|FL:[IL]:|MA\.|[1-9]\d{19}$)/i.test(text)) return true;
  return /^(\d{8}|\d{12,14})$/.test(text) && text.length >= shortest && isGtin(text);
}

/**
 * Collects strokes; `press` gives the text when Enter ends a scan, "" otherwise. A Tab is a separator when more follows at
 * once, and the end when nothing does: `isPending` says that `flush` is to be asked after a moment. `ended` is what was typed
 * up to an Enter at the pace of a slow scanner, or of a person.
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

  /** The scan that a Tab ended. @returns {string} */
  flush() {
    return this.isPending ? this.#end() : "";
  }

  /** @returns {string} */
  #end() {
    const strip = (/** @type {string} */ text) => (this.isPending ? text.replace(/\x1d+$/, "") : text);
    const scanned = strip(this.text);
    this.ended = strip(this.slow);
    this.text = this.slow = "";
    this.isPending = false;
    return scanned.length >= SHORTEST_SCAN ? scanned : "";
  }

  /** @param {string} character */
  #add(character) {
    this.text += character;
    this.slow += character;
  }

  /** Alt+029 on the number pad is how many scanners spell a separator, and some of them every character. @param {Stroke} stroke */
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
