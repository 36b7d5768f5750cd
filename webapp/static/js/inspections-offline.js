// @ts-check
// The blank form of a checklist: its places from what this device keeps, and what has to be filled in is asked for here,
// because no server answers before the inspector has left.
import { liveGrant } from "./outbox/queue.js";
import { madeAt, part } from "./outbox/reference.js";
import { codeKey } from "./parse/codes.js";
import { hasGoneBy, wallClock } from "./parse/dates.js";
import { refusalOf } from "./readings.js";
import { onSubmit } from "./submit.js";

/** @typedef {{id: string, code: string, name: string, kind: string, roles: string[]}} Place */

/** The places a checklist fits and an inspector reaches. @param {Place[]} places @param {string[]} kinds @returns {Place[]} */
export const fitting = (places, kinds) => places.filter((one) => one.roles.includes("inspector") && kinds.includes(one.kind));

/** @param {Place[]} places @param {string} typed @returns {Place[]} those whose code or name has every word that was typed */
export function found(places, typed) {
  const words = typed.normalize("NFKC").toLowerCase().split(/\s+/).filter(Boolean);
  const isOf = (/** @type {Place} */ one, /** @type {string} */ word) =>
    `${one.code} ${one.name}`.normalize("NFKC").toLowerCase().includes(word) || (codeKey(word) && codeKey(one.code).includes(codeKey(word)));
  return places.filter((one) => words.every((word) => isOf(one, word)));
}

class BlankInspection {
  /** @param {HTMLElement} root */
  constructor(root) {
    this.root = root;
    this.form = /** @type {HTMLFormElement} */ (root.querySelector("form"));
    this.select = /** @type {HTMLSelectElement} */ (this.form.elements.namedItem("place"));
    this.search = /** @type {HTMLInputElement} */ (this.form.querySelector("[data-place-search]"));
    /** @type {Place[]} */
    this.places = [];
    /** @type {Record<string, any>} */
    this.circumstances = {};
    this.wanted = new URLSearchParams(location.hash.slice(1)).get("place") ?? "";
    // The draft of the online form for that place goes on here.
    if (this.wanted) this.form.dataset.draft += `:${this.wanted}`;
    const now = wallClock(new Date(), root.dataset.zone ?? "Asia/Shanghai");
    this.form.dataset.on = now.slice(0, 10);
    const sampled = this.form.elements.namedItem("sampled_at");
    if (sampled instanceof HTMLInputElement && !sampled.value) sampled.value = now;
    this.form.addEventListener("outbox:restored", (event) => this.restored(/** @type {CustomEvent} */ (event)));
    this.search.addEventListener("input", () => this.list());
    this.search.addEventListener("keydown", (event) => { if (event.key === "Enter") event.preventDefault(); });
    this.select.addEventListener("change", () => { this.wanted = this.select.value; });
    onSubmit("checks", (form) => (form === this.form ? this.pressed() : "go"));
    root.addEventListener("outbox:saved", () => this.saved());
  }

  async load() {
    const [grant, places, circumstances, at] = await Promise.all([liveGrant(), part("places"), part("circumstances"), madeAt()]);
    this.places = fitting(places ?? [], (this.form.dataset.kinds ?? "").split(" "));
    this.circumstances = circumstances ?? {};
    this.show("[data-no-grant]", !grant);
    this.show("[data-no-place]", Boolean(grant) && !this.places.length);
    this.show("[data-known]", Boolean(at));
    const when = this.root.querySelector("[data-known-at]");
    if (at && when) when.textContent = wallClock(at, this.root.dataset.zone ?? "Asia/Shanghai").replace("T", " ");
    this.list();
  }

  /** @param {string} selector @param {boolean} isShown */
  show(selector, isShown) {
    const line = this.root.querySelector(selector);
    if (line instanceof HTMLElement) line.hidden = !isShown;
  }

  /** @param {CustomEvent} event */
  restored(event) {
    const place = event.detail.fields.find((/** @type {[string, string]} */ [name]) => name === "place");
    if (place?.[1]) this.wanted = place[1];
    this.list();
  }

  /** The places that were looked for as options; a single one is chosen. */
  list() {
    const typed = this.search.value.trim();
    const some = found(this.places, typed);
    const options = some.map((place) => {
      const option = new Option(`${place.code} ${place.name}`, place.id);
      option.dataset.circumstances = JSON.stringify(this.circumstances[place.id] ?? {});
      return option;
    });
    this.select.replaceChildren(this.select.options[0], ...options);
    this.select.value = typed && some.length === 1 ? some[0].id : this.wanted;
    if (this.select.selectedIndex < 0) this.select.selectedIndex = 0;
    const said = /** @type {HTMLElement | null} */ (this.root.querySelector("[data-place-found]"));
    if (said) said.textContent = typed ? (some.length ? said.dataset.found ?? "" : said.dataset.none ?? "").replace("{n}", String(some.length)) : "";
    this.select.dispatchEvent(new Event("change", { bubbles: true }));
  }

  /** Before the outbox keeps it: what is missing or cannot be read is said here. @returns {import("./submit.js").Answer} */
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

  /** Marks every field that is not good; gives them in their order. @returns {HTMLElement[]} */
  check() {
    for (const old of this.form.querySelectorAll("[data-device-error]")) old.remove();
    for (const old of this.form.querySelectorAll("[data-invalid]")) old.removeAttribute("data-invalid");
    for (const old of this.form.querySelectorAll("[aria-invalid]")) old.removeAttribute("aria-invalid");
    /** @type {Map<Element, HTMLElement>} */
    const wrong = new Map();
    for (const field of /** @type {NodeListOf<HTMLInputElement>} */ (this.form.querySelectorAll("input, select, textarea"))) {
      const frame = field.closest(".field");
      const sentence = this.wrongWith(field);
      if (!sentence || !frame || wrong.has(frame)) continue;
      wrong.set(frame, field);
      this.blame(frame, field, sentence);
    }
    return [...wrong.values()];
  }

  /** @param {HTMLInputElement} field @returns {string} what to say, or "" */
  wrongWith(field) {
    const answer = field.type === "radio" || field.type === "checkbox" ? field.form?.querySelector(`[name="${field.name}"]:checked`) : field.value.trim();
    if (!answer) return field.required ? this.say("required") : "";
    if (field.name.endsWith("__due") && this.isUnconfirmedPast(field)) return this.say("past");
    return field.dataset.places === undefined ? "" : refusalOf(field, this.form.dataset);
  }

  /** A finding's deadline that has gone by, and nobody has said that it is meant so. @param {HTMLInputElement} field */
  isUnconfirmedPast(field) {
    const finding = field.closest("[data-finding][data-needed]");
    const confirmed = /** @type {HTMLInputElement | null} */ (finding?.querySelector("[data-past] input"));
    return Boolean(finding) && !confirmed?.checked && hasGoneBy(field.value, new Date(), this.root.dataset.zone ?? "Asia/Shanghai");
  }

  /** @param {Element} frame @param {HTMLElement} field @param {string} sentence */
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
    const said = this.form.dataset[`say${name[0].toUpperCase()}${name.slice(1)}`] ?? "";
    return said.replace(/\{(\w+)\}/g, (_, key) => values[key] ?? "");
  }

  saved() {
    this.show("[data-after-saved]", true);
    scrollTo(0, 0);
  }
}

if (globalThis.document) {
  for (const root of document.querySelectorAll("[data-blank-inspection]")) void new BlankInspection(/** @type {HTMLElement} */ (root)).load();
}
