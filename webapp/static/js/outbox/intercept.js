// @ts-check
// A form of a kind that may be recorded offline is kept in the outbox before anything is sent (docs/offline.md).
//
// `form[data-kind]`, or the pressed `button[data-kind]` in a form, names the kind. A form of the shell (`body[data-shell]`)
// never posts itself. Words come from templates: #saved-here, #storage-full, #no-grant.
import { nameEntries, stamp } from "../entry.js";
import { handOver, keep, settleByForm, withdraw } from "./queue.js";
import { flush } from "./sender.js";
import { support } from "./store.js";

const isShell = () => document.body.hasAttribute("data-shell");

/** The fields of an envelope: all, or those whose names begin as `data-envelope` lists. @param {HTMLFormElement} form @param {FormData} data @returns {[string, string][]} */
export function fieldsOf(form, data) {
  const begins = (form.dataset.envelope ?? "").split(" ").filter(Boolean);
  const isSaid = (/** @type {string} */ name) => name !== "csrf_token" && (!begins.length || begins.some((start) => name === start || (start.endsWith("-") && name.startsWith(start))));
  return [...data].flatMap(([name, value]) => (typeof value === "string" && isSaid(name) ? [/** @type {[string, string]} */ ([name, value])] : []));
}

/** @param {FormData} data @returns {Promise<{field: string, bytes: ArrayBuffer}[]>} */
const photosOf = (data) => Promise.all([...data].flatMap(([field, file]) =>
  (file instanceof File && file.size ? [file.arrayBuffer().then((bytes) => ({ field, bytes }))] : [])));

/** Shows a template's words in #messages. @param {string} id */
export function say(id) {
  const template = document.getElementById(id);
  const place = document.getElementById("messages");
  if (!(template instanceof HTMLTemplateElement) || !place) return;
  place.replaceChildren(template.content.cloneNode(true));
  place.scrollIntoView({ block: "nearest" });
}

/** The entry is safe, and this page can do no more for it now. @param {HTMLFormElement} form @param {string} uuid */
function leave(form, uuid) {
  form.dataset.saved = uuid;
  document.dispatchEvent(new CustomEvent("frontline:saved", { detail: { uuid, form } }));
  say("saved-here");
  form.reset();
  for (const field of form.querySelectorAll("[data-entry-uuid], [data-entry-captured-at]")) /** @type {HTMLInputElement} */ (field).value = "";
  nameEntries(form);
  window.scrollTo({ top: 0 });
}

/** @param {HTMLFormElement} form @param {HTMLElement | null} submitter @param {string} kind */
async function keepFirst(form, submitter, kind) {
  nameEntries(form);
  stamp(form);
  const uuid = /** @type {HTMLInputElement | null} */ (form.querySelector("[data-entry-uuid]"))?.value ?? "";
  const captured_at = /** @type {HTMLInputElement | null} */ (form.querySelector("[data-entry-captured-at]"))?.value || undefined;
  const data = new FormData(form, submitter);
  const posts = !isShell() && navigator.onLine;
  try {
    const item = await keep({ uuid, kind, fields: fieldsOf(form, data), photos: await photosOf(data), posts, captured_at });
    const seq = form.querySelector("[data-entry-device-seq]");
    if (seq instanceof HTMLInputElement) seq.value = String(item.seq);
  } catch (error) {
    const name = error instanceof Error ? error.name : "";
    if (posts) return post(form, submitter); // as before there was an outbox
    say(name === "QuotaExceededError" ? "storage-full" : "no-grant");
    return;
  }
  if (posts) post(form, submitter, uuid);
  else { leave(form, uuid); void flush(); }
}

/** Let the form go its ordinary way. @param {HTMLFormElement} form @param {HTMLElement | null} submitter @param {string} [uuid] */
function post(form, submitter, uuid = "") {
  form.dataset.passes = "yes";
  form.dataset.kept = uuid;
  form.requestSubmit(submitter);
}

/** @param {SubmitEvent} event */
function onSubmit(event) {
  const form = /** @type {HTMLFormElement} */ (event.target);
  const submitter = event.submitter;
  const kind = submitter?.dataset.kind || form.dataset.kind;
  if (!kind || event.defaultPrevented) return;
  if (form.dataset.passes) { delete form.dataset.passes; return; }
  if (support() || (!isShell() && !document.body.hasAttribute("data-signed-in"))) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  if (form.dataset.keeping) return;
  if (isShell() && !form.reportValidity()) return;
  form.dataset.keeping = "yes";
  void keepFirst(form, submitter, kind).finally(() => { delete form.dataset.keeping; });
}

/** The answer to a form that posted itself. @param {any} ctx */
async function onAnswer(ctx) {
  const form = ctx?.sourceElement;
  const uuid = form instanceof HTMLFormElement ? form.dataset.kept : "";
  if (!uuid) return;
  delete form.dataset.kept;
  const { status } = ctx.response;
  const [receipt, seq] = (ctx.response.headers.get("Frontline-Receipt") ?? "").split(" ");
  if (receipt === uuid) await settleByForm(uuid, Number(seq));
  else if (status >= 400 && status < 500 && status !== 401 && status !== 408 && status !== 429) await withdraw(uuid);
  else { await handOver(uuid); say("saved-here"); void flush(); }
}

/** The form did not get through. @param {any} ctx */
async function onTrouble(ctx) {
  const form = ctx?.sourceElement;
  const uuid = form instanceof HTMLFormElement ? form.dataset.kept : "";
  if (!uuid) return;
  delete form.dataset.kept;
  await handOver(uuid);
  leave(form, uuid);
}

window.addEventListener("submit", onSubmit, true);
document.addEventListener("htmx:after:request", (event) => void onAnswer(/** @type {CustomEvent} */ (event).detail?.ctx));
document.addEventListener("htmx:error", (event) => void onTrouble(/** @type {CustomEvent} */ (event).detail?.ctx));
