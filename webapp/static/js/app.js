// @ts-check
// Behaviour of every page: registers the service worker, completes entry forms, sends the CSRF token with htmx, prevents
// double submission, shows notices and sets the focus.
import { nameEntries, stamp } from "./entry.js";
import "./keypad.js";
import "./pasting.js";
import { onSubmit, press } from "./submit.js";

const SUBMITS = "button:not([type='button']), input[type='submit']";

/** @param {EventTarget | null} target @param {string} selector @returns {HTMLElement | null} */
const closest = (target, selector) => (target instanceof Element ? target.closest(selector) : null);

/** @param {HTMLFormElement} form @param {boolean} isBusy */
function mark(form, isBusy) {
  if (isBusy) form.dataset.sent = "yes"; else delete form.dataset.sent;
  for (const button of form.querySelectorAll(SUBMITS)) {
    if (isBusy) button.setAttribute("aria-disabled", "true"); else button.removeAttribute("aria-disabled");
  }
}

/** Ignores a second submission while the first is in progress. @type {import("./submit.js").Step} */
function guard(form, event) {
  if (form.method !== "post") return "go";
  if (form.dataset.sent) return "done";
  stamp(form);
  // After the browser has read the form's data; htmx fires an event when it is done (below).
  setTimeout(() => { if (!event.defaultPrevented || form.hasAttribute("hx-post")) mark(form, true); });
  setTimeout(() => mark(form, false), 8000);
  return "go";
}

