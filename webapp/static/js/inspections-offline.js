// @ts-check
// What is special about the blank form of a checklist (js/kept-form.js): looking for a place, the draft of the form that was
// open with a network, and deadlines that have gone by.
import { alsoCheck } from "./kept-form.js";
import { codeKey } from "./parse/codes.js";
import { hasGoneBy, wallClock } from "./parse/dates.js";

/** Does what a place is called have every word that was typed? @param {string} name code and name @param {string} typed */
export function isCalled(name, typed) {
  const plain = name.normalize("NFKC").toLowerCase();
  const words = typed.normalize("NFKC").toLowerCase().split(/\s+/).filter(Boolean);
  return words.every((word) => plain.includes(word) || (codeKey(word) && codeKey(name.split(" ")[0]).includes(codeKey(word))));
}

/** A finding's deadline that has gone by, and nobody has said that it is meant so. @param {{name: string, value: string, closest: Element["closest"]}} field @returns {string} */
function pastDeadline(field) {
  const finding = field.name.endsWith("__due") ? field.closest("[data-finding][data-needed]") : null;
  const confirmed = /** @type {HTMLInputElement | null | undefined} */ (finding?.querySelector("[data-past] input"));
  const zone = /** @type {HTMLElement | null} */ (field.closest("[data-zone]"))?.dataset.zone ?? "Asia/Shanghai";
  return finding && !confirmed?.checked && hasGoneBy(field.value, new Date(), zone) ? "past" : "";
}

/** The places that are called as was typed as options; a single one is chosen. @param {HTMLInputElement} search @param {HTMLSelectElement} select @param {HTMLOptionElement[]} places */
function look(search, select, places) {
  const typed = search.value.trim();
  const some = places.filter((option) => isCalled(option.text, typed));
  const chosen = typed && some.length === 1 ? some[0].value : select.value;
  select.replaceChildren(select.options[0], ...some);
  select.value = chosen;
  if (select.selectedIndex < 0) select.selectedIndex = 0;
  const line = /** @type {HTMLElement | null} */ (document.querySelector("[data-place-found]"));
  if (line) line.textContent = typed ? ((some.length ? line.dataset.found : line.dataset.none) ?? "").replace("{n}", String(some.length)) : "";
  select.dispatchEvent(new Event("change", { bubbles: true }));
}

/** @param {HTMLInputElement} search */
function begin(search) {
  const form = /** @type {HTMLFormElement} */ (search.form);
  const select = /** @type {HTMLSelectElement} */ (form.elements.namedItem("place"));
  const wanted = new URLSearchParams(location.hash.slice(1)).get("place");
  if (wanted) form.dataset.draft += `:${wanted}`; // the draft of the online form for that place goes on here
  const sampled = form.elements.namedItem("sampled_at");
  const zone = /** @type {HTMLElement | null} */ (search.closest("[data-zone]"))?.dataset.zone ?? "Asia/Shanghai";
  if (sampled instanceof HTMLInputElement && !sampled.value) sampled.value = wallClock(new Date(), zone);
  /** @type {HTMLOptionElement[]} */
  let places = [];
  const list = () => { places = [...select.options].slice(1); look(search, select, places); };
  form.addEventListener("kept:choices", list);
  list(); // they may be there already
  search.addEventListener("input", () => look(search, select, places));
  search.addEventListener("keydown", (event) => { if (event.key === "Enter") event.preventDefault(); });
  alsoCheck(pastDeadline);
}

if (globalThis.document) for (const search of document.querySelectorAll("[data-blank] [data-place-search]")) begin(/** @type {HTMLInputElement} */ (search));
