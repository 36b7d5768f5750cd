// @ts-check
// The printed label of a place. Pure.
import { codeKey } from "./codes.js";

/** @typedef {import("../outbox/rules.js").Row} Row */

const LABEL = /\/places\/([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})\/?$/i;

/** The place of a label's address (of any host) or of its printed code: the twin of places/queries.py find_by_label. @param {string} text @param {Row[]} places @returns {Row | undefined} @cases tests/places/labels.json */
export function placeOf(text, places) {
  const id = LABEL.exec(text.trim())?.[1].toLowerCase();
  const key = codeKey(text);
  return places.find((place) => (id ? place.id === id : key !== "" && codeKey(place.code) === key));
}
