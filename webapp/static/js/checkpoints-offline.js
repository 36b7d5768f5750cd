// @ts-check
// The gate's page without a network: the rule and the gates from reference data, a fresh form after each entry, and
// those who came in while this page is open, for leaving by one tap. Who they are stays in this page's memory.
import { gate, prepare, tenths } from "./checkpoints.js";
import { nameEntries } from "./entry.js";
import { madeAt, part } from "./outbox/reference.js";

const HERE = "frontline.gate"; // the id of the gate this tablet stands at, nothing else
const WEIGHTS = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];

/** @param {string} text */
const plain = (text) => text.normalize("NFKC").replace(/[\s-]/g, "").toUpperCase();

/** GB 11643: eighteen characters whose last one follows from the others. @param {string} number */
export function hasGoodChecksum(number) {
  if (!/^\d{17}[\dX]$/.test(number)) return false;
  const sum = WEIGHTS.reduce((total, weight, at) => total + weight * Number(number[at]), 0);
  return "10X98765432"[sum % 11] === number[17];
}

/** @param {string} kind @param {string} number @returns {"" | "id_number" | "id_type"} what is wrong with a document */
export function faultOfDocument(kind, number) {
  const shown = plain(number);
  if (!shown) return "";
  if (!kind) return hasGoodChecksum(shown) ? "" : "id_type";
  const isGood = {
    resident_id: hasGoodChecksum(shown),
    foreign_resident: /^[A-Z]{3}\d{12}$/.test(shown) || (shown.startsWith("9") && hasGoodChecksum(shown)),
    travel_permit: /^([HM]\d{8}(\d{2})?|\d{8})$/.test(shown),
    passport: /^[A-Z0-9]{5,20}$/.test(shown),
  }[kind];
  return isGood ? "" : "id_number";
}

/**
 * What the server would ask to be corrected, while the person still stands there: field -> code of the words.
 * @param {Record<string, string>} said
 * @returns {Record<string, string>}
 */
export function faultsOf(said) {
  /** @type {Record<string, string>} */
  const faults = {};
  const text = (/** @type {string} */ name) => (said[name] ?? "").trim();
  for (const name of ["name", "origin"]) if (!text(name)) faults[name] = "required";
  if (!text("phone") && !text("id_number")) faults.phone = "reachable";
  else if (text("phone") && !/^1[3-9]\d{9}$/.test(plain(text("phone")))) faults.phone = "phone";
  const document = faultOfDocument(text("id_type"), text("id_number"));
  if (document) faults[document] = document;
  const read = tenths(text("celsius"));
  if (text("celsius") && (read === null || read < 340 || read > 430)) faults.celsius = "celsius";
  if (text("companions") && !/^([0-5]?\d|60)$/.test(text("companions").normalize("NFKC"))) faults.companions = "companions";
  return faults;
}

/** 王秀英 -> 王**; the same look as with a network. @param {string} name */
export const masked = (name) => (name ? name.slice(0, 1) + "*".repeat(Math.min(Math.max(name.length - 1, 1), 3)) : "");

/** @param {Record<string, string>} said */
function whoOf(said) {
  const plate = plain(said.plate ?? "").replace(/[·•.]/g, "");
  const phone = plain(said.phone ?? "");
  return [masked((said.name ?? "").trim()), plate ? `${plate.slice(0, 2)}·***${plate.slice(-2)}` : phone && `****${phone.slice(-4)}`].filter(Boolean).join(" ");
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

/** @param {MouseEvent} event */
function press(event) {
  const button = event.target instanceof Element ? event.target.closest("button:not([type=button])") : null;
  const form = button?.closest("form");
  if (!form || event.defaultPrevented) return; // the reason was asked for
  const typed = Object.fromEntries(/** @type {[string, string][]} */ ([...new FormData(form)]));
  const faults = form.dataset.kind === "visit.in" ? faultsOf(typed) : typed.visit || typed.who?.trim() ? {} : { who: "who" };
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
