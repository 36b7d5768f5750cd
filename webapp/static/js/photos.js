// @ts-check
// The photos of a form, from the album or the camera, each with a button to remove it. The hash of the sent file
// (`<name>-sha256`), by which the server detects a truncated upload, and that of the original (`<name>-original`) are sent
// too. Photos survive an answer in place; the draft keeps them (`photos:changed`).
import { takeFromCamera } from "./camera.js";
import { stampOf } from "./photo-stamp.js";
import { joined, taken } from "./pictures.js";
import { say } from "./outbox/messages.js";
import { onSubmit, press } from "./submit.js";

/** @typedef {import("./pictures.js").Taken} Taken */

/** @type {Map<string, Map<string, Taken[]>>} by the entry's uuid and the field's name, since an answer in place redraws the form */
const albums = new Map();
/** @type {WeakMap<HTMLFormElement, Promise<void>>} forms whose photos are being prepared */
const working = new WeakMap();

/** @param {Element} frame @returns {HTMLInputElement} the input that is sent */
const inputOf = (frame) => /** @type {HTMLInputElement} */ (frame.querySelector("input[type='file'][name]"));

/** @param {HTMLFormElement | null} form @returns {Map<string, Taken[]>} */
function albumOf(form) {
  const uuid = /** @type {HTMLInputElement | null} */ (form?.querySelector("[data-entry-uuid]"))?.value ?? "";
  const album = albums.get(uuid) ?? new Map();
  return albums.set(uuid, album).get(uuid) ?? album;
}

/** @param {string} name @param {string} value @returns {HTMLInputElement} */
function hidden(name, value) {
  const input = document.createElement("input");
  Object.assign(input, { type: "hidden", name, value });
  input.dataset.hash = "";
  return input;
}

/** @param {Element} frame @param {string} word @param {Record<string, string | number>} [values] */
const words = (frame, word, values = {}) =>
  (/** @type {HTMLElement} */ (frame).dataset[word] ?? "").replace(/\{(\w+)\}/g, (_, key) => String(values[key] ?? ""));

/** @param {Element} frame @param {Taken} photo @param {number} n */
function thumb(frame, photo, n) {
  const item = document.createElement("div");
  const picture = document.createElement("img");
  const remove = document.createElement("button");
  item.className = "thumb";
  picture.alt = photo.file.name;
  picture.onload = () => URL.revokeObjectURL(picture.src);
  picture.onerror = () => { picture.replaceWith(words(frame, "unreadable", { name: photo.file.name })); };
  picture.src = URL.createObjectURL(photo.file);
  Object.assign(remove, { type: "button", textContent: "×", className: "thumb-remove" });
  remove.setAttribute("aria-label", words(frame, "remove", { n: n + 1 }));
  remove.addEventListener("click", () => put(frame, photosOf(frame).filter((other) => other !== photo), true));
  item.append(picture, remove);
  return item;
}

/** @param {Element} frame @returns {Taken[]} */
const photosOf = (frame) => albumOf(inputOf(frame).form).get(inputOf(frame).name) ?? [];

/** Sets the photos of a field in its input, in its thumbnails and, after a change by a person, in the draft. @param {Element} frame @param {Taken[]} photos @param {boolean} [isChange] */
export function put(frame, photos, isChange = false) {
  const input = inputOf(frame);
  const files = new DataTransfer();
  for (const { file } of photos) files.items.add(file);
  input.files = files.files;
  albumOf(input.form).set(input.name, photos);
  frame.querySelectorAll("input[data-hash]").forEach((old) => old.remove());
  const hashes = photos.flatMap(({ sha256, original }) => [hidden(`${input.name}-sha256`, sha256), hidden(`${input.name}-original`, original)]);
  frame.append(...hashes.filter(({ value }) => value));
  frame.querySelector("[data-thumbs]")?.replaceChildren(...photos.map((photo, n) => thumb(frame, photo, n)));
  frame.dispatchEvent(new CustomEvent("photos:put", { detail: { photos, isChange } }));
  input.dispatchEvent(new Event("input", { bubbles: true })); // for the form's progress
  if (isChange && input.form) announce(input.form);
}

/** Announces the photos of a form, for its draft. @param {HTMLFormElement} form */
function announce(form) {
  const photos = [...albumOf(form)].flatMap(([field, all]) => all.map((photo) => ({ field, ...photo })));
  form.dispatchEvent(new CustomEvent("photos:changed", { bubbles: true, detail: { photos } }));
}

/** Announces the photos that were chosen before drafts were available. */
function announceAll() {
  for (const form of document.forms) {
    if (form.querySelector("[data-photos]") && [...albumOf(form).values()].some((photos) => photos.length)) announce(form);
  }
}

/** @param {Element} frame @param {string[]} lines the problems */
function complain(frame, lines) {
  const place = frame.querySelector("[data-photo-problems]");
  place?.replaceChildren(...lines.map((text) => Object.assign(document.createElement("p"), { className: "error", textContent: text })));
}

