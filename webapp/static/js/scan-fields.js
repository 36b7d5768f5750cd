// @ts-check
// A scan in a form without a scan box chooses the place or item that it names, with a network and without one. A kind's own
// script may take other codes (`alsoTake`). What no field knows is said, and nothing that was typed is lost.
import { part } from "./outbox/reference.js";
import { called, fitting } from "./outbox/rules.js";
import { placeOf } from "./parse/labels.js";

/** @typedef {import("./outbox/rules.js").Row} Row */
/** @typedef {(text: string, rows: any[]) => Row | undefined} Finder the row that a code names */
/** @typedef {{find: Finder, rows: Row[], offered: Row[], isOwn: boolean, isEmpty: boolean}} Field `rows`: what the code may name; `offered`: what may be chosen; `isOwn`: its button was pressed */
/** @typedef {{text: string, button?: Element, field?: HTMLInputElement, takeBack: () => void}} Scan `field`: what received the keys of a hand scanner, which `takeBack` takes out of it */

const SYMBOLOGY = /^\][A-Za-z][0-9A-Za-z]/; // in front of what a camera read

/** The code without the camera's symbology identifier. @param {string} text */
export const plainCode = (text) => text.replace(SYMBOLOGY, "");

/** How rows of a part of the reference data are found; only a form with items loads the reading of barcodes. @param {string} name @returns {Promise<Finder>} */
export async function finderOf(name) {
  if (name === "places") return (text, rows) => placeOf(plainCode(text), rows);
  if (name !== "items") return () => undefined;
  const [{ readCode }, { findItem }] = await Promise.all([import("./parse/scans.js"), import("./supplies-offline-codes.js")]);
  return (text, rows) => findItem(readCode(text, typeof parseBarcode === "function" ? parseBarcode : undefined), rows)?.[0];
}

/** The field that a code chooses from, and the row: the field whose button was pressed, else one that offers the row, an empty one first. @param {string} text @param {Field[]} fields @returns {{at: number, row: Row, isOffered: boolean} | null} */
export function chosenBy(text, fields) {
  const named = fields.flatMap((field, at) => {
    const row = field.find(text, field.rows);
    return row ? [{ at, row, isOffered: field.offered.some(({ id }) => id === row.id), field }] : [];
  });
  const own = named.filter(({ field }) => field.isOwn);
  const best = (own.length ? own : named).sort((a, b) => Number(b.isOffered) - Number(a.isOffered) || Number(b.field.isEmpty) - Number(a.field.isEmpty))[0];
  return best ? { at: best.at, row: best.row, isOffered: best.isOffered } : null;
}

/** @type {((text: string, origin: Element | null) => boolean)[]} */
const others = [];

/** Adds a kind's own script that takes codes which choose nothing; `origin` is the camera's button or the field that received the keys. @param {(text: string, origin: Element | null) => boolean} take whether it was taken */
export const alsoTake = (take) => { others.push(take); };

/** What a form's field knows and offers. @param {HTMLSelectElement} select @param {Element | undefined} button @returns {Promise<Field>} */
async function fieldOf(select, button) {
  const options = [...select.options].filter(({ value }) => value).map(({ value, text }) => ({ id: value, code: text.split(" ")[0], name: text }));
  const name = select.dataset.reference ?? "";
  const known = await part(name).catch(() => undefined); // none where the browser keeps nothing
  const { roles } = select.form?.dataset ?? {};
  const rows = known ?? options;
  const offered = roles && known ? fitting(rows, select.dataset.kinds, roles) : options; // a search may have left options out
  return { find: await finderOf(name), rows, offered, isOwn: Boolean(button && select.closest(".field")?.contains(button)), isEmpty: !select.value };
}

/** @param {HTMLSelectElement} select @param {Row} row */
function choose(select, row) {
  select.dispatchEvent(new Event("scan:chosen", { bubbles: true })); // a search for the choice is over
  select.value = row.id;
  if (select.value !== row.id) { select.form?.addEventListener("kept:choices", () => choose(select, row), { once: true }); return; }
  for (const kind of ["input", "change"]) select.dispatchEvent(new Event(kind, { bubbles: true }));
  filled(select.form);
}

/** A draft is written of what a scan filled in. @param {HTMLFormElement | null} form */
export const filled = (form) => form?.dispatchEvent(new Event("form:filled", { bubbles: true }));

/** Whether the keys of a scan may stay in the field that received them. @param {HTMLInputElement} field */
const isText = ({ type, inputMode }) => ["text", "search", "textarea"].includes(type) && !["decimal", "numeric"].includes(inputMode);

/** Says and sounds what became of a scan, below a field. @param {Element} field @param {"ok" | "refused"} status @param {string} [text] */
export function tell(field, status, text = "") {
  document.querySelector("[data-scan-says]")?.remove();
  if (text) {
    const line = Object.assign(document.createElement("p"), { className: "notice wide", textContent: text });
    line.dataset.status = status;
    line.dataset.scanSays = "";
    line.setAttribute("role", status === "ok" ? "status" : "alert");
    field.closest(".field")?.after(line);
    line.scrollIntoView({ block: "nearest" });
  }
  document.dispatchEvent(new CustomEvent("frontline:say", { detail: status }));
}

/** @param {HTMLSelectElement[]} selects @param {Scan} scan */
async function take(selects, { text, button, field, takeBack }) {
  const chosen = chosenBy(text, await Promise.all(selects.map((select) => fieldOf(select, button))));
  const select = selects[chosen?.at ?? 0];
  const say = (/** @type {string} */ name, /** @type {string} */ what = "") => (select.dataset[name] ?? "").replace("{code}", () => plainCode(text)).replace("{what}", () => what);
  if (chosen) {
    takeBack();
    const what = called(chosen.row, document.documentElement.lang);
    if (chosen.isOffered) choose(select, chosen.row);
    tell(select, chosen.isOffered ? "ok" : "refused", say(chosen.isOffered ? "scans" : "notHere", what));
    return;
  }
  const isLeft = Boolean(field && isText(field));
  if (!isLeft || others.length) takeBack();
  const isTaken = others.some((other) => other(plainCode(text).trim(), button ?? field ?? null));
  if (!isTaken) tell(select, "refused", say(isLeft ? "left" : "unknown"));
}

if (globalThis.document) {
  document.addEventListener("frontline:scan", (event) => {
    if (!(event.target instanceof HTMLSelectElement)) return; // a scan box takes it
    const selects = /** @type {HTMLSelectElement[]} */ ([...document.querySelectorAll("select[data-scans]:enabled")]);
    void take(selects, /** @type {CustomEvent} */ (event).detail);
  });
}
