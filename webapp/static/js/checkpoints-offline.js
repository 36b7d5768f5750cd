// @ts-check
// The gate's page without a network: the rule and the gates from reference data, a fresh form after each entry, and
// those who came in while this page is open, for leaving by one tap. Who they are stays in this page's memory.
import { gate, prepare, tenths } from "./checkpoints.js";
import { nameEntries } from "./entry.js";
import { madeAt, part } from "./outbox/reference.js";
import { plainNumber } from "./parse/numbers.js";
import { compared, isIdNumber, maskName, maskPhone, maskPlate, parsePhone, phoneKey } from "./personal.js";
import { compare } from "./standards.js";

const HERE = "frontline.gate"; // the id of the gate this tablet stands at, nothing else
const KINDS = ["resident_id", "travel_permit", "foreign_resident", "passport"];

/** @typedef {{lowest: string, highest: string, most: string}} Bounds of temperature and companions, as the page says them */

/** @param {string} kind @param {string} number @param {string} on YYYY-MM-DD @returns {"" | "id_number" | "id_type"} what is wrong with a document */
export function faultOfDocument(kind, number, on) {
  if (!compared(number)) return "";
  if (!KINDS.includes(kind)) return isIdNumber("resident_id", number, on) ? "" : "id_type";
  return isIdNumber(kind, number, on) ? "" : "id_number";
}

/** Is a number within two others, decimals as written? @param {string} typed @param {string} least @param {string} most */
function isWithin(typed, least, most) {
  const value = plainNumber(typed);
  return value !== null && compare(value, least) >= 0 && compare(value, most) <= 0;
}

/**
 * What the server would ask to be corrected, while the person still stands there: field -> code of the words.
 * @param {Record<string, string>} said @param {Bounds} bounds @param {string} on YYYY-MM-DD
 * @returns {Record<string, string>}
 */
export function faultsOf(said, bounds, on) {
  /** @type {Record<string, string>} */
  const faults = {};
  const text = (/** @type {string} */ name) => (said[name] ?? "").trim();
  for (const name of ["name", "origin"]) if (!text(name)) faults[name] = "required";
  if (!text("phone") && !text("id_number")) faults.phone = "reachable";
  else if (text("phone") && parsePhone(text("phone")) === null) faults.phone = "phone";
  const document = faultOfDocument(text("id_type"), text("id_number"), on);
  if (document) faults[document] = document;
  const isRead = tenths(text("celsius")) !== null && isWithin(text("celsius"), bounds.lowest, bounds.highest);
  if (text("celsius") && !isRead) faults.celsius = "celsius";
  const isCounted = /^\d+$/.test(plainNumber(text("companions")) ?? "") && isWithin(text("companions"), "0", bounds.most);
  if (text("companions") && !isCounted) faults.companions = "companions";
  return faults;
}

/** Name, and plate or phone, masked as with a network. @param {Record<string, string>} said */
function whoOf(said) {
  const [plate, phone] = [maskPlate(compared(said.plate ?? "")), maskPhone(phoneKey(said.phone ?? ""))];
  return [maskName(said.name ?? ""), plate || phone].filter(Boolean).join(" ");
}

/** @type {Map<string, HTMLFormElement>} the two forms as they were before anything was typed */
const blanks = new Map();
/** @type {Map<string, Record<string, string>>} what was said in the form that is being kept, by its uuid */
const said = new Map();

/** @param {string} selector @returns {HTMLElement} */
const one = (selector) => /** @type {HTMLElement} */ (document.querySelector(selector));
/** @param {string} name */
const copyOf = (name) => /** @type {HTMLElement} */ (/** @type {HTMLTemplateElement} */ (document.getElementById(name)).content.firstElementChild?.cloneNode(true));

/** @param {HTMLFormElement} form */
function blankOf(form) {
  const copy = /** @type {HTMLFormElement} */ (form.cloneNode(true));
  for (const field of copy.querySelectorAll("[data-entry-uuid], [data-entry-captured-at], [data-entry-device-seq]")) /** @type {HTMLInputElement} */ (field).value = "";
  return copy;
}

/** @param {string} id */
function standAt(id) {
  for (const field of document.querySelectorAll("form[data-kind] input[name=place]")) /** @type {HTMLInputElement} */ (field).value = id;
  for (const form of document.querySelectorAll("#arrive form, #leave > form")) blanks.set(/** @type {HTMLFormElement} */ (form).dataset.kind ?? "", blankOf(/** @type {HTMLFormElement} */ (form)));
  one("[data-gate-offline]").hidden = !id;
  if (id) localStorage.setItem(HERE, id);
}

/** @param {any[]} gates */
function offer(gates) {
  const choice = /** @type {HTMLSelectElement} */ (one("#gate-choice"));
  choice.append(...gates.map((place) => new Option(place.name, place.id)));
  const known = gates.find((place) => place.id === localStorage.getItem(HERE)) ?? (gates.length === 1 ? gates[0] : null);
  one("[data-gate-choice]").hidden = gates.length === 1;
  if (gates.length === 1) one("[data-gate-name]").textContent = gates[0].name;
  choice.value = known?.id ?? "";
  choice.addEventListener("change", () => standAt(choice.value));
  standAt(choice.value);
}

/** Says on its field what is wrong; the first one is shown. @param {HTMLFormElement} form @param {Record<string, string>} faults */
function isGood(form, faults) {
  const words = JSON.parse(form.dataset.words ?? "{}");
  for (const field of /** @type {Iterable<any>} */ (form.elements)) if (field.setCustomValidity) field.setCustomValidity(words[faults[field.name]] ?? "");
  const hidden = Object.keys(faults).map((name) => form.elements.namedItem(name)).find((field) => field instanceof HTMLElement && field.closest("details:not([open])"));
  if (hidden instanceof HTMLElement) hidden.closest("details")?.setAttribute("open", "");
  return form.reportValidity();
}

