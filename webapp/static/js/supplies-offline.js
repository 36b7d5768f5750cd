// @ts-check
// The counter without a network: scans build a slip on this page; confirming keeps it on the device.
import { part } from "./outbox/reference.js";
import { say } from "./scanner.js";
import { onSubmit } from "./submit.js";
import { keepSlip } from "./supplies-draft.js";
import { isNothing } from "./supplies-offline-codes.js";
import { forget, isSure, outdate } from "./supplies-offline-doubts.js";
import { fault } from "./supplies-offline-faults.js";
import { restoreSlip } from "./supplies-offline-draft.js";
import { mark, partOf, rowOf } from "./supplies-offline-lines.js";
import { showNotFound } from "./supplies-offline-missing.js";
import { ask, dismiss, isAsked } from "./supplies-offline-question.js";
import { settle } from "./supplies-offline-slip.js";
import { remove, scannedInto, take } from "./supplies-offline-take.js";
import { nameOf, today, word } from "./supplies-offline-words.js";
import { withTimes } from "./wedge.js";

/** @type {import("./supplies-offline-slip.js").Known} */
const known = { items: [], stock: [], consumers: [] };
/** @type {import("./supplies-offline-slip.js").Slip} */
const slip = { mode: "out", place: "", lines: [], touched: -1, serials: [] };

/** @param {string} selector @param {ParentNode} [root] @returns {any} */
const find = (selector, root = document) => root.querySelector(selector);
/** @param {string} selector @returns {any[]} */
const findAll = (selector) => [...form().querySelectorAll(selector)];
// Each slip has a form of its own.
const form = () => /** @type {HTMLFormElement} */ (find("#counter-form"));
const box = () => /** @type {HTMLInputElement} */ (find("[data-scan-box]"));
const places = () => /** @type {HTMLSelectElement} */ (find("#place"));

/** @param {"refused" | "warning" | "ok"} status @param {string} text */
function tell(status, text) {
  const notice = find(`[data-notice-${status}]`).content.firstElementChild.cloneNode(true);
  find("p", notice).textContent = text;
  find("#counter-says").replaceChildren(notice);
}

function draw() {
  form().dataset.kind = `stock.${slip.mode}`;
  find("#code-help").textContent = word(slip.mode === "count" ? "help-count" : "help");
  for (const button of findAll("[data-mode]")) {
    const isOn = button.dataset.mode === slip.mode;
    button.setAttribute("aria-pressed", String(isOn));
    if (!isOn) continue;
    find("[data-paper-name]").textContent = button.dataset.paper;
    find("[data-confirm-words]").textContent = word("confirm", { paper: button.dataset.paper });
  }
  for (const wrap of findAll("[data-modes]")) {
    wrap.hidden = wrap.dataset.modes !== slip.mode;
    find("input, select", wrap).disabled = wrap.hidden;
  }
  for (const option of find("#transfer-other").options) option.hidden = option.disabled = option.value === slip.place;
  if (find("#transfer-other").value === slip.place) find("#transfer-other").value = "";
  slip.scope = find("#count-scope").value; // a restored draft may have chosen it
  outdate(slip, known);
  find("[data-lines] tbody").replaceChildren(...slip.lines.map((_line, at) => rowOf(slip, known, at)));
  showNotFound(slip, known);
  find("[data-count]").textContent = word("lines", { n: slip.lines.length });
  find("[data-empty]").hidden = slip.lines.length > 0;
  find("[data-lines]").hidden = find("[data-side]").hidden = !slip.lines.length;
  form().hidden = false;
  keepSlip();
}

/** Focuses the first line without a quantity, else the box. */
function focusNext() {
  const quantity = findAll("input.quantity").find((field) => !field.value);
  (quantity ?? box()).focus({ preventScroll: !quantity });
}

/** @param {string} typed @param {import("./supplies-offline-take.js").Answer} [answer] */
function enter(typed, answer) {
  box().value = "";
  if (isNothing(typed)) { if (isAsked()) say("refused"); else if (slip.lines.length) find("[data-confirm]").click(); return; }
  const outcome = take(slip, typed, known, today(), answer);
  draw();
  say(outcome.result);
  find("#counter-says").replaceChildren();
  focusNext();
  if (outcome.stop) ask(outcome, outcome.item ? nameOf(outcome.item) : "", enter);
  else if (outcome.place) {
    find(`#${slip.mode}-other`).value = outcome.place.id;
    tell("ok", word("chosen", { place: outcome.place.name }));
  } else if (outcome.notes?.length) tell("warning", outcome.notes.map(([name, value]) => word(`note-${name}`, { value })).join(" "));
}

