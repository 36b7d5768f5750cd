// @ts-check
// The blank form of a kind that draws none of its own: its choices come from what this device keeps.
import { liveGrant } from "./queue.js";
import { madeAt, part } from "./reference.js";
import { called, fitting } from "./rules.js";

/** @param {HTMLElement} root */
async function start(root) {
  const wanted = new Map(new URLSearchParams(location.hash.slice(1)));
  const selects = /** @type {HTMLSelectElement[]} */ ([...root.querySelectorAll("select[data-reference]")]);
  const language = document.documentElement.lang;
  /** @param {string} selector @param {boolean} isShown */
  const show = (selector, isShown) => { for (const one of root.querySelectorAll(selector)) /** @type {HTMLElement} */ (one).hidden = !isShown; };
  const choose = () => {
    for (const one of selects) {
      one.value = wanted.get(one.name) ?? one.value;
      if (one.selectedIndex < 0) one.selectedIndex = 0;
    }
  };
  root.addEventListener("outbox:restored", (event) => { // the draft may come before the choices do
    for (const [name, value] of /** @type {CustomEvent} */ (event).detail.fields) wanted.set(name, value);
    choose();
  });
  root.addEventListener("outbox:saved", () => show("[data-after-saved]", true));
  const [grant, at, ...known] = await Promise.all([liveGrant(), madeAt(), ...selects.map((one) => part(one.dataset.reference ?? ""))]);
  for (const [n, select] of selects.entries()) {
    const rows = fitting(known[n] ?? [], select.dataset.kinds);
    select.append(...rows.map((row) => new Option(called(row, language), row.id)));
    if (!rows.length) show("[data-no-choices]", Boolean(grant));
  }
  choose();
  show("[data-no-grant]", !grant);
  show("[data-known]", Boolean(at && selects.length));
  const when = root.querySelector("[data-known-at]");
  if (at && when) when.textContent = at.toLocaleString(language, { dateStyle: "short", timeStyle: "short" });
}

if (globalThis.document) for (const root of document.querySelectorAll("[data-blank]")) void start(/** @type {HTMLElement} */ (root));
