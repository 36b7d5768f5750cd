// @ts-check
// The counter by keyboard: mode keys, Enter in a line's field, and the focus always back in the scan box.
import "./carried.js";
import { onSubmit, press } from "./submit.js";
import { begin, keepSlip, valuesOf } from "./supplies-draft.js";
import { withTimes } from "./wedge.js";

/** @returns {HTMLInputElement | null} */
const box = () => document.querySelector("[data-counter] [data-scan-box]");

/** @returns {HTMLFormElement | null} */
const form = () => /** @type {HTMLFormElement | null} */ (document.getElementById("counter-form"));

/** Calculates the lines again without confirming. @param {HTMLElement | null} [from] the field in which Enter was pressed: a code in it is treated as a scan */
function refresh(from = null) {
  const entered = /** @type {HTMLInputElement | null} */ (form()?.querySelector("input[name='entered']") ?? null);
  if (entered) entered.value = from?.getAttribute("name") ?? "";
  const button = form()?.querySelector("button[value='refresh']");
  press(form(), /** @type {HTMLButtonElement | null} */ (button));
}

/** After an answer, focuses the first wrong field, else the first empty required one, else the box. */
function focusBox() {
  const wrong = document.querySelector("[data-counter] [aria-invalid='true'], #learn_as, #difference_reason") ?? document.querySelector("[data-wanted]");
  const next = wrong instanceof HTMLElement ? wrong : box();
  next?.focus({ preventScroll: next === box() });
}

document.addEventListener("keydown", (event) => {
  if (!form()) return;
  const button = event.key.startsWith("F") && document.querySelector(`[data-hotkey="${CSS.escape(event.key)}"]`);
  if (button instanceof HTMLElement) {
    event.preventDefault();
    button.click();
    return;
  }
  const field = event.target;
  if (event.key === "Enter" && !event.defaultPrevented && field instanceof HTMLElement && field.matches("[data-line-input]")) {
    event.preventDefault(); // Enter here must not confirm the slip
    box()?.focus({ preventScroll: true });
    refresh(field);
  }
});

/** Focuses and reports an unanswered question, which blocks confirming. @returns {boolean} */
function isAsked() {
  const question = document.querySelector("[data-counter] [data-open-question]");
  if (!(question instanceof HTMLElement) || !question.querySelector("[name='asked']")) return false;
  const words = question.querySelector("[data-answer-first]");
  if (words instanceof HTMLElement) words.hidden = false;
  question.focus();
  document.dispatchEvent(new CustomEvent("frontline:say", { detail: "refused" }));
  return true;
}

document.addEventListener("keydown", (event) => {
  const dismiss = event.key === "Escape" && document.querySelector("[data-open-question] button[value='dismiss']");
  if (dismiss instanceof HTMLElement) dismiss.click();
});

document.addEventListener("change", (event) => {
  if (event.target instanceof HTMLElement && event.target.matches("[data-counter] [data-refresh]")) refresh();
});

/** @returns {HTMLButtonElement | null} */
const confirmButton = () => document.querySelector("#counter-form button[value='confirm']");

// Enter in the empty box is a press on "confirm": the outbox needs the button as the submitter.
document.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || event.defaultPrevented || event.target !== box() || box()?.value.trim()) return;
  const button = confirmButton();
  if (!button) return;
  event.preventDefault();
  button.click();
});

// The slip is incomplete until a sent scan is answered: "confirm" does nothing until then.
document.addEventListener("click", (event) => {
  const button = event.target instanceof Element ? event.target.closest("button") : null;
  if (button && button === confirmButton() && (isBusy || isAsked())) event.preventDefault();
}, true);

/** Shows the key hints on devices with a keyboard. */
function nameKeys() {
  const isTouch = window.matchMedia("(pointer: coarse)").matches || window.innerWidth < 768;
  for (const hint of document.querySelectorAll("[data-key-hint]")) /** @type {HTMLElement} */ (hint).hidden = isTouch;
}

// Scans and presses wait until a running request is answered, because each needs the lines and the mode of that answer.
/** @typedef {{code?: string, act?: string, slip?: import("./supplies-draft.js").Fields}} Turn a code, a button, or the slip of an earlier page */
/** @type {Turn[]} */
const waiting = [];
let isBusy = false;
let isOpened = false; // whether the slip of an earlier page was searched for
/** @type {string[]} */
const early = []; // codes sent before that, which follow it

