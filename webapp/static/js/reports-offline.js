// @ts-check
// The daily report without a network: which reports are open, and the form of one, drawn of the lines that the device
// keeps (webapp/reports/kept.py) on the pattern of the page.
import { alsoCheck } from "./kept-form.js";
import { written } from "./moments.js";
import { list } from "./outbox/queue.js";
import { madeAt, part } from "./outbox/reference.js";
import { wallClock } from "./parse/dates.js";
import { catchUp, needsReason } from "./reports.js";
import { waitingHere } from "./reports-here.js";

/** @typedef {{code: string, name: string, unit: string, kind: string, computed?: number | null, of_day?: boolean}} Line */
/** @typedef {{id: string, unit: string, kind: string, day: string, due_at: string, lines: Line[]}} Report */

/** A text with the values of its {places}; others stay. @param {string} text @param {Record<string, string>} values */
export const put = (text, values) => text.replace(/\{(\w+)\}/g, (place, name) => values[name] ?? place);

/** The reports whose day has come. @param {Report[]} reports @param {string} today as YYYY-MM-DD */
export const open = (reports, today) => reports.filter(({ day }) => day <= today);

/** What is put into the pattern of a line. @param {Line} line @param {Record<string, string | undefined>} words @returns {Record<string, string>} */
export function valuesOf({ code, name, unit, kind, computed }, words) {
  const number = computed === undefined || computed === null ? "" : String(computed);
  const hint = kind === "figure" ? (number ? put(words.ofFigure ?? "", { n: number }) : words.unknown) : words.ofNumber;
  return { code, name, unit, computed: number, hint: hint ?? "" };
}

/** Whether nothing happened that the records know of, so that a zero is offered; a stock is no event of a day. @param {Report} report */
export const isIdle = ({ lines }) => lines.every(({ of_day, computed }) => !of_day || !computed);

/** A copy of a pattern with values in its texts and attributes. @param {HTMLTemplateElement} pattern @param {Record<string, string>} values */
function drawn(pattern, values) {
  const copy = /** @type {DocumentFragment} */ (pattern.content.cloneNode(true));
  const nodes = document.createTreeWalker(copy, NodeFilter.SHOW_ELEMENT | NodeFilter.SHOW_TEXT);
  while (nodes.nextNode()) {
    const node = nodes.currentNode;
    if (node instanceof Element) for (const attribute of node.attributes) attribute.value = put(attribute.value, values);
    else node.nodeValue = put(node.nodeValue ?? "", values);
  }
  return copy;
}

/** @param {Element} root @param {string} selector @param {boolean} isShown */
function show(root, selector, isShown) {
  for (const part of root.querySelectorAll(selector)) /** @type {HTMLElement} */ (part).hidden = !isShown;
}

/** @param {HTMLFormElement} form @param {Report} report */
function drawLines(form, { lines }) {
  const place = /** @type {HTMLElement} */ (form.querySelector("[data-lines]"));
  const patterns = new Map([...place.querySelectorAll("template")].map((pattern) => [pattern.dataset.lineOf, pattern]));
  for (const line of lines) {
    const copy = drawn(/** @type {HTMLTemplateElement} */ (patterns.get(line.kind === "text" ? "text" : "figure")), valuesOf(line, place.dataset));
    const number = /** @type {HTMLInputElement | null} */ (copy.querySelector("[data-computed]"));
    if (number) number.value = number.dataset.computed ?? "";
    if (!line.unit) copy.querySelector(".unit")?.remove();
    if (line.kind === "number") for (const part of copy.querySelectorAll("[data-reason], input[name^='s_']")) part.remove();
    place.append(copy);
  }
}

/** Puts a draft into the lines, which were drawn after it was opened. @param {HTMLFormElement} form @param {[string, string][]} fields */
function putBack(form, fields) {
  for (const [name, value] of fields) {
    const control = /^[nrst]_/.test(name) ? form.elements.namedItem(name) : null;
    if (control instanceof HTMLInputElement || control instanceof HTMLTextAreaElement) control.value = value;
  }
  if (fields.length) catchUp(form);
}

