// @ts-check
// The gate on a tablet: proposes a decision while the temperature is typed, by the same rule as the server.
import { plainNumber } from "./parse/numbers.js";
import { isUnusualPlate, preparePlates } from "./plates.js";

/** @typedef {{fever: string, comparison: string, areas: string[]}} Rule */

/** Tenths of a degree as a whole number, or null. @param {string} text */
export function tenths(text) {
  const plain = plainNumber(text);
  return plain && /^\d{1,2}(\.\d)?$/.test(plain) ? Math.round(Number(plain) * 10) : null;
}

/** The listed risk area of an origin, if any. @param {string} origin @param {string[]} areas @cases tests/checkpoints/decisions.json */
export function riskAreaOf(origin, areas) {
  const closed = (/** @type {string} */ text) => text.replace(/\s/g, "");
  const here = closed(origin);
  const holds = (/** @type {string} */ area) => area !== "" && (here.includes(area) || area.includes(here));
  return here ? areas.find((area) => holds(closed(area))) ?? null : null;
}

/**
 * @param {string} celsius as typed
 * @param {string} origin
 * @param {Rule} rule
 * @returns {{decision: "pass" | "refuse" | "refer", reasons: string[]}}
 * @cases tests/checkpoints/decisions.json
 */
export function propose(celsius, origin, rule) {
  const read = tenths(celsius);
  const limit = tenths(rule.fever) ?? 373;
  const reasons = [];
  if (read === null) reasons.push("no_temperature");
  else if (rule.comparison === "above" ? read > limit : read >= limit) reasons.push("fever");
  if (riskAreaOf(origin, rule.areas)) return { decision: "refer", reasons: [...reasons, "risk_area"] };
  return { decision: reasons.length ? "refuse" : "pass", reasons };
}

/** Inserts a missing decimal point: 365 is 36.5. @param {string} text */
export function pointed(text) {
  return /^(3[4-9]|4[0-3])\d$/.test(text) ? `${text.slice(0, 2)}.${text[2]}` : text;
}

/** @param {HTMLFormElement} form @param {string} name */
const valueOf = (form, name) => /** @type {HTMLInputElement | null} */ (form.elements.namedItem(name))?.value ?? "";

/** The rule's proposal for the form. @param {HTMLFormElement} form */
function proposalOf(form) {
  const { fever = "", comparison = "", areas = "[]" } = form.dataset;
  return propose(valueOf(form, "celsius"), valueOf(form, "origin"), { fever, comparison, areas: JSON.parse(areas) });
}

/** @param {HTMLFormElement} form */
function refresh(form) {
  const words = JSON.parse(form.dataset.words ?? "{}");
  const typed = valueOf(form, "celsius").trim();
  const read = tenths(typed);
  const { decision, reasons } = proposalOf(form);
  // Visitors from a risk area are referred at any temperature, so the proposal is shown before it is measured.
  const isSaid = read !== null || (typed === "" && decision === "refer");
  const proposal = /** @type {HTMLElement | null} */ (form.querySelector("[data-proposal]"));
  const sentence = [words[decision], ...reasons.map((reason) => words[reason])];
  if (read !== null && read < (tenths(form.dataset.cold ?? "") ?? 0)) sentence.push(words.cold);
  form.dataset.gateLive = "";
  const place = proposal?.querySelector("span");
  if (proposal && place) {
    const text = isSaid ? sentence.join(" · ") : typed.length > 2 && !/[,\uff0c]$/.test(typed) ? words.unreadable : "";
    if (place.textContent !== text) place.textContent = text;
    proposal.dataset.decision = isSaid ? decision : "refer";
  }
  form.querySelector(".decisions")?.toggleAttribute("data-proposed", isSaid);
  for (const button of form.querySelectorAll("button[name=decision]")) {
    button.toggleAttribute("data-proposed", isSaid && /** @type {HTMLButtonElement} */ (button).value === decision);
  }
  const warning = /** @type {HTMLElement | null} */ (form.querySelector("[data-plate-warning]"));
  if (warning) warning.hidden = !isUnusualPlate(valueOf(form, "plate"));
}

/** Asks for a reason if the decision differs from the proposal: the first press shows the field, the next one submits.
 * @param {MouseEvent} event @param {HTMLFormElement} form @param {HTMLButtonElement} button */
function askForReason(event, form, button) {
  const reason = /** @type {HTMLInputElement} */ (form.elements.namedItem("override_reason"));
  if (button.value === proposalOf(form).decision || reason.value.trim()) return;
  event.preventDefault();
  const asked = form.querySelector("[data-override]");
  asked?.setAttribute("data-needed", "");
  reason.focus();
  asked?.scrollIntoView({ block: "nearest" });
}

