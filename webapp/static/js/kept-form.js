// @ts-check
// Blank forms without a script of their own: whether the form may be filled in on this device, the age of the reference
// data, the choices from it, and the checks for missing and out-of-range values, which no server makes before it is kept.
import { boundRefusal } from "./bounds.js";
import { nameEntries } from "./entry.js";
import { written } from "./moments.js";
import { liveGrant } from "./outbox/queue.js";
import { madeAt, part } from "./outbox/reference.js";
import { called, fitting } from "./outbox/rules.js";
import { proposed } from "./parse/proposed.js";
import { onSubmit } from "./submit.js";

/** @typedef {HTMLInputElement | HTMLSelectElement | HTMLTextAreaElement} Control */

/** The name of the data-say- sentence for a faulty answer, before its number is parsed; "" if there is none. @param {{isRequired: boolean, isUnreadable: boolean, answer: string, first: string, instead: string | null}} state `first`: the earliest permitted day; `instead`: the value of the alternative field */
export function faultOf({ isRequired, isUnreadable, answer, first, instead }) {
  if (isUnreadable) return "day";
  if (!answer) return isRequired ? "required" : instead === "" ? "orElse" : "";
  return first && answer < first ? "notBefore" : "";
}

/** @type {((field: Control) => string)[]} */
const others = [];

/** Adds a check of a kind's own script: it returns the name of a data-say- sentence above the field, or "". @param {(field: Control) => string} check */
export const alsoCheck = (check) => { others.push(check); };

/** A copy of the form before anything is typed. @param {HTMLFormElement} form */
function blankOf(form) {
  const blank = /** @type {HTMLFormElement} */ (form.cloneNode(true));
  blank.reset();
  for (const field of blank.querySelectorAll("[data-entry-uuid], [data-entry-captured-at], [data-entry-device-seq]")) /** @type {HTMLInputElement} */ (field).value = "";
  return blank;
}

class KeptForm {
  /** @param {HTMLElement} root */
  constructor(root) {
    this.root = root;
    this.values = new Map(new URLSearchParams(location.hash.slice(1)));
    /** @type {import("./outbox/rules.js").Row[][]} the choices of each select */
    this.known = [];
    this.form = /** @type {HTMLFormElement} */ (root.querySelector("form"));
    /** @type {HTMLSelectElement[]} */
    this.selects = [];
    this.take(this.form);
    this.blank = root.hasAttribute("data-again") ? blankOf(this.form) : null;
    root.addEventListener("outbox:saved", (event) => this.saved(/** @type {Element} */ (event.target)));
    onSubmit("checks", (form) => (form === this.form ? this.pressed() : "go"));
  }

  /** @param {HTMLFormElement} form */
  take(form) {
    this.form = form;
    this.selects = [...form.querySelectorAll("select[data-reference]")].map((select) => /** @type {HTMLSelectElement} */ (select));
    form.addEventListener("outbox:restored", (event) => this.restored(/** @type {CustomEvent} */ (event)));
  }

  async load() {
    const parts = this.selects.map((select) => part(select.dataset.reference ?? ""));
    const [grant, at, ...known] = await Promise.all([liveGrant(), madeAt(), ...parts]);
    this.known = known.map((rows, n) => fitting(rows ?? [], this.selects[n].dataset.kinds, this.form.dataset.roles));
    for (const [n, select] of this.selects.entries()) {
      const rows = this.known[n];
      if (select.required && proposed(rows) && !this.values.has(select.name)) this.values.set(select.name, proposed(rows));
      if (select.required && !rows.length) this.show("[data-no-choices]", Boolean(grant));
    }
    this.offer();
    this.show("[data-no-grant]", !grant);
    this.show("[data-known]", Boolean(at && this.selects.length));
    const when = this.root.querySelector("[data-known-at]");
    if (at && when) when.textContent = written(at);
  }

  /** Every choice into its select; what was chosen before stays chosen. */
  offer() {
    const { lang } = document.documentElement;
    for (const [n, select] of this.selects.entries()) select.append(...this.known[n].map((row) => new Option(called(row, lang), row.id)));
    this.choose();
    this.form.dispatchEvent(new Event("kept:choices", { bubbles: true }));
  }

  /** @param {string} selector @param {boolean} isShown */
  show(selector, isShown) {
    for (const line of this.root.querySelectorAll(selector)) /** @type {HTMLElement} */ (line).hidden = !isShown;
  }

  /** Keeps the values of a draft, which may be restored before the choices are loaded. @param {CustomEvent} event */
  restored(event) {
    for (const [name, value] of event.detail.fields) this.values.set(name, value);
    this.choose();
  }

