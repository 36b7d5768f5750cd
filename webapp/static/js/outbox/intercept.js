// @ts-check
// Keeps forms of kinds that may be recorded offline on the device first, and then posts them if there is a network.
// While the copy is here, the page never asks to submit the form again.
import { onSubmit, press } from "../submit.js";
import { discard } from "./drafts.js";
import { within } from "./limits.js";
import { say, unsay } from "./messages.js";
import { NotKept, keep, kindOf, release, settle, withdraw } from "./queue.js";
import { meaningOf } from "./rules.js";
import { flush } from "./sender.js";

const BUSY_MS = 400; // until a slow save is announced
const LEAVES_MS = 3000;

/** @typedef {{uuid: string, seq: number, sha256: string}} Kept */

/** @type {WeakMap<HTMLFormElement, Kept>} forms that are being posted */
const posting = new WeakMap();
/** @type {WeakSet<HTMLFormElement>} forms that are being kept, and those with a receipt */
const closed = new WeakSet();

/** @param {HTMLFormElement} form @param {number} seq */
function number(form, seq) {
  let field = /** @type {HTMLInputElement | null} */ (form.querySelector("input[name='device_seq']"));
  if (!field) {
    field = Object.assign(document.createElement("input"), { type: "hidden", name: "device_seq" });
    form.append(field);
  }
  field.value = String(seq);
}

/** Whether a form posts itself; without htmx the answer would be a new page that this script cannot read. */
const postsItself = () => navigator.onLine && "htmx" in window && !document.body.hasAttribute("data-shell");

/** @param {HTMLFormElement} form @param {HTMLElement | null} submitter */
async function save(form, submitter) {
  const goesItself = postsItself();
  const busy = setTimeout(() => say("saving"), BUSY_MS);
  try {
    const kept = await keep(form, submitter, { held: goesItself });
    number(form, kept.seq);
    if (goesItself) { say("saved-here"); post(form, submitter, kept); return; }
    await makeRoom(form, kept, "saved-here");
  } catch (error) {
    const code = error instanceof NotKept ? error.code : "failed";
    if (!(error instanceof NotKept)) console.warn("outbox", error);
    if (navigator.onLine && !document.body.hasAttribute("data-shell") && code !== "storage-full") { unsay(); post(form, submitter, null); return; } // post online without a copy
    say(code) || say("not-kept");
  } finally {
    clearTimeout(busy);
    closed.delete(form);
  }
}

/** @param {HTMLFormElement} form @param {HTMLElement | null} submitter @param {Kept | null} kept */
function post(form, submitter, kept) {
  if (kept) posting.set(form, kept);
  form.dataset.kept = "yes";
  press(form, submitter);
  delete form.dataset.kept;
}

/** Replaces the form of a waiting entry by a message, and lets the sender deliver it. @param {HTMLFormElement} form @param {Kept} kept @param {string} name */
async function makeRoom(form, kept, name) {
  const place = document.createElement("div");
  unsay();
  if (form.isConnected) { form.replaceWith(place); say(name, place); } else say(name); // redrawn in the meantime
  place.dispatchEvent(new CustomEvent("outbox:saved", { bubbles: true, detail: kept }));
  await discard(form).catch(() => {}); // only a draft
  flush().catch((error) => console.warn("outbox", error));
}

/** Keeps a copy of a submitted form and submits it again afterwards. @type {import("../submit.js").Step} */
function pressed(form, { submitter }) {
  if (!kindOf(form, submitter) || form.dataset.kept) return "go";
  if (closed.has(form) || posting.has(form) || form.dataset.sent) return "done";
  closed.add(form);
  void save(form, submitter);
  return "hold";
}

/** @param {Event} event @returns {any} htmx's context of a request, with its form and the form's copy as `kept` */
function about(event) {
  const { ctx } = /** @type {CustomEvent} */ (event).detail ?? {};
  const form = ctx?.sourceElement instanceof HTMLFormElement ? ctx.sourceElement : null;
  return { ctx, form, kept: form && posting.get(form) };
}

/** @param {Event} event */
function answered(event) {
  const { ctx, form, kept } = about(event);
  if (!kept) return;
  const { headers } = ctx.response;
  const meaning = meaningOf(kept.uuid, { receipt: headers.get("Frontline-Receipt"), word: headers.get("Frontline") });
  if (meaning === "none") {
    event.preventDefault(); // the answer does not settle this form
    lost(event);
    return;
  }
  posting.delete(form);
  unsay();
  if (meaning === "refused") { withdraw(kept).catch((error) => console.warn("outbox", error)); return; }
  const seq = Number(headers.get("Frontline-Receipt").split(" ")[1]);
  const outcome = { uuid: kept.uuid, sha256: kept.sha256, outcome: "receipt", seq, url: headers.get("HX-Redirect") };
  const settled = Promise.all([settle([{ copy: kept, outcome }]), discard(form)]);
  const next = headers.get("HX-Redirect");
  if (!next) { settled.catch((error) => console.warn("outbox", error)); return; }
  event.preventDefault(); // leave the page once the copy is settled
  closed.add(form);
  within(LEAVES_MS, () => settled).catch(() => {}).finally(() => location.assign(next));
}

/** Hands an unanswered form over to the sender. @param {Event} event */
function lost(event) {
  const { ctx, form, kept } = about(event);
  if (!kept) return;
  posting.delete(form);
  const name = ctx.response?.status === 401 ? "saved-sign-in" : "saved-here";
  release(kept).catch((error) => console.warn("outbox", error)).then(() => makeRoom(form, kept, name));
}

export function start() {
  onSubmit("keep", pressed);
  document.addEventListener("htmx:after:request", answered);
  document.addEventListener("htmx:error", lost);
}