/** Puts a frequent answer into its field. @param {HTMLElement} button @param {HTMLFormElement} form */
function choose(button, form) {
  const name = button.closest("[data-choices]")?.getAttribute("data-choices") ?? "";
  const field = /** @type {HTMLInputElement} */ (form.elements.namedItem(name));
  field.value = button.textContent?.trim() ?? "";
  field.dispatchEvent(new Event("input", { bubbles: true }));
}

/** The number in a field after a press on − or +; anything else counts as 0. @param {string} typed @param {number} by @param {number} most */
export function stepped(typed, by, most) {
  const now = Number(plainNumber(typed) ?? 0);
  return String(Math.min(Math.max(Math.trunc(now) + by, 0), most));
}

/** @param {HTMLElement} button */
function step(button) {
  const field = /** @type {HTMLInputElement} */ (button.closest("[data-stepper]")?.querySelector("input"));
  field.value = stepped(field.value, Number(button.dataset.step), Number(field.dataset.highest ?? 60));
  field.dispatchEvent(new Event("input", { bubbles: true }));
}

/** The form of the gate, if it is shown. @returns {HTMLFormElement | null} */
export const gate = () => document.querySelector("form[data-gate]");

/** Prepares the gate when it is shown. */
export function prepare() {
  for (const row of document.querySelectorAll("[data-choices][hidden], [data-step][hidden]")) /** @type {HTMLElement} */ (row).hidden = false;
  preparePlates();
  const form = gate();
  if (!form) return;
  // The page has its own keys; the device's keyboard would cover the buttons.
  const celsius = /** @type {HTMLInputElement} */ (form.elements.namedItem("celsius"));
  if (matchMedia("(pointer: coarse)").matches) celsius.inputMode = "none";
  const place = valueOf(form, "place"); // this tablet's gate, for the page without a network
  if (place) localStorage.setItem("frontline.gate", place);
  refresh(form);
}

/** Replaces the form with one for the next visitor once the entry is saved on this device. @param {Event} event */
function keptHere(event) {
  const place = event.target instanceof Element && !document.body.hasAttribute("data-shell") ? event.target : null;
  const isRow = place?.closest("#gate-live");
  const notice = document.getElementById(isRow ? "departure-saved" : "gate-saved");
  if (!place || !(notice instanceof HTMLTemplateElement) || !(isRow || place.closest("#gate"))) return;
  place.replaceWith(notice.content.cloneNode(true));
  /** @type {HTMLElement | null} */ (document.querySelector("[data-gate-saved] a"))?.focus();
}

/** Focuses the next field and requests the panel again once the gate is swapped. */
function arrived() {
  const form = gate();
  if (form?.elements.namedItem("known") && !form.querySelector("[data-errors]")) {
    /** @type {HTMLInputElement} */ (form.elements.namedItem("celsius")).focus({ preventScroll: true });
    if (window.innerWidth < 768) form.scrollIntoView({ block: "start" });
  } else if (form?.closest("details[open]") && !form.querySelector("[data-errors]")) { // no match: fill in the rest
    const owed = /** @type {NodeListOf<HTMLInputElement>} */ (form.querySelectorAll("input[required]"));
    [...owed].find((field) => !field.value)?.focus();
  }
  const done = document.querySelector("#gate .decided:not([data-told])");
  if (!done) return;
  done.setAttribute("data-told", "");
  done.scrollIntoView({ block: "nearest" });
  document.body.dispatchEvent(new Event("gate:changed"));
}

if (typeof document !== "undefined") {
  document.addEventListener("input", (event) => {
    const form = gate();
    const field = event.target;
    if (!form || !(field instanceof HTMLInputElement) || !form.contains(field)) return;
    if (field.name === "celsius") field.value = pointed(field.value);
    refresh(form);
  });
  document.addEventListener("click", (event) => {
    const button = event.target instanceof Element ? event.target.closest("button") : null;
    const form = button?.closest("form");
    if (!button || !form) return;
    if (form === gate() && button.name === "decision") askForReason(event, form, button);
    if (button.closest("[data-choices]")) choose(button, form);
    if (button.dataset.step) step(button);
  }, true);
  document.addEventListener("outbox:saved", keptHere);
  document.addEventListener("htmx:after:swap", (event) => {
    const target = /** @type {CustomEvent} */ (event).detail?.ctx?.target;
    prepare();
    if (!(target instanceof Element) || target.id !== "gate-live") arrived();
  });
  prepare();
}
