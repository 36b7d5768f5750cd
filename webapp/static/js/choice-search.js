// @ts-check
// The search above a long select: what fits is listed while typing, and chosen by a touch, or by the arrows and Enter.
// The select stays the field: it shows the choice, and works without the search.
import { isCalled } from "./parse/called.js";

const SHOWN = 8; // choices at once: more do not fit above a phone's keyboard

/** The choices that fit what was typed, none for nothing. @template {{text: string, value: string}} T @param {T[]} options @param {string} typed @returns {T[]} */
export const matching = (options, typed) => (typed.trim() ? options.filter(({ text, value }) => value && isCalled(text, typed)) : []);

/** The place of the mark after an arrow, from -1 (none), around the ends. @param {number} at @param {number} by @param {number} count */
export const stepped = (at, by, count) => (count ? (at + by + count + (at < 0 && by < 0 ? 1 : 0)) % count : -1);

/** @param {HTMLInputElement} input @returns {{select: HTMLSelectElement, list: HTMLElement, says: HTMLElement}} */
function partsOf(input) {
  const frame = /** @type {HTMLElement} */ (input.closest(".field"));
  const [select, list, says] = ["select", "[role=listbox]", "[data-choice-says]"].map((selector) => frame.querySelector(selector));
  return { select: /** @type {HTMLSelectElement} */ (select), list: /** @type {HTMLElement} */ (list), says: /** @type {HTMLElement} */ (says) };
}

/** @param {HTMLInputElement} input @param {{text: string, value: string}[]} fitting */
function show(input, fitting) {
  const { list } = partsOf(input);
  list.replaceChildren(...fitting.slice(0, SHOWN).map(({ text, value }, at) => {
    const line = Object.assign(document.createElement("li"), { id: `${list.id}-${at}`, textContent: text });
    line.setAttribute("role", "option");
    line.setAttribute("aria-selected", "false");
    line.dataset.value = value;
    return line;
  }));
  list.hidden = !fitting.length;
  input.setAttribute("aria-expanded", String(!list.hidden));
  input.removeAttribute("aria-activedescendant");
}

/** @param {HTMLInputElement} input @param {string} words @param {Record<string, string>} [values] */
function say(input, words, values = {}) {
  partsOf(input).says.textContent = (input.dataset[words] ?? "").replace(/\{(\w+)\}/g, (_, name) => values[name] ?? "");
}

/** @param {HTMLInputElement} input */
function look(input) {
  const fitting = matching([...partsOf(input).select.options], input.value);
  show(input, fitting);
  if (!input.value.trim()) say(input, "");
  else say(input, fitting.length > SHOWN ? "many" : fitting.length ? "found" : "none", { n: String(fitting.length) });
}

/** @param {HTMLInputElement} input @param {HTMLElement} line */
function choose(input, line) {
  const { select } = partsOf(input);
  select.value = line.dataset.value ?? "";
  for (const kind of ["input", "change"]) select.dispatchEvent(new Event(kind, { bubbles: true }));
  input.value = "";
  show(input, []);
  say(input, "chosen", { what: line.textContent ?? "" });
}

/** @param {HTMLInputElement} input @param {number} by */
function move(input, by) {
  const lines = /** @type {HTMLElement[]} */ ([...partsOf(input).list.children]);
  const to = stepped(lines.findIndex((line) => line.getAttribute("aria-selected") === "true"), by, lines.length);
  for (const [at, line] of lines.entries()) line.setAttribute("aria-selected", String(at === to));
  if (lines[to]) input.setAttribute("aria-activedescendant", lines[to].id);
}

/** @param {KeyboardEvent} event @param {HTMLInputElement} input */
function pressed(event, input) {
  const { list } = partsOf(input);
  if (event.key === "Enter") {
    event.preventDefault(); // the form is not sent from here
    const line = list.querySelector("[aria-selected=true]") ?? (list.children.length === 1 ? list.children[0] : null);
    if (line) choose(input, /** @type {HTMLElement} */ (line));
  } else if (event.key === "Escape") {
    show(input, []);
  } else if (event.key === "ArrowDown" || event.key === "ArrowUp") {
    event.preventDefault();
    move(input, event.key === "ArrowDown" ? 1 : -1);
  }
}

/** @param {EventTarget | null} target @returns {HTMLInputElement | null} */
const searchOf = (target) => (target instanceof HTMLInputElement && target.matches("[data-choice-search]") ? target : null);

if (globalThis.document) {
  document.addEventListener("input", ({ target }) => { const input = searchOf(target); if (input) look(input); });
  document.addEventListener("keydown", (event) => { const input = searchOf(event.target); if (input) pressed(event, input); });
  document.addEventListener("focusout", ({ target }) => { const input = searchOf(target); if (input) show(input, []); });
  for (const kind of ["mousedown", "click"]) {
    document.addEventListener(kind, (event) => {
      const line = /** @type {HTMLElement | null} */ (event.target instanceof Element ? event.target.closest(".choice-search [role=option]") : null);
      const input = line && searchOf(line.closest(".choice-search")?.querySelector("input") ?? null);
      if (!line || !input) return;
      event.preventDefault(); // the focus stays in the search
      if (kind === "click") choose(input, line);
    });
  }
}
