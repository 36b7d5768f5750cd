// @ts-check
// Keeps an unconfirmed slip beyond its page, tab and browser as a sealed draft. It has the fields of the counter's
// form, so that the counter opens it with and without a network. Every open tab has its own draft.
import { nameEntries } from "./entry.js";
import { discard, load, save } from "./outbox/drafts.js";
import { calmly, entryFields } from "./outbox/rules.js";
import { support } from "./outbox/store.js";

/** @typedef {[string, string][]} Fields names and values: the form's, and `code`, `waiting` for what is not yet in a line */

const NAMES = ["counter", ...[2, 3, 4, 5, 6, 7, 8].map((n) => `counter-${n}`)];
const LEAVING_MS = 1000; // a page that is being left still holds the lock of its draft
const SCANNED = /^(lines-|code$|waiting$)/;

/** @returns {HTMLFormElement | null} */
const form = () => document.querySelector("#counter-form");

/** @param {boolean} isShown */
function tellRestored(isShown) {
  const notice = /** @type {HTMLElement | null} */ (document.querySelector("[data-slip-restored]"));
  if (notice) notice.hidden = !isShown;
}

let name = ""; // the name of this page's draft, or ""
let isKept = false;
/** @type {() => Fields} what stands on the page beside its form's fields */
let also = () => [];

/** Whether a draft has scanned or typed values. @param {Fields} fields */
export const holdsSlip = (fields) => fields.some(([field, value]) => SCANNED.test(field) && value !== "");

/** The lines of a draft, in order. @param {Fields} fields @returns {Record<string, string>[]} */
export function linesOf(fields) {
  /** @type {Map<number, Record<string, string>>} */
  const lines = new Map();
  for (const [field, value] of fields) {
    const [, at, part] = /^lines-(\d{1,3})-([a-z_]+)$/.exec(field) ?? [];
    if (part) lines.set(Number(at), { ...lines.get(Number(at)), [part]: value });
  }
  return [...lines].sort(([a], [b]) => a - b).map(([, line]) => line);
}

/** Every value of a name. @param {Fields} fields @param {string} name */
export const valuesOf = (fields, name) => fields.filter(([field]) => field === name).map(([, value]) => value);

const write = calmly(async () => {
  const page = form();
  if (!name || !page) return;
  nameEntries(page); // the uuid of the later confirmation: a recorded slip is not opened as a draft again
  const fields = [...entryFields(new FormData(page)).filter(([field]) => field !== "code" && field !== "held"), ...also()];
  if (holdsSlip(fields)) { isKept = true; await save(name, fields); return; }
  if (isKept) await discard(page);
  isKept = false;
  tellRestored(false);
});

/** Saves the present slip as the draft. */
export function keepSlip() {
  const page = form();
  if (page && name) page.dataset.draft = name; // the form may be new; the outbox discards the draft by this name
  write().catch((error) => console.warn("draft", error));
}

/** @param {string} draft @param {LockOptions} options @returns {Promise<boolean>} whether the draft is this page's for as long as it lives */
const hold = (draft, options) => new Promise((done) => {
  const whileOpen = (/** @type {Lock | null} */ lock) => { done(lock !== null); return lock ? new Promise(() => {}) : undefined; };
  navigator.locks.request(`frontline-${draft}`, options, whileOpen).catch(() => done(false));
});

/** @param {string} draft */
function holdSoon(draft) {
  const controller = new AbortController();
  setTimeout(() => controller.abort(), LEAVING_MS);
  return hold(draft, { signal: controller.signal });
}

/** Finds a draft that no other open page holds, and loads it; otherwise takes a free name. @param {(fields: Fields) => boolean} opens @returns {Promise<Fields | undefined>} */
async function take(opens) {
  const drafts = await Promise.all(NAMES.map((draft) => load(draft)));
  for (const [at, draft] of NAMES.entries()) {
    if (!drafts[at] || !opens(drafts[at] ?? []) || !await holdSoon(draft)) continue;
    name = draft;
    return load(draft); // the last state written by the page that was left
  }
  for (const [at, draft] of NAMES.entries()) {
    if (drafts[at] || !await hold(draft, { ifAvailable: true })) continue;
    name = draft;
    return undefined;
  }
  return undefined;
}

/** @param {Event} event */
async function pressed(event) {
  const page = form();
  if (!page || !(event.target instanceof Element) || !event.target.closest("[data-slip-discard]")) return;
  name = "";
  await discard(page);
  location.reload();
}

/**
 * Keeps this page's slip from now on; returns the slip of an earlier page, if any.
 * @param {() => Fields} more what is scanned or typed and not a field of the form
 * @param {(fields: Fields) => boolean} [opens] whether this page can show a draft
 */
export async function begin(more, opens = () => true) {
  if (support()) return undefined;
  also = more;
  const fields = await take(opens).catch((error) => { console.warn("draft", error); return undefined; });
  document.addEventListener("input", keepSlip);
  document.addEventListener("change", keepSlip);
  document.addEventListener("drafts:ready", keepSlip); // after the keys are loaded
  document.addEventListener("click", pressed);
  const page = form();
  if (page && name) page.dataset.draft = name;
  if (!fields || !holdsSlip(fields)) return undefined;
  isKept = true;
  tellRestored(true);
  return fields;
}
