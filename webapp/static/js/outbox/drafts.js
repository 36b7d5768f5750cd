// @ts-check
// Keeps drafts of forms while they are filled in: sealed, for their person only, at most a second behind.
import { random, utf8 } from "./bytes.js";
import { pagePerson } from "./person.js";
import { entryFields } from "./rules.js";
import { decrypt, encrypt } from "./seal.js";
import { all, photoRows, put, read, write } from "./store.js";

const EVERY_MS = 1000;
const ofPhotos = () => import("./draft-photos.js"); // only pages with photos load it
const OWN = "data-draft-own"; // a form whose page handles its draft itself

/** Fills the fields of a form by name; unchecks boxes without a value. @param {HTMLFormElement} form @param {[string, string][]} fields @param {any[]} [photos] */
export function fill(form, fields, photos = []) {
  /** @type {Map<string, string[]>} */
  const left = new Map();
  for (const [name, value] of fields) left.set(name, [...left.get(name) ?? [], value]);
  for (const field of /** @type {Iterable<any>} */ (form.elements)) {
    if (!field.name || ["file", "password", "submit", "button"].includes(field.type) || field.name === "csrf_token" || !left.has(field.name)) continue;
    const values = left.get(field.name) ?? [];
    if (["checkbox", "radio"].includes(field.type)) field.checked = values.includes(field.value);
    else field.value = values.shift() ?? "";
    field.dispatchEvent(new Event("input", { bubbles: true }));
    field.dispatchEvent(new Event("change", { bubbles: true }));
  }
  form.dispatchEvent(new CustomEvent("outbox:restored", { bubbles: true, detail: { fields, photos } }));
}

/** Whether the page belongs to the grant's person; otherwise it neither shows nor keeps that person's drafts. @param {{person: string}} grant */
const isOfThisPage = (grant) => !pagePerson() || pagePerson() === grant.person;

/** Whether the entry of a draft is already queued or has its receipt; its page ended before the draft was deleted. @param {[string, string][]} fields */
async function isRecorded(fields) {
  const uuid = fields.find(([name]) => name === "uuid")?.[1].toLowerCase();
  return Boolean(uuid && (await read("queue", uuid) ?? await read("sent", uuid)));
}

/** @param {string} name @param {number} [minutes] the maximum age @returns {Promise<[string, string][] | undefined>} the fields of the draft, if it is this person's, can be decrypted and is not recorded yet */
export async function load(name, minutes = Infinity) {
  const [kept, key, grant] = await Promise.all([read("drafts", name), read("keys", "drafts"), read("keys", "grant")]);
  if (!kept || !key || kept.person !== grant?.person || !isOfThisPage(grant)) return undefined;
  if (Math.abs(Date.now() - Date.parse(kept.at)) > minutes * 60_000) { await remove(name); return undefined; }
  const opened = await decrypt(key.key, kept.nonce, kept.ciphertext, `${kept.person}/${name}`).catch(() => null);
  const fields = opened ? JSON.parse(new TextDecoder().decode(opened)) : undefined;
  if (!fields || !await isRecorded(fields)) return fields;
  await remove(name);
  return undefined;
}

/** Where a form stands, for the list of drafts. @typedef {{page: string, title: string, about: string, minutes: number}} Where */
/** @typedef {Where & {at: string}} Listed */

/** @param {string} name @returns {Where} */
export function whereOf(name) {
  const form = /** @type {HTMLFormElement | null} */ (document.querySelector(`form[data-draft="${CSS.escape(name)}"]`));
  const place = /** @type {HTMLSelectElement | null} */ (form?.querySelector("select[name='place']"));
  const chosen = place?.value ? place.selectedOptions[0]?.text : document.querySelector("main header h1 ~ p")?.textContent;
  const title = document.querySelector("main h1")?.textContent ?? "";
  const page = location.pathname + location.search + location.hash;
  return { page, title: title.trim(), about: (chosen ?? "").trim(), minutes: Number(form?.dataset.draftMinutes ?? 0) };
}