function next() {
  const turn = isBusy ? undefined : waiting.shift();
  const [page, field] = [form(), box()];
  if (!turn || !page || !field) return;
  if (turn.slip) { redraw(page, turn.slip); return; }
  const half = field.value; // unfinished input
  if (turn.code) field.value = turn.code;
  const button = turn.act && page.querySelector(`button[name="act"][value="${CSS.escape(turn.act)}"]`);
  if (!turn.code && !button) { next(); return; }
  press(page, /** @type {HTMLButtonElement | null} */ (button || null));
  if (!field.value) field.value = half;
}

/** @param {Turn} turn */
function take(turn) {
  waiting.push(turn);
  next();
  keepSlip();
}

document.addEventListener("frontline:scan", (event) => {
  const field = box();
  if (!field) return;
  event.preventDefault();
  const whole = withTimes(field.value, /** @type {CustomEvent} */ (event).detail.text);
  field.value = "";
  take({ code: whole });
});

/** The button that takes what stands in the box, or none: Enter. @param {any} submitter */
const isScan = (submitter) => !submitter || submitter.value === "scan";

onSubmit("counter", (pressed, { submitter }) => {
  if (pressed !== form() || !("htmx" in window)) return "go";
  if (!isBusy) {
    isBusy = !pressed.dataset.sent;
    return "go";
  }
  const [field, act] = [box(), /** @type {HTMLButtonElement | null} */ (submitter)?.value ?? ""];
  if (isScan(submitter) && field?.value) { waiting.push({ code: field.value }); field.value = ""; }
  if (/^(mode:|refresh$)/.test(act) && !waiting.some((turn) => turn.act === act && act === "refresh")) waiting.push({ act });
  return "hold";
});

/** @type {unknown} */
let asked = null;
let sent = ""; // the code of the running request
document.addEventListener("htmx:before:request", (event) => {
  if (event.target !== form()) return;
  asked = /** @type {CustomEvent} */ (event).detail.ctx;
  const field = isScan(/** @type {any} */ (asked).request.submitter) ? box() : null; // unfinished input stays
  sent = field?.value ?? "";
  if (field) field.value = ""; // further input belongs to the next scan
  if (sent && !isOpened) early.push(sent);
  keepSlip();
});

/** Handles the answer to the counter's own request, once. @param {Event} event */
function settle(event) {
  const ctx = /** @type {CustomEvent} */ (event).detail?.ctx;
  if (!asked || ctx !== asked) return;
  asked = null;
  isBusy = false;
  nameKeys();
  focusBox();
  if (!ctx.response || ctx.hx?.retarget === "#messages") { // the request failed: restore the code
    const field = box();
    if (field && !field.value) field.value = sent;
    return;
  }
  next();
}

/** The scans and typed text that are not in a line yet. @returns {import("./supplies-draft.js").Fields} */
const notInLines = () => [["code", box()?.value ?? ""], ...[asked ? sent : "", ...waiting.map(({ code }) => code ?? "")].filter(Boolean).map((text) => /** @type {[string, string]} */ (["waiting", text]))];

/** Lets the server draw the slip of an earlier page; its unanswered scans follow, then those of this page. @param {HTMLFormElement} page @param {import("./supplies-draft.js").Fields} fields */
function redraw(page, fields) {
  const names = new Set(fields.map(([name]) => name));
  for (const field of /** @type {any[]} */ ([...page.elements])) {
    if ((names.has(field.name) || /^(lines-|serials$|touched$|held$)/.test(field.name)) && field.type !== "submit" && field !== box()) field.remove();
  }
  for (const [name, value] of fields) if (name !== "code" && name !== "waiting") page.append(Object.assign(document.createElement("input"), { type: "hidden", name, value }));
  const button = Object.assign(document.createElement("button"), { name: "act", value: "refresh", hidden: true });
  page.append(button);
  waiting.unshift(...[...valuesOf(fields, "waiting"), ...early.splice(0)].map((code) => ({ code })));
  const [typed = ""] = valuesOf(fields, "code");
  document.addEventListener("htmx:after:swap", () => { const field = box(); if (field && !field.value) field.value = typed; keepSlip(); }, { once: true });
  press(page, button);
}

document.addEventListener("htmx:after:swap", settle);
document.addEventListener("htmx:error", settle);
document.addEventListener("htmx:after:swap", keepSlip);
nameKeys();
focusBox();
/** Whether a draft matches the mode and place in the page's address; another draft waits until the counter is opened without them. @param {import("./supplies-draft.js").Fields} fields */
function opens(fields) {
  const asked = new URLSearchParams(location.search);
  return ["mode", "place"].every((name) => !asked.get(name) || valuesOf(fields, name).includes(asked.get(name) ?? ""));
}

if (form()) begin(notInLines, opens).then((fields) => {
  isOpened = true;
  if (fields) { waiting.unshift({ slip: fields }); next(); }
});