  choose() {
    for (const select of this.selects) {
      select.value = this.values.get(select.name) ?? select.value;
      if (select.selectedIndex < 0) select.selectedIndex = 0;
    }
  }

  /** Checks the form before the outbox keeps it. @returns {import("./submit.js").Answer} */
  pressed() {
    const wrong = this.check();
    const box = /** @type {HTMLElement} */ (this.form.querySelector("[data-device-errors]"));
    box.hidden = wrong.length === 0;
    if (!wrong.length) return "go";
    const words = box.querySelector("p");
    if (words) words.textContent = this.say("count", { n: String(wrong.length) });
    wrong[0].scrollIntoView({ block: "center" });
    wrong[0].focus({ preventScroll: true });
    return "done";
  }

  /** Marks the invalid fields and returns them in order. @returns {Control[]} */
  check() {
    for (const old of this.form.querySelectorAll("[data-device-error]")) old.remove();
    for (const name of ["data-invalid", "aria-invalid"]) for (const old of this.form.querySelectorAll(`[${name}]`)) old.removeAttribute(name);
    /** @type {Map<Element, Control>} */
    const wrong = new Map();
    for (const field of /** @type {NodeListOf<Control>} */ (this.form.querySelectorAll("input:enabled, select:enabled, textarea:enabled"))) {
      const frame = field.closest(".field");
      const sentence = this.wrongWith(field);
      if (!sentence || !frame || wrong.has(frame)) continue;
      wrong.set(frame, field);
      this.blame(frame, field, sentence);
    }
    return [...wrong.values()];
  }

  /** @param {string | undefined} name @returns {HTMLInputElement | null} */
  named(name) {
    return name ? /** @type {HTMLInputElement | null} */ (this.form.elements.namedItem(name)) : null;
  }

  /** @param {Control} field @returns {string} the sentence, or "" */
  wrongWith(field) {
    const isChoice = field.type === "radio" || field.type === "checkbox";
    const chosen = /** @type {HTMLInputElement | null} */ (isChoice ? this.form.querySelector(`[name="${field.name}"]:checked`) : null);
    const answer = isChoice ? chosen?.value ?? "" : field.value.trim();
    const first = this.named(field.dataset.notBefore);
    const instead = this.named(field.dataset.orElse);
    const state = { isRequired: field.required, isUnreadable: field.validity.badInput, answer, first: first?.value ?? "", instead: instead ? instead.value.trim() : null };
    const fault = faultOf(state);
    if (fault) return this.say(fault, { what: (first ?? instead)?.labels?.[0]?.firstChild?.textContent?.trim() ?? "" });
    const also = others.map((check) => check(field)).find(Boolean);
    if (also) return /** @type {HTMLElement | null} */ (field.closest(`[data-say-${also}]`))?.dataset[`say${also[0].toUpperCase()}${also.slice(1)}`] ?? "";
    return answer ? boundRefusal(field, this.form.dataset, new Date().getFullYear()) : "";
  }

  /** @param {Element} frame @param {Control} field @param {string} sentence */
  blame(frame, field, sentence) {
    const line = Object.assign(document.createElement("p"), { className: "error", textContent: sentence, id: `${field.id}-device-error` });
    line.dataset.deviceError = "";
    frame.setAttribute("data-invalid", "");
    field.setAttribute("aria-invalid", "true");
    field.setAttribute("aria-describedby", line.id);
    frame.append(line);
  }

  /** @param {string} name @param {Record<string, string>} [values] */
  say(name, values = {}) {
    const text = this.form.dataset[`say${name[0].toUpperCase()}${name.slice(1)}`] ?? "";
    return text.replace(/\{(\w+)\}/g, (_, key) => values[key] ?? "");
  }

  /** @param {Element} place where the form stood */
  saved(place) {
    if (this.form.isConnected) return; // another form of the page
    if (this.blank) { this.again(place); return; }
    this.show("[data-after-saved]", true);
    scrollTo(0, 0);
  }

  /** The next entry follows at once, at the same place. @param {Element} place */
  again(place) {
    this.values = new Map(this.selects.map((select) => [select.name, select.value]));
    this.take(blankOf(/** @type {HTMLFormElement} */ (this.blank)));
    place.replaceWith(this.form);
    this.offer();
    nameEntries(this.form);
  }
}

if (globalThis.document) for (const root of document.querySelectorAll("[data-blank]")) void new KeptForm(/** @type {HTMLElement} */ (root)).load();