/** The number of photos that a form can still add, given those its record already has. @param {HTMLFormElement | null} form @param {Element} frame */
function room(form, frame) {
  const kept = Number(form?.dataset.keptPhotos ?? 0);
  const all = kept + [...albumOf(form).values()].reduce((sum, photos) => sum + photos.length, 0);
  return Number(words(frame, "most")) - all;
}

/** Adds chosen files to the photos of a field. @param {Element} frame @param {File[]} files */
async function add(frame, files) {
  complain(frame, []);
  const status = /** @type {HTMLElement | null} */ (frame.querySelector("[data-photo-busy]"));
  if (status) status.hidden = false;
  /** @type {Taken[]} */
  const chosen = [];
  const problems = [];
  const stampWords = /** @type {HTMLElement} */ (frame).dataset.stamp ?? "";
  for (const file of files) { // in sequence, because a phone has little memory
    try { chosen.push(await taken(file, await stampOf(inputOf(frame).form, file, stampWords))); } catch { problems.push(words(frame, "unreadable", { name: file.name })); }
  }
  const { added, twice, over } = joined(photosOf(frame), chosen, room(inputOf(frame).form, frame));
  problems.push(...twice.map(({ file }) => words(frame, "twice", { name: file.name })));
  if (over.length) problems.push(words(frame, "over", { n: over.length, most: words(frame, "most") }));
  put(frame, [...photosOf(frame), ...added], added.length > 0);
  complain(frame, problems);
  if (status) status.hidden = true;
}

/** @param {{target: EventTarget | null}} event */
function chosen({ target: source }) {
  const frame = source instanceof HTMLInputElement && source.type === "file" ? source.closest("[data-photos]:not([data-signature])") : null;
  if (!frame || !(source instanceof HTMLInputElement)) return;
  const files = Array.from(source.files ?? []);
  if (source !== inputOf(frame)) source.value = "";
  take(frame, files);
}

/** @param {Element} frame @param {File[]} files */
const take = (frame, files) => later(frame, () => add(frame, files));

/** Work on a field's photos after what is under way; a press waits for it. @param {Element} frame @param {() => Promise<void>} work */
export function later(frame, work) {
  const { form } = inputOf(frame);
  const before = (form && working.get(form)) ?? Promise.resolve();
  const done = before.then(work);
  if (!form) return;
  working.set(form, done);
  void done.finally(() => { if (working.get(form) === done) working.delete(form); });
}

/** Opens the camera in the page, for phones that end the page while their own camera is open. @param {Event} event */
function opened({ target }) {
  const button = target instanceof Element ? target.closest("[data-photo-live]") : null;
  const frame = button?.closest("[data-photos]");
  if (frame && button instanceof HTMLElement) void takeFromCamera(button.dataset, (file) => take(frame, [file]));
}

/** Holds a submission until all photos are prepared. @type {import("./submit.js").Step} */
function hold(form, { submitter }) {
  const busy = working.get(form);
  if (!busy) return "go";
  say("saving"); // acknowledge the submission
  void busy.catch(() => {}).then(() => press(form, submitter));
  return "hold";
}

/** Sets the photos of redrawn forms again. */
function prepare() {
  const hasCamera = matchMedia("(pointer: coarse)").matches; // elsewhere both buttons would open the same dialog
  for (const part of document.querySelectorAll("[data-photo-camera]")) /** @type {HTMLElement} */ (part).hidden = !hasCamera;
  for (const part of document.querySelectorAll("[data-photo-live]")) /** @type {HTMLElement} */ (part).hidden = !navigator.mediaDevices;
  for (const frame of document.querySelectorAll("[data-photos]")) {
    const isEmpty = !inputOf(frame).files?.length;
    if (!isEmpty && !photosOf(frame).length) chosen({ target: inputOf(frame) }); // chosen before this script was loaded
    if (!isEmpty || !photosOf(frame).length) continue;
    put(frame, photosOf(frame));
    inputOf(frame).form?.querySelector("[data-photos-lost]")?.remove();
  }
}

/** Restores the photos of a draft. @param {Event} event */
function restored(event) {
  const form = /** @type {HTMLFormElement} */ (event.target);
  for (const { field, ...photo } of /** @type {CustomEvent} */ (event).detail.photos ?? []) {
    const frame = form.querySelector(`input[type="file"][name="${CSS.escape(field)}"]`)?.closest("[data-photos]");
    if (frame) put(frame, [...photosOf(frame), ...joined(photosOf(frame), [photo], room(form, frame)).added]);
  }
}

if (globalThis.document) {
  document.addEventListener("change", chosen);
  document.addEventListener("click", opened);
  onSubmit("photos", hold);
  document.addEventListener("htmx:after:swap", prepare);
  document.addEventListener("outbox:restored", restored);
  document.addEventListener("drafts:kept", announceAll);
  document.addEventListener("photos:not-drafted", (event) => {
    const frame = /** @type {Element} */ (event.target).querySelector("[data-photos]");
    if (frame) complain(frame, [words(frame, "notDrafted")]);
  });
  prepare();
}
