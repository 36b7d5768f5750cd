// @ts-check
// The parts of a checklist's blank form that other blank forms (js/kept-form.js) lack: the search for a place, the draft of the
// online form, deadlines in the past, and the next place.
import { alsoCheck } from "./kept-form.js";
import { part } from "./outbox/reference.js";
import { fitting } from "./outbox/rules.js";
import { isCalled } from "./parse/called.js";
import { hasGoneBy, wallClock } from "./parse/dates.js";

/** The fault of a finding's deadline that is in the past and not confirmed. @param {{name: string, value: string, closest: Element["closest"]}} field @returns {string} */
function pastDeadline(field) {
  const finding = field.name.endsWith("__due") ? field.closest("[data-finding][data-needed]") : null;
  const confirmed = /** @type {HTMLInputElement | null | undefined} */ (finding?.querySelector("[data-past] input"));
  const zone = /** @type {HTMLElement | null} */ (field.closest("[data-zone]"))?.dataset.zone ?? "Asia/Shanghai";
  return finding && !confirmed?.checked && hasGoneBy(field.value, new Date(), zone) ? "past" : "";
}

/** Offers the places whose name matches; a single match is chosen, else what was chosen last if it is offered. @param {HTMLInputElement} search @param {HTMLSelectElement} select @param {HTMLOptionElement[]} places */
function look(search, select, places) {
  const typed = search.value.trim();
  const some = places.filter((option) => isCalled(option.text, typed));
  if (select.value) select.dataset.before = select.value;
  const chosen = typed && some.length === 1 ? some[0].value : select.dataset.before ?? "";
  select.replaceChildren(select.options[0], ...some);
  select.value = chosen;
  if (select.selectedIndex < 0) select.selectedIndex = 0;
  const line = /** @type {HTMLElement | null} */ (document.querySelector("[data-place-found]"));
  if (line) line.textContent = typed ? ((some.length ? line.dataset.found : line.dataset.none) ?? "").replace("{n}", String(some.length)) : "";
  select.dispatchEvent(new Event("change", { bubbles: true }));
}

/** @typedef {{id: string, code: string, name: string, kind: string, roles?: string[]}} Place */

/** The next due place of the same kind: places never checked first, then by the last check, then by code. @param {Place[]} places @param {Record<string, Record<string, string>>} checked days by place and checklist @param {string} checklist @param {string[]} done ids of places checked on this device meanwhile, the last one last @returns {Place | undefined} */
export function following(places, checked, checklist, done) {
  const last = places.find(({ id }) => id === done[done.length - 1]);
  const key = (/** @type {Place} */ place) => `${checked[place.id]?.[checklist] ?? ""} ${place.code}`;
  const due = places.filter(({ id, kind }) => kind === last?.kind && !done.includes(id));
  return due.sort((a, b) => (key(a) < key(b) ? -1 : 1))[0];
}

/** Ids of the places checked here by a checklist since this tab was opened; signing out forgets them. @param {string} checklist @param {string} place */
function doneHere(checklist, place) {
  const name = `checked.${checklist}`;
  const done = [...JSON.parse(sessionStorage.getItem(name) ?? "[]").filter((/** @type {string} */ id) => id !== place), place];
  sessionStorage.setItem(name, JSON.stringify(done));
  return done;
}

/** Offers the next place first once a check is saved. @param {string} checklist its code @param {string} place @param {string} words */
async function goOn(checklist, place, words) {
  const [places, checked] = await Promise.all([part("places"), part("checked")]);
  const mine = fitting(places ?? [], "", "inspector");
  const next = following(/** @type {Place[]} */ (mine), checked ?? {}, checklist, doneHere(checklist, place));
  const link = /** @type {HTMLAnchorElement | null} */ (document.querySelector("[data-after-saved] a"));
  if (!next || !link) return;
  const onward = /** @type {HTMLAnchorElement} */ (link.cloneNode(true));
  onward.href = `${link.pathname}${link.search}#place=${next.id}`;
  onward.dataset.variant = "primary";
  const label = onward.querySelector("span");
  if (label) label.textContent = words.replace("{place}", `${next.code} ${next.name}`);
  link.before(onward);
  addEventListener("hashchange", () => location.reload()); // the same page, for another place
}

/** @param {HTMLInputElement} search */
function begin(search) {
  const form = /** @type {HTMLFormElement} */ (search.form);
  const select = /** @type {HTMLSelectElement} */ (form.elements.namedItem("place"));
  const placeId = new URLSearchParams(location.hash.slice(1)).get("place");
  if (placeId) form.dataset.draft += `:${placeId}`; // continues the draft of the online form for that place
  const sampled = form.elements.namedItem("sampled_at");
  const zone = /** @type {HTMLElement | null} */ (search.closest("[data-zone]"))?.dataset.zone ?? "Asia/Shanghai";
  if (sampled instanceof HTMLInputElement && !sampled.value) sampled.value = wallClock(new Date(), zone);
  /** @type {HTMLOptionElement[]} */
  let places = [];
  const list = () => { places = [...select.options].slice(1); look(search, select, places); };
  form.addEventListener("kept:choices", list);
  form.addEventListener("scan:chosen", () => { search.value = ""; look(search, select, places); });
  list(); // they may be there already
  search.addEventListener("input", () => look(search, select, places));
  search.addEventListener("keydown", (event) => { if (event.key === "Enter") event.preventDefault(); });
  alsoCheck(pastDeadline);
  const line = /** @type {HTMLElement | null} */ (document.querySelector("[data-place-found]"));
  const checklist = /** @type {HTMLInputElement} */ (form.elements.namedItem("checklist")).value.split(".v")[0];
  document.addEventListener("outbox:saved", () => { void goOn(checklist, select.value, line?.dataset.following ?? ""); });
}

if (globalThis.document) for (const search of document.querySelectorAll("[data-blank] [data-place-search]")) begin(/** @type {HTMLInputElement} */ (search));
