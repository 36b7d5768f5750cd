// @ts-check
// The gate's page without a network: the rule and the gates from reference data, a fresh form after each entry, and
// those who came in while this page is open, for leaving by one tap. Who they are stays in this page's memory.
import { faultsOf, whoOf } from "./checkpoints-faults.js";
import { gate, prepare } from "./checkpoints.js";
import { nameEntries } from "./entry.js";
import { whoIsSignedIn } from "./outbox/api.js";
import { listen } from "./outbox/channel.js";
import { madeAt, part } from "./outbox/reference.js";

const HERE = "frontline.gate"; // the id of the gate this tablet stands at, nothing else

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

/** @param {HTMLFormElement} form @returns {import("./checkpoints-faults.js").Bounds} */
const boundsOf = ({ dataset }) => ({ lowest: dataset.lowest ?? "0", highest: dataset.highest ?? "99", most: dataset.most ?? "999" });

/** The day on this device's calendar. */
const today = () => new Date(Date.now() - new Date().getTimezoneOffset() * 60_000).toISOString().slice(0, 10);

/** @param {MouseEvent} event */
function press(event) {
  const button = event.target instanceof Element ? event.target.closest("button:not([type=button])") : null;
  const form = button?.closest("form");
  if (!form || event.defaultPrevented) return; // the reason was asked for
  const typed = Object.fromEntries(/** @type {[string, string][]} */ ([...new FormData(form)]));
  if (form.dataset.kind === "visit.undo") return; // its one field says by itself that it is wanted
  const faults = form.dataset.kind === "visit.in" ? faultsOf(typed, boundsOf(form), today()) : typed.visit || typed.who?.trim() ? {} : { who: "who" };
  if (!isGood(form, faults)) event.preventDefault();
}

/** @param {string} uuid @param {Record<string, string>} entry */
function remember(uuid, entry) {
  const row = copyOf("came");
  row.dataset.visit = uuid;
  /** @type {HTMLInputElement} */ (row.querySelector("[name=place]")).value = entry.place;
  for (const field of row.querySelectorAll("[name=visit]")) /** @type {HTMLInputElement} */ (field).value = uuid;
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

/** @param {Element} place @param {string} decision @param {string} who @param {string} uuid */
function tell(place, decision, who, uuid) {
  const banner = copyOf("said");
  banner.dataset.decision = decision;
  for (const piece of banner.querySelectorAll("[data-of]")) if (piece.getAttribute("data-of") !== decision) piece.remove();
  const undo = banner.querySelector("[data-undo]");
  if (decision === "left" || decision === "undone") undo?.remove();
  for (const field of undo?.querySelectorAll("[name=visit]") ?? []) /** @type {HTMLInputElement} */ (field).value = uuid;
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
  const isUndo = entry.why !== undefined;
  const isRow = isUndo || place.closest("[data-came] li");
  const form = isRow ? null : blankOf(/** @type {HTMLFormElement} */ (blanks.get(entry.decision ? "visit.in" : "visit.out")));
  if (form) place.replaceWith(form); else document.querySelector(`[data-came] li[data-visit="${CSS.escape(entry.visit ?? "")}"]`)?.remove();
  if (form) nameEntries(form);
  if (entry.decision === "pass") remember(uuid, entry);
  one("[data-came]").hidden = !one("[data-came] ul").children.length;
  const who = entry.visit ? said.get(`came ${entry.visit}`)?.name ?? "" : entry.decision ? whoOf(entry) : "";
  tell(/** @type {HTMLElement} */ (section.querySelector("[data-said-here]")), isUndo ? "undone" : entry.decision ?? "left", who, uuid);
  prepare();
  nameEntries(one("[data-came]"));
  for (const banner of document.querySelectorAll("[data-said-here]")) nameEntries(banner);
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
  // A connection without a line behind it says "online" as well: only the server's own answer counts.
  const again = (/** @type {boolean} */ isThere) => { one("[data-online-again]").hidden = !isThere; };
  const ask = () => whoIsSignedIn().then(() => again(true), () => again(false));
  listen((news) => { if (news.type === "state") again(["", "sending", "sign-in"].includes(news.state)); });
  addEventListener("online", ask);
  addEventListener("offline", () => again(false));
  if (navigator.onLine) void ask();
  start().catch(() => { one("[data-no-rule]").hidden = false; }); // a store that does not answer has no rule either
}