/** Handles Enter in a line's field: a code in it is treated as a scan. @param {HTMLInputElement} field */
function entered(field) {
  const line = /** @type {any} */ (slip.lines[Number(field.closest("tr")?.dataset.at)]);
  const name = partOf(field);
  const scan = line ? scannedInto(line, name, known) : "";
  focusNext();
  if (!scan) return;
  line[name] = name === "quantity" ? field.defaultValue : "";
  enter(scan);
}

/** @param {MouseEvent} event */
function pressed(event) {
  const button = event.target instanceof Element ? event.target.closest("button") : null;
  if (!button || !form().contains(button)) return;
  if (button.dataset.mode) {
    slip.mode = /** @type {any} */ (button.dataset.mode);
    draw();
    box().focus({ preventScroll: true });
  }
  if (button.hasAttribute("data-add")) enter(box().value);
  if (button.hasAttribute("data-dismiss")) { dismiss(); box().focus({ preventScroll: true }); }
  if (button.hasAttribute("data-remove")) { remove(slip, Number(button.closest("tr")?.dataset.at)); draw(); }
}

/** Checks the slip before the outbox keeps it. @type {import("./submit.js").Step} */
function confirmed(submitted) {
  if (submitted !== form()) return "go";
  if (isAsked()) { say("refused"); return "done"; }
  find("#counter-says").replaceChildren();
  const wrong = fault(slip, known, today(), word);
  if (!wrong && isSure(slip, known)) return "go";
  if (!wrong) { say("refused"); return "done"; }
  tell("refused", wrong[0]);
  if (wrong[1] !== box()) wrong[1].setAttribute("aria-invalid", "true");
  wrong[1].focus();
  return "done";
}

/** @param {KeyboardEvent} event */
function key(event) {
  const button = /^F[1-4]$/.test(event.key) && find(`[data-hotkey="${event.key}"]`);
  if (button) { event.preventDefault(); button.click(); return; }
  if (event.key === "Escape") dismiss();
  if (event.key !== "Enter" || event.defaultPrevented || !(event.target instanceof HTMLInputElement)) return;
  if (event.target === box()) { event.preventDefault(); enter(box().value); }
  else if (event.target.matches("[data-line-input]")) { event.preventDefault(); entered(event.target); }
}

/** @param {Event} event */
function typed(event) {
  const field = /** @type {any} */ (event.target);
  if (field === places()) { slip.place = field.value; draw(); return; }
  if (field.name === "scope" || field.name === "reason") draw();
  const row = field.closest?.("tr[data-at]");
  if (!row) return;
  /** @type {any} */ (slip.lines[Number(row.dataset.at)])[partOf(field)] = field.value.trim();
  for (const line of findAll("tr[data-at]")) mark(line, slip, known, Number(line.dataset.at));
  showNotFound(slip, known);
}

/** Updates the stock once the slip is kept; kept-form.js has put a blank form in its place. @param {Event} event */
function saved(event) {
  const place = /** @type {HTMLElement} */ (event.target);
  settle(slip, known);
  find("[data-saved-place]")?.remove();
  place.dataset.savedPlace = "";
  form().before(place);
  forget();
  Object.assign(slip, { lines: [], touched: -1, serials: [] });
  for (const list of findAll("[name='other']")) list.value = "";
  draw();
  say("ok");
  box().focus({ preventScroll: true });
}

/** Once kept-form.js has filled the choices. */
const offered = () => new Promise((done) => {
  if (places().options.length > 1) done(true);
  else document.addEventListener("kept:choices", done, { once: true });
});

async function start() {
  const [items = [], stock = [], consumers = [], counting = []] = await Promise.all(["items", "stock", "consumers", "counting"].map(part));
  const reader = typeof parseBarcode === "function" ? parseBarcode : undefined;
  Object.assign(known, { items, stock, consumers, reader, counting: counting[0] });
  await offered();
  if (places().options.length < 2) return;
  if (!places().value) places().selectedIndex = 1;
  slip.place = places().value;
  await restoreSlip({ form: form(), box, places: places(), slip, known, draw, enter });
  draw();
  box().focus({ preventScroll: true });
}

document.addEventListener("click", pressed);
document.addEventListener("keydown", key);
document.addEventListener("input", typed);
document.addEventListener("change", typed);
document.addEventListener("outbox:saved", saved);
onSubmit("checks", confirmed);
document.addEventListener("frontline:scan", (event) => {
  event.preventDefault();
  enter(withTimes(box().value, /** @type {CustomEvent} */ (event).detail.text));
});
start();
