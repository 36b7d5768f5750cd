// @ts-check
// A form whose kind may be recorded offline is kept on the device first; then it posts itself where there is a network.
import { discard } from "./drafts.js";
import { NotKept, keep, kindOf, release, settle, withdraw } from "./queue.js";
import { flush } from "./sender.js";

/** @type {WeakMap<HTMLFormElement, {uuid: string, seq: number, sha256: string}>} forms on their way by themselves */
const posting = new WeakMap();
/** @type {WeakSet<HTMLFormElement>} forms being kept right now */
const keeping = new WeakSet();

/** Shows a message of the page's own: `template#<name>`. @param {string} name @param {Element | null} [place] */
function say(name, place = document.getElementById("messages")) {
  const said = document.getElementById(name);
  if (!(said instanceof HTMLTemplateElement) || !place) return false;
  place.replaceChildren(said.content.cloneNode(true));
  place.scrollIntoView({ block: "nearest" });
  return true;
}

/** @param {HTMLFormElement} form @param {number} seq */
function number(form, seq) {
  let field = /** @type {HTMLInputElement | null} */ (form.querySelector("input[name='device_seq']"));
  if (!field) {
    field = Object.assign(document.createElement("input"), { type: "hidden", name: "device_seq" });
    form.append(field);
  }
  field.value = String(seq);
}

/** @param {HTMLFormElement} form @param {HTMLElement | null} submitter */
async function save(form, submitter) {
  const goesItself = navigator.onLine && !document.body.hasAttribute("data-shell");
  try {
    const kept = await keep(form, submitter, { held: goesItself });
    number(form, kept.seq);
    if (goesItself) { say("saved-here"); post(form, submitter, kept); return; }
    await discard(form);
    const place = document.createElement("div");
    form.replaceWith(place);
    say("saved-here", place);
    place.dispatchEvent(new CustomEvent("outbox:saved", { bubbles: true, detail: kept }));
    void flush();
  } catch (error) {
    const code = error instanceof NotKept ? error.code : "failed";
    if (goesItself && code !== "storage-full") { post(form, submitter, null); return; } // it goes online as ever
    say(code) || say("not-kept");
  } finally {
    keeping.delete(form);
  }
}

/** @param {HTMLFormElement} form @param {HTMLElement | null} submitter @param {any} kept */
function post(form, submitter, kept) {
  if (kept) posting.set(form, kept);
  form.dataset.kept = "yes";
  form.requestSubmit(submitter);
  delete form.dataset.kept;
}

/** On the window, so that it comes before app.js; after photos.js, which holds a press while it shrinks. @param {SubmitEvent} event */
function pressed(event) {
  const form = /** @type {HTMLFormElement} */ (event.target);
  if (!kindOf(form, event.submitter) || form.dataset.kept) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  if (keeping.has(form) || form.dataset.sent) return;
  keeping.add(form);
  void save(form, event.submitter);
}

/** @param {Event} event @returns {[HTMLFormElement | null, any]} */
function about(event) {
  const { ctx } = /** @type {CustomEvent} */ (event).detail ?? {};
  return [ctx?.sourceElement instanceof HTMLFormElement ? ctx.sourceElement : null, ctx?.response];
}

/** @param {Event} event */
function answered(event) {
  const [form, response] = about(event);
  const kept = form && posting.get(form);
  if (!form || !kept) return;
  const [uuid, seq] = (response.headers.get("Frontline-Receipt") ?? "").split(" ");
  if (uuid === kept.uuid) {
    posting.delete(form);
    const outcome = { uuid, sha256: kept.sha256, outcome: "receipt", seq: Number(seq), url: response.headers.get("HX-Redirect") };
    void settle([{ one: kept, outcome }]);
    void discard(form);
    document.querySelector("#messages [data-saved-here]")?.remove(); // the answer says more
  } else if ([403, 409, 422].includes(response.status)) {
    posting.delete(form);
    document.getElementById("messages")?.replaceChildren();
    void withdraw(kept);
  } else {
    lost(event);
  }
}

/** No answer: the sender has it from now on. @param {Event} event */
function lost(event) {
  const [form] = about(event);
  const kept = form && posting.get(form);
  if (!form || !kept) return;
  posting.delete(form);
  say("saved-here");
  form.dispatchEvent(new CustomEvent("outbox:lost", { bubbles: true, detail: kept }));
  void release(kept).then(() => flush());
}

export function start() {
  addEventListener("submit", pressed, true);
  document.addEventListener("htmx:after:request", answered);
  document.addEventListener("htmx:error", lost);
}