/** Opens the jump box, which is loaded when it is first asked for. @param {Event} event */
function jump(event) {
  const isKey = event instanceof KeyboardEvent && (event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "k";
  if (!(isKey || closest(event.target, "[data-jump-open]")) || !document.querySelector("dialog#jump")) return;
  event.preventDefault();
  void import("./jump.js").then(({ open }) => open());
}

/** Replaces the page's CSRF token after a stale one. @param {string} token */
function renewToken(token) {
  document.querySelector("meta[name='csrf-token']")?.setAttribute("content", token);
  for (const field of document.querySelectorAll("input[name='csrf_token']")) /** @type {HTMLInputElement} */ (field).value = token;
}

/** Focuses the first error after a swap, else the element that requests the focus. @param {ParentNode} root */
function focusNext(root) {
  const next = root.querySelector("[data-errors]") ?? root.querySelector("[aria-invalid='true']")
    ?? root.querySelector("[data-scan-box], [autofocus]");
  if (next instanceof HTMLElement) next.focus({ preventScroll: next.matches("[data-scan-box]") });
}

/** Scrolls to new notices and makes them closable. */
function showNotices() {
  for (const button of document.querySelectorAll("[data-dismiss][hidden]")) /** @type {HTMLElement} */ (button).hidden = false;
  const last = document.querySelector("#messages [data-notice]");
  if (last instanceof HTMLElement && !last.dataset.shown) {
    last.dataset.shown = "yes";
    last.scrollIntoView({ block: "nearest" });
  }
}

/** Prepares a new part of the page. @param {ParentNode} root */
function prepare(root) {
  nameEntries(root);
  showNotices();
  for (const all of root.querySelectorAll("[data-check-all]")) /** @type {HTMLElement} */ (all).hidden = false;
  for (const button of root.querySelectorAll("[data-back][hidden]")) /** @type {HTMLElement} */ (button).hidden = history.length < 2;
}

/** @param {string | null} theme "light", "dark", or "" for the device's own */
function applyTheme(theme) {
  if (theme) document.documentElement.dataset.theme = theme; else delete document.documentElement.dataset.theme;
  for (const button of document.querySelectorAll("[data-theme-choice]")) {
    button.setAttribute("aria-pressed", String(button.getAttribute("data-theme-choice") === (theme ?? "")));
  }
}

/** @param {MouseEvent} event */
function act(event) {
  const target = closest(event.target, "[data-dismiss], [data-back], [data-opens], [data-closes], [data-theme-choice]");
  if (!target) return;
  if (target.hasAttribute("data-dismiss")) target.closest("[data-notice]")?.remove();
  if (target.hasAttribute("data-back")) history.back();
  const opened = document.getElementById(target.dataset.opens ?? "");
  if (opened?.localName === "dialog") /** @type {any} */ (opened).showModal?.();
  if (target.hasAttribute("data-closes")) target.closest("dialog")?.close();
  if (target.dataset.themeChoice !== undefined) {
    localStorage.setItem("frontline.theme", target.dataset.themeChoice);
    applyTheme(target.dataset.themeChoice);
  }
}

onSubmit("once", guard);
document.addEventListener("click", act);
document.addEventListener("change", (event) => {
  const field = /** @type {HTMLInputElement | null} */ (closest(event.target, "[data-submit-on-change]"));
  press(field?.form);
  const all = /** @type {HTMLInputElement | null} */ (closest(event.target, "[data-check-all] input"));
  for (const box of all?.form?.querySelectorAll("input[type='checkbox']") ?? []) /** @type {HTMLInputElement} */ (box).checked = all?.checked ?? false;
});

document.addEventListener("htmx:config:request", (event) => {
  const token = document.querySelector("meta[name='csrf-token']")?.getAttribute("content");
  const { request } = /** @type {CustomEvent} */ (event).detail.ctx;
  if (token && !/^(GET|HEAD)$/i.test(request.method)) request.headers["X-CSRFToken"] = token;
});
// Before the swap too, since pieces that are kept move from the sent form into the new one.
for (const name of ["htmx:before:swap", "htmx:finally:request"]) document.addEventListener(name, (event) => {
  const form = /** @type {CustomEvent} */ (event).detail?.ctx?.sourceElement;
  if (form instanceof HTMLFormElement) mark(form, false);
});
// An answer without our header is from a proxy or a captive portal and must not replace the form.
document.addEventListener("htmx:after:request", (event) => {
  const { ctx } = /** @type {CustomEvent} */ (event).detail;
  if (!ctx.response.headers.has("Frontline")) {
    event.preventDefault();
    delete ctx.response;
    ctx.sourceElement.dispatchEvent(new CustomEvent("htmx:error", { bubbles: true, detail: { ctx, error: "not our server" } }));
    return;
  }
  const token = ctx.response.headers.get("X-CSRFToken");
  if (token) renewToken(token);
});
document.addEventListener("htmx:error", (event) => {
  const { ctx } = /** @type {CustomEvent} */ (event).detail ?? {};
  const place = document.getElementById("messages");
  const isLook = /^GET$/i.test(ctx?.request?.method ?? "");
  if (isLook && place?.children.length) return; // an existing notice is more important than a failed refresh of figures
  const name = ctx?.response ? "not-shown" : isLook ? "unreachable-look" : "unreachable";
  const template = /** @type {HTMLTemplateElement | null} */ (document.getElementById(name));
  if (template) place?.replaceChildren(template.content.cloneNode(true));
  showNotices();
});
for (const kind of ["keydown", "click"]) document.addEventListener(kind, jump);
document.addEventListener("htmx:after:swap", (event) => {
  const { ctx } = /** @type {CustomEvent} */ (event).detail ?? {};
  const id = ctx?.target instanceof Element ? ctx.target.id : "";
  const arrived = (id && document.getElementById(id)) || document;
  prepare(document);
  focusNext(arrived);
});
window.addEventListener("pageshow", (event) => {
  for (const form of document.forms) mark(form, false);
  // From the back/forward cache: the session's person and the outbox's locks may have changed in the meantime.
  if (event.persisted && document.body.matches("[data-signed-in], [data-shell]")) location.reload();
});

if (document.body.hasAttribute("data-signed-in")) localStorage.setItem("frontline.language", document.documentElement.lang.slice(0, 2)); // for pages without a person
// Only where somebody turned the sound on, or the installed app can show a number.
if (localStorage.getItem("frontline.sound") || ("setAppBadge" in navigator && matchMedia("(display-mode: standalone)").matches)) void import("./alerts.js");
prepare(document);
for (const choices of document.querySelectorAll("[data-theme-switch]")) /** @type {HTMLElement} */ (choices).hidden = false;
applyTheme(document.documentElement.dataset.theme ?? "");
focusNext(document.querySelector("main") ?? document);
if ("serviceWorker" in navigator && window.isSecureContext) {
  navigator.serviceWorker.register("/sw.js").catch(() => {});
}