/** @param {HTMLFormElement} form @returns {Bounds} */
const boundsOf = ({ dataset }) => ({ lowest: dataset.lowest ?? "0", highest: dataset.highest ?? "99", most: dataset.most ?? "999" });

/** The day on this device's calendar. */
const today = () => new Date(Date.now() - new Date().getTimezoneOffset() * 60_000).toISOString().slice(0, 10);

/** @param {MouseEvent} event */
function press(event) {
  const button = event.target instanceof Element ? event.target.closest("button:not([type=button])") : null;
  const form = button?.closest("form");
  if (!form || event.defaultPrevented) return; // the reason was asked for
  const typed = Object.fromEntries(/** @type {[string, string][]} */ ([...new FormData(form)]));
  const faults = form.dataset.kind === "visit.in" ? faultsOf(typed, boundsOf(form), today()) : typed.visit || typed.who?.trim() ? {} : { who: "who" };
  if (!isGood(form, faults)) event.preventDefault();
}

/** @param {string} uuid @param {Record<string, string>} entry */
function remember(uuid, entry) {
  const row = copyOf("came");
  const form = /** @type {HTMLFormElement} */ (row.querySelector("form"));
  /** @type {HTMLInputElement} */ (form.elements.namedItem("place")).value = entry.place;
  /** @type {HTMLInputElement} */ (form.elements.namedItem("visit")).value = uuid;
  const who = whoOf(entry);
  /** @type {HTMLElement} */ (row.querySelector("[data-who]")).textContent = who;
  /** @type {HTMLElement} */ (row.querySelector("[data-when]")).textContent = new Date().toTimeString().slice(0, 5);
  const button = row.querySelector("button");
  const says = button?.textContent?.trim() ?? "";
  button?.setAttribute("aria-label", [says, who].join(" "));
  said.set(`came ${uuid}`, { name: who });
  one("[data-came] ul").prepend(row);
  one("[data-came]").hidden = false;
}

/** @param {Element} place @param {string} decision @param {string} who */
function tell(place, decision, who) {
  const banner = copyOf("said");
  banner.dataset.decision = decision;
  for (const piece of banner.querySelectorAll("[data-of]")) if (piece.getAttribute("data-of") !== decision) piece.remove();
  /** @type {HTMLElement} */ (banner.querySelector("[data-who]")).textContent = who;
  for (const before of document.querySelectorAll("[data-said-here]")) before.replaceChildren();
  place.replaceChildren(banner);
  banner.scrollIntoView({ block: "nearest" });
}

/** The entry is on the disk and its form is gone: say so, and put a fresh one in its place. @param {Event} event */
function saved(event) {
  const place = /** @type {HTMLElement} */ (event.target);
  const { uuid } = /** @type {CustomEvent} */ (event).detail;
  const entry = said.get(uuid) ?? {};
  said.delete(uuid);
  const section = /** @type {HTMLElement} */ (place.closest("#arrive, #leave"));
  const row = place.closest("[data-came] li");
  const form = row ? null : blankOf(/** @type {HTMLFormElement} */ (blanks.get(entry.decision ? "visit.in" : "visit.out")));
  if (form) place.replaceWith(form); else row?.remove();
  if (form) nameEntries(form);
  if (entry.decision === "pass") remember(uuid, entry);
  one("[data-came]").hidden = !one("[data-came] ul").children.length;
  const who = entry.visit ? said.get(`came ${entry.visit}`)?.name ?? "" : entry.decision ? whoOf(entry) : "";
  tell(/** @type {HTMLElement} */ (section.querySelector("[data-said-here]")), entry.decision ?? "left", who);
  if (entry.decision) prepare();
  nameEntries(one("[data-came]"));
  /** @type {HTMLInputElement | null | undefined} */ (form?.querySelector("[name=name], [name=who]"))?.focus({ preventScroll: true });
}

async function start() {
  const [rule, places, at] = await Promise.all([part("gate"), part("places"), madeAt()]);
  const gates = (places ?? []).filter((/** @type {any} */ place) => place.kind === "checkpoint" && place.roles.includes("gatekeeper"));
  const form = gate();
  if (!rule || !gates.length || !form) { one("[data-no-rule]").hidden = false; return; }
  Object.assign(form.dataset, rule);
  for (const field of form.querySelectorAll("[name=celsius], [name=override_reason]")) /** @type {HTMLInputElement} */ (field).required = false;
  offer(gates);
  prepare();
  const age = one("[data-rule-age]");
  age.hidden = !at;
  if (at) /** @type {HTMLElement} */ (age.querySelector("time")).textContent = at.toLocaleString(document.documentElement.lang, { dateStyle: "short", timeStyle: "short" });
  if (one("[data-gate-offline]").dataset.first === "out") one("#leave").scrollIntoView();
}

if (typeof document !== "undefined") {
  document.addEventListener("click", press, true);
  document.addEventListener("formdata", (event) => {
    const { target, formData } = /** @type {FormDataEvent} */ (event);
    const fields = Object.fromEntries(/** @type {[string, string][]} */ ([...formData]));
    if (target instanceof HTMLFormElement && target.dataset.kind && fields.uuid) said.set(fields.uuid.toLowerCase(), fields);
  });
  document.addEventListener("outbox:saved", saved);
  const again = () => { one("[data-online-again]").hidden = !navigator.onLine; };
  addEventListener("online", again);
  addEventListener("offline", again);
  again();
  void start();
}
