// @ts-check
// The gate's page without a network, in addition to kept-form.js: the rule from reference data, the check of phone and
// document, and the visitors who came in while this page is open, for leaving by one tap. Their identities
// stay in this page's memory.
import { gate, prepare } from "./checkpoints.js";
import { nameEntries } from "./entry.js";
import { alsoCheck } from "./kept-form.js";
import { written } from "./moments.js";
import { whoIsSignedIn } from "./outbox/api.js";
import { listen } from "./outbox/channel.js";
import { part } from "./outbox/reference.js";
import { compared, isIdNumber, maskName, maskPhone, maskPlate, parsePhone, phoneKey } from "./personal.js";

const HERE = "frontline.gate"; // the id of this tablet's gate only
const KINDS = ["resident_id", "travel_permit", "foreign_resident", "passport"];

/** @type {Map<string, Record<string, string>>} the fields of the form being kept, and of the visitors who came in, by uuid */
const entries = new Map();
/** @type {Record<string, string>} */
let rule = {};

/** The fault of a document: of its number, or the type that is not chosen. @param {string} kind @param {string} number @param {string} on YYYY-MM-DD @returns {"" | "id_number" | "id_type"} @cases tests/checkpoints/faults.json */
export function faultOfDocument(kind, number, on) {
  if (!compared(number)) return "";
  if (!KINDS.includes(kind)) return isIdNumber("resident_id", number, on) ? "" : "id_type";
  return isIdNumber(kind, number, on) ? "" : "id_number";
}

/** The name of the sentence that refuses a field, by the server's rules, so that it is shown while the person is present. @param {string} name @param {Record<string, string>} entry @param {string} on YYYY-MM-DD @cases tests/checkpoints/faults.json */
export function faultOf(name, entry, on) {
  const text = (/** @type {string} */ field) => (entry[field] ?? "").trim();
  const document = name === "id_type" || name === "id_number" ? faultOfDocument(text("id_type"), text("id_number"), on) : "";
  if (document === name) return document;
  if (name === "phone" && !text("phone")) return text("id_number") ? "" : "reachable";
  if (name === "phone") return parsePhone(text("phone")) === null ? "phone" : "";
  return name === "who" && !entry.place ? "gate" : "";
}

/** Name, and plate or phone, masked as in the online page. @param {Record<string, string>} entry @cases tests/checkpoints/faults.json */
export function whoOf(entry) {
  const [plate, phone] = [maskPlate(compared(entry.plate ?? "")), maskPhone(phoneKey(entry.phone ?? ""))];
  return [maskName(entry.name ?? ""), plate || phone].filter(Boolean).join(" ");
}

/** @param {FormData} data */
const textsOf = (data) => Object.fromEntries(/** @type {[string, string][]} */ ([...data]));
/** Today by the device's calendar. */
const today = () => new Date(Date.now() - new Date().getTimezoneOffset() * 60_000).toISOString().slice(0, 10);
/** @param {string} selector @returns {HTMLElement} */
const element = (selector) => /** @type {HTMLElement} */ (document.querySelector(selector));
/** @param {string} name */
const copyOf = (name) => /** @type {HTMLElement} */ (/** @type {HTMLTemplateElement} */ (document.getElementById(name)).content.firstElementChild?.cloneNode(true));

/** Sets the gate of both forms; the choice is hidden if there is only one. */
function standAt() {
  const select = /** @type {HTMLSelectElement | null} */ (document.querySelector("#arrive select[name=place]"));
  if (!select) return;
  if (select.value) localStorage.setItem(HERE, select.value);
  for (const field of document.querySelectorAll("#leave > form input[name=place]")) /** @type {HTMLInputElement} */ (field).value = select.value;
  const isOnly = select.options.length === 2 && Boolean(select.value);
  /** @type {HTMLElement} */ (select.closest(".field")).hidden = isOnly;
  if (isOnly) element("h1").textContent = select.selectedOptions[0].text;
}

/** Prepares a form, the first or a later one, once it has its choices. @param {Event} event */
function offered({ target }) {
  const form = /** @type {HTMLFormElement} */ (target);
  const select = /** @type {HTMLSelectElement | null} */ (form.querySelector("select[name=place]"));
  const known = localStorage.getItem(HERE);
  if (select && !select.value && [...select.options].some(({ value }) => value === known)) select.value = known ?? "";
  if (form === gate()) Object.assign(form.dataset, rule);
  standAt();
  prepare();
}