/** @param {HTMLElement} root @param {HTMLFormElement} form @param {Report} report @param {[string, string][]} typed the draft */
async function drawOne(root, form, report, typed) {
  const [at, queue] = await Promise.all([madeAt(), list()]);
  /** @type {(selector: string, words: string) => void} */
  const say = (selector, words) => { const part = root.querySelector(selector); if (part) part.textContent = words; };
  say("[data-unit]", report.unit);
  say("[data-about]", `${report.kind} · ${report.day}`);
  say("[data-due-at]", put(root.dataset.dueBy ?? "", { when: written(new Date(report.due_at)) }));
  for (const words of root.querySelectorAll("[data-one] .notice span")) words.textContent = put(words.textContent ?? "", { moment: at ? written(at) : "—", n: String(queue.length) });
  root.dataset.reportOf = report.id;
  for (const due of /** @type {NodeListOf<HTMLInputElement>} */ (root.querySelectorAll("input[name=due]"))) due.value = report.id;
  drawLines(form, report);
  if (typed.length) putBack(form, typed); else catchUp(form);
  show(root, "[data-zero]", isIdle(report));
  show(root, "[data-unsent]", queue.length > 0);
  show(root, "[data-one]", true);
}

/** @param {HTMLElement} root @param {Report[]} reports @param {Set<string>} waiting */
function offer(root, reports, waiting) {
  const place = /** @type {HTMLElement} */ (root.querySelector("[data-choice]"));
  const pattern = /** @type {HTMLTemplateElement} */ (place.querySelector("template"));
  for (const { id, unit, day, kind, due_at } of reports) {
    const copy = drawn(pattern, { id, unit, day, kind, due: put(root.dataset.dueBy ?? "", { when: written(new Date(due_at)) }) });
    show(/** @type {any} */ (copy), waiting.has(id) ? "a" : "[data-waiting]", false);
    place.append(copy);
  }
  show(root, "[data-choice]", reports.length > 0);
  show(root, "[data-none]", !reports.length);
}

/** @param {HTMLElement} root */
async function begin(root) {
  const form = /** @type {HTMLFormElement} */ (root.querySelector("form[data-report]"));
  const due = new URLSearchParams(location.hash.slice(1)).get("due") ?? "";
  if (due) form.dataset.draft = `report:${due}`; // that of the online form
  /** @type {[string, string][]} */
  let typed = [];
  form.addEventListener("outbox:restored", (event) => {
    typed = /** @type {CustomEvent} */ (event).detail.fields;
    putBack(form, typed);
  });
  addEventListener("hashchange", () => location.reload()); // the same page, for another report
  document.addEventListener("outbox:saved", () => { // the message stands where the form stood
    show(root, "[data-one] > .notice, [data-zero], [data-one] form", false);
    show(root, "[data-after-saved]", true);
  });
  const zone = document.body.dataset.zone ?? "Asia/Shanghai";
  const [kept, waiting] = await Promise.all([part("reports"), waitingHere()]);
  const reports = open(kept ?? [], wallClock(new Date(), zone).slice(0, 10));
  const left = reports.filter(({ id }) => !waiting.has(id));
  const report = left.find(({ id }) => id === due);
  if (report) { await drawOne(root, form, report, typed); return; }
  if (!due && left.length === 1 && reports.length === 1) { location.replace(`#due=${left[0].id}`); return; }
  show(root, "[data-not-here]", Boolean(due) && !waiting.has(due));
  offer(root, reports, waiting);
}

/** A reason that is asked for and missing. @param {{name: string, value: string, closest: Element["closest"]}} field @returns {string} */
function lacksReason(field) {
  const number = field.name.startsWith("r_") ? /** @type {HTMLInputElement | null | undefined} */ (field.closest("[data-line]")?.querySelector("[data-computed]")) : null;
  return number && !field.value.trim() && needsReason(number.value, number.dataset.computed ?? "") ? "reason" : "";
}

if (globalThis.document) {
  alsoCheck(lacksReason);
  for (const root of document.querySelectorAll("[data-reports]")) void begin(/** @type {HTMLElement} */ (root));
}