/** This person's drafts that can be opened, the newest first. @returns {Promise<Listed[]>} */
export async function listed() {
  const [rows, key, grant] = await Promise.all([all("drafts"), read("keys", "drafts"), read("keys", "grant")]);
  if (!key || !grant || !isOfThisPage(grant)) return [];
  /** @type {Listed[]} */
  const drafts = [];
  for (const row of rows.filter(({ person, where }) => person === grant.person && where)) {
    const opened = await decrypt(key.key, row.whereNonce, row.where, `${row.person}/${row.form}/where`).catch(() => null);
    const where = opened && JSON.parse(new TextDecoder().decode(opened));
    if (where && await load(row.form, where.minutes || Infinity)) drafts.push({ ...where, at: row.at });
  }
  return drafts.sort((a, b) => b.at.localeCompare(a.at));
}

/** @param {string} name @param {[string, string][]} fields @param {Where} [stands] if the form is not on this page */
export async function save(name, fields, stands = whereOf(name)) {
  const [key, grant] = await Promise.all([read("keys", "drafts"), read("keys", "grant")]);
  if (!key || !grant || !isOfThisPage(grant)) return;
  const [nonce, whereNonce] = [random(12), random(12)];
  const ciphertext = await encrypt(key.key, nonce, utf8(JSON.stringify(fields)), `${grant.person}/${name}`);
  const where = await encrypt(key.key, whereNonce, utf8(JSON.stringify(stands)), `${grant.person}/${name}/where`);
  await put("drafts", { form: name, person: grant.person, nonce: nonce.buffer, ciphertext, whereNonce: whereNonce.buffer, where, at: new Date().toISOString() });
}

/** @type {Map<string, {timer: any, write: () => void}>} drafts with a pending write */
const pending = new Map();

/** @param {string} name */
const remove = (name) => write(["drafts"], (at) => {
  at("drafts").delete(name);
  at("drafts").delete(photoRows(name));
});

/** Deletes the draft of a form. @param {HTMLFormElement} form */
export async function discard(form) {
  const name = form.dataset.draft ?? "";
  clearTimeout(pending.get(name)?.timer);
  pending.delete(name);
  if (name) await remove(name);
}

/** @type {WeakSet<HTMLFormElement>} forms that somebody has begun to fill in, which a draft must not overwrite */
const begun = new WeakSet();

/** The names of a form's fields that were filled in before this module was here (js/loader.js). @param {HTMLFormElement} form */
const namesFilledEarly = (form) => new Set([...globalThis.filledEarly ?? []].filter((field) => field.form === form).map(({ name }) => name));

/** Saves the draft of a form, at most a second later. @param {HTMLFormElement} form */
function saveSoon(form) {
  const name = form.hasAttribute(OWN) ? "" : form.dataset.draft;
  begun.add(form);
  if (!name || pending.has(name)) return;
  const write = () => {
    pending.delete(name);
    const now = form.isConnected ? form : document.querySelector(`form[data-draft="${CSS.escape(name)}"]`); // redrawn in the meantime
    if (now instanceof HTMLFormElement) save(name, entryFields(new FormData(now))).catch(() => {});
  };
  pending.set(name, { timer: setTimeout(write, EVERY_MS), write });
}

/** @param {Event} event */
function typed(event) {
  const form = event.target instanceof Element ? event.target.closest("form") : null;
  if (form && event.isTrusted) saveSoon(form);
}

/** Writes pending drafts at once when the page is hidden, since a phone may discard it while the camera is open. */
function writePending() {
  if (document.visibilityState !== "hidden") return;
  for (const { timer, write } of [...pending.values()]) { clearTimeout(timer); write(); }
}

let picturing = Promise.resolve(); // in sequence, so that the last choice is stored last

/** @type {Map<HTMLFormElement, any[]>} photos chosen before this person's key was available */
const early = new Map();

/** Stores the changed photos of a form with a draft. @param {HTMLFormElement} form @param {any[]} photos */
async function pictured(form, photos) {
  const name = form.dataset.draft;
  if (!name) return;
  const [key, grant] = await Promise.all([read("keys", "drafts"), read("keys", "grant")]);
  if (!key || !grant || !isOfThisPage(grant)) { early.set(form, photos); return; }
  early.delete(form);
  await (await ofPhotos()).keepPhotos(name, photos, key.key, grant.person);
}