/** @param {string} uuid @param {Record<string, string>} entry */
function remember(uuid, entry) {
  const row = copyOf("came");
  row.dataset.visit = uuid;
  for (const field of row.querySelectorAll("[name=visit]")) /** @type {HTMLInputElement} */ (field).value = uuid;
  /** @type {HTMLInputElement} */ (row.querySelector("[name=place]")).value = entry.place;
  const who = whoOf(entry);
  /** @type {HTMLElement} */ (row.querySelector("[data-who]")).textContent = who;
  /** @type {HTMLElement} */ (row.querySelector("[data-when]")).textContent = written(new Date()).slice(-5);
  const button = row.querySelector("button");
  button?.setAttribute("aria-label", [button.textContent?.trim(), who].join(" "));
  entries.set(`came ${uuid}`, { name: who });
  element("[data-came] ul").prepend(row);
}

/** @param {string} decision @param {string} who @param {string} uuid */
function tell(decision, who, uuid) {
  const banner = copyOf("said");
  banner.dataset.decision = decision;
  for (const piece of banner.querySelectorAll("[data-of]")) if (piece.getAttribute("data-of") !== decision) piece.remove();
  const undo = banner.querySelector("[data-undo]");
  if (decision === "left" || decision === "undone") undo?.remove();
  for (const field of undo?.querySelectorAll("[name=visit]") ?? []) /** @type {HTMLInputElement} */ (field).value = uuid;
  /** @type {HTMLElement} */ (banner.querySelector("[data-who]")).textContent = who;
  for (const before of document.querySelectorAll("[data-said-here]")) before.replaceChildren();
  element(decision === "left" ? "#leave [data-said-here]" : "#arrive [data-said-here]").replaceChildren(banner);
  banner.scrollIntoView({ block: "nearest" });
}

/** Names the visitor once the entry is saved and a new form is shown. @param {Event} event */
function saved(event) {
  const { uuid } = /** @type {CustomEvent} */ (event).detail;
  const entry = entries.get(uuid) ?? {};
  entries.delete(uuid);
  const decision = entry.why !== undefined ? "undone" : entry.decision ?? "left";
  if (entry.visit) document.querySelector(`[data-came] li[data-visit="${CSS.escape(entry.visit)}"]`)?.remove();
  if (entry.decision === "pass") remember(uuid, entry);
  element("[data-came]").hidden = !element("[data-came] ul").children.length;
  tell(decision, entry.visit ? entries.get(`came ${entry.visit}`)?.name ?? "" : entry.decision ? whoOf(entry) : "", uuid);
  prepare();
  nameEntries(document);
  const next = entry.decision ? "#arrive [name=name]" : entry.visit ? "" : "#leave [name=who]";
  if (next) element(next).focus({ preventScroll: true });
}

async function start() {
  const known = await part("gate");
  element("[data-no-rule]").hidden = Boolean(known);
  element("[data-gate-offline]").hidden = !known;
  if (!known) return;
  rule = known;
  Object.assign(gate()?.dataset ?? {}, rule);
  prepare();
  if (element("[data-gate-offline]").dataset.first === "out") element("#leave").scrollIntoView();
}

if (globalThis.document?.querySelector("[data-gate-offline]")) {
  alsoCheck((field) => (field.form ? faultOf(field.name, textsOf(new FormData(field.form)), today()) : ""));
  document.addEventListener("kept:choices", offered);
  document.addEventListener("change", ({ target }) => { if (target instanceof HTMLSelectElement && target.name === "place") standAt(); });
  document.addEventListener("formdata", (event) => {
    const { target, formData } = /** @type {FormDataEvent} */ (event);
    const fields = textsOf(formData);
    const uuid = fields.uuid?.toLowerCase(); // saving its draft reads a form too, without the pressed button
    if (target instanceof HTMLFormElement && target.dataset.kind && uuid) entries.set(uuid, { ...entries.get(uuid), ...fields });
  });
  document.addEventListener("outbox:saved", saved);
  // A browser also reports "online" on a network without internet access: only an answer of the server counts.
  const again = (/** @type {boolean} */ isThere) => { element("[data-online-again]").hidden = !isThere; };
  const ask = () => whoIsSignedIn().then(() => again(true), () => again(false));
  listen((news) => { if (news.type === "state") again(["", "sending", "sign-in"].includes(news.state)); });
  addEventListener("online", ask);
  addEventListener("offline", () => again(false));
  if (navigator.onLine) void ask();
  start().catch(() => { element("[data-no-rule]").hidden = false; }); // a blocked store gives no rule
}
