// @ts-check
// Checks a slip before it is kept without a network: a count far from the kept stock needs a reason, a huge quantity a
// confirmation; both need a second press.
import { plainNumber } from "./parse/numbers.js";
import { largeDifferences } from "./supplies-offline-counting.js";
import { inBase } from "./supplies-offline-lines.js";
import { HUGE } from "./supplies-offline-slip.js";
import { fillList, nameOf, word } from "./supplies-offline-words.js";

const place = () => /** @type {HTMLElement} */ (document.querySelector("#counter-doubts"));
/** @returns {HTMLInputElement | null} */
const reason = () => place().querySelector("[name='difference_reason']");
let asked = "";
let reasonGiven = ""; // typed before a later scan removed the doubts

/** Removes the doubts. */
export function forget() {
  asked = reasonGiven = "";
  place().replaceChildren();
}

/** Restores a reason typed earlier, before its doubts are shown again. @param {string} text */
export const recall = (text) => { reasonGiven = text; };

/** The reason as typed so far. */
export const reasonTyped = () => reason()?.value ?? reasonGiven;

/** The doubts about this slip. @param {import("./supplies-offline-slip.js").Slip} slip @param {import("./supplies-offline-slip.js").Known} known */
function doubtsOf(slip, known) {
  const differences = largeDifferences(slip, known);
  const huge = slip.lines.filter((line) => Number(plainNumber(line.quantity) ?? 0) >= HUGE);
  const signature = JSON.stringify([slip.mode, differences.map(({ item, lot, book, counted }) => [item.id, lot, book, counted]), huge.map((line) => [line.item, line.lot, line.quantity])]);
  return { differences, huge, signature };
}

/** Removes doubts that no longer match the slip; the reason is kept for the next press. @param {import("./supplies-offline-slip.js").Slip} slip @param {import("./supplies-offline-slip.js").Known} known */
export function outdate(slip, known) {
  if (!asked || doubtsOf(slip, known).signature === asked) return;
  reasonGiven = reasonTyped();
  asked = "";
  place().replaceChildren();
}

/**
 * Whether the slip may be kept: there are no doubts, or these same doubts were shown and the reason given.
 * @param {import("./supplies-offline-slip.js").Slip} slip @param {import("./supplies-offline-slip.js").Known} known
 */
export function isSure(slip, known) {
  const { differences, huge, signature } = doubtsOf(slip, known);
  if (!differences.length && !huge.length) { forget(); return true; }
  const isSecond = signature === asked;
  const given = reasonTyped().trim();
  if (isSecond && (given || !differences.length)) return true;
  asked = signature;
  draw(differences.length > 0, [
    ...differences.map(({ item, lot, book, counted }) => word(lot ? "doubt-difference" : "doubt-no-lot", { item: nameOf(item), lot, book: inBase(book, item), counted: inBase(counted, item) })),
    ...huge.map((line) => word("doubt-huge", { item: nameOf(known.items.find(({ id }) => id === line.item)), typed: line.quantity })),
  ], given, isSecond);
  return false;
}

/** @param {boolean} wantsReason @param {string[]} rows @param {string} given @param {boolean} isMissing */
function draw(wantsReason, rows, given, isMissing) {
  const template = /** @type {HTMLTemplateElement} */ (document.querySelector("template[data-doubts-panel]"));
  const panel = /** @type {HTMLElement} */ (template.content.firstElementChild?.cloneNode(true));
  /** @type {HTMLElement} */ (panel.querySelector("[data-part='title']")).textContent = word(wantsReason ? "doubts-count" : "doubts-huge");
  fillList(panel, rows);
  const field = /** @type {HTMLElement} */ (panel.querySelector("[data-part='reason']"));
  if (!wantsReason) field.remove();
  /** @type {HTMLElement} */ (field.querySelector(".error")).hidden = !isMissing;
  place().replaceChildren(panel);
  const input = reason();
  if (input) input.value = given;
  (input ?? panel).focus();
}