/** @param {HTMLFormElement} form @param {any[]} photos */
function keepPictures(form, photos) {
  picturing = picturing.then(() => pictured(form, photos)).catch(() => {
    form.dispatchEvent(new CustomEvent("photos:not-drafted", { bubbles: true }));
  });
  return picturing;
}

/** @param {HTMLFormElement} form */
async function loadPhotos(form) {
  if (!form.querySelector("[data-photos]")) return [];
  const [{ photosOfDraft }, key, grant] = await Promise.all([ofPhotos(), read("keys", "drafts"), read("keys", "grant")]);
  return key && grant && isOfThisPage(grant) ? photosOfDraft(form.dataset.draft ?? "", key.key, grant.person) : [];
}

/** @param {HTMLFormElement} form */
async function restore(form) {
  const name = form.dataset.draft ?? "";
  const [fields, photos] = await Promise.all([load(name, Number(form.dataset.draftMinutes ?? Infinity)), loadPhotos(form)]);
  const isAnswered = !form.hasAttribute("data-draft-over") && form.querySelector("[aria-invalid='true']") !== null; // the answer already shows the input
  if ((!fields || isAnswered) && !photos.length || begun.has(form)) return;
  begun.add(form);
  const early = namesFilledEarly(form);
  for (let part = form.closest("details"); part; part = part.parentElement?.closest("details") ?? null) part.open = true;
  fill(form, isAnswered ? [] : (fields ?? []).filter(([field]) => !early.has(field)), photos);
  for (const line of form.querySelectorAll("[data-draft-restored]")) /** @type {HTMLElement} */ (line).hidden = false;
  for (const line of form.querySelectorAll("[data-draft-photos]")) {
    /** @type {HTMLElement} */ (line).hidden = !photos.length;
    line.textContent = (line.textContent ?? "").replace("{n}", String(photos.length));
  }
}

/** Deletes the draft of a form without a kind once our server has accepted it and redirects. @param {Event} event */
function answered(event) {
  const { ctx } = /** @type {CustomEvent} */ (event).detail ?? {};
  const form = ctx?.sourceElement;
  const headers = ctx?.response?.headers;
  if (form instanceof HTMLFormElement && form.dataset.draft && !form.dataset.kind && headers?.has("Frontline") && headers.has("HX-Redirect")) discard(form).catch(() => {});
}

export function start() {
  document.addEventListener("htmx:after:request", answered);
  document.addEventListener("input", typed);
  document.addEventListener("change", typed);
  document.addEventListener("click", (event) => { // keys on the page, − and +, frequent answers
    if (event.target instanceof Element && event.target.closest("button[type='button']")) typed(event);
  });
  document.addEventListener("form:filled", ({ target }) => { if (target instanceof HTMLFormElement) saveSoon(target); });
  document.addEventListener("visibilitychange", writePending);
  document.addEventListener("photos:changed", (/** @type {any} */ { target, detail }) => { void keepPictures(target, detail.photos); });
  document.dispatchEvent(new Event("drafts:kept"));
  document.addEventListener("click", async (event) => {
    const button = event.target instanceof Element ? event.target.closest("[data-draft-discard]") : null;
    const form = button?.closest("form");
    if (!form) return;
    await discard(form);
    location.reload();
  });
}

/** Restores the drafts of this page's forms, except those that somebody has begun to fill in, whose photos are stored now. What was filled in before is added to its draft. */
export async function restoreAll() {
  for (const [form, photos] of early) await keepPictures(form, photos);
  for (const form of /** @type {NodeListOf<HTMLFormElement>} */ (document.querySelectorAll(`form[data-draft]:not([${OWN}])`))) {
    if (!begun.has(form)) await restore(form);
    if (namesFilledEarly(form).size) saveSoon(form);
  }
  document.dispatchEvent(new Event("drafts:ready"));
}
