// @ts-check
// The scan box without a network: a place's label or code among the reference data, and the blank forms that fit it.
import { called } from "./outbox/rules.js";
import { liveGrant } from "./outbox/queue.js";
import { part } from "./outbox/reference.js";
import { placeOf } from "./parse/labels.js";
import { onSubmit } from "./submit.js";

/** @typedef {import("./outbox/rules.js").Row} Row */

/** May a form be filled at a place? @param {Row} place @param {string} kinds of places the form takes; none: all @param {string} roles that record it @param {string[]} held roles of this device's person */
export const isFitting = (place, kinds, roles, held) =>
  (!kinds || kinds.split(" ").includes(place.kind ?? "")) && roles.split(" ").some((role) => held.includes(role) && (place.roles ?? []).includes(role));

/** @param {string} selector @returns {HTMLElement} */
const element = (selector) => /** @type {HTMLElement} */ (document.querySelector(selector));

/** @param {string} text */
async function answer(text) {
  const [grant, places] = await Promise.all([liveGrant(), part("places")]);
  const place = placeOf(text, places ?? []);
  const forms = /** @type {HTMLElement[]} */ ([...document.querySelectorAll("[data-forms] > li")]);
  let fitting = 0;
  for (const form of forms) {
    const { kinds = "", roles = "" } = form.dataset;
    form.hidden = !place || !isFitting(place, kinds, roles, grant?.roles ?? []);
    fitting += Number(!form.hidden);
    const link = /** @type {HTMLAnchorElement} */ (form.querySelector("a"));
    link.toggleAttribute("data-primary", !form.hidden && fitting === 1);
    if (place) link.hash = `place=${place.id}`;
  }
  const only = fitting === 1 ? document.querySelector("[data-forms] > li:not([hidden]) a") : null;
  if (only instanceof HTMLAnchorElement) { location.assign(only.href); return; }
  element("[data-found]").hidden = !place;
  element("[data-found]").textContent = place ? called(place, document.documentElement.lang) : "";
  element("[data-unknown]").hidden = Boolean(place) || !grant;
  element("[data-nothing-fits]").hidden = !place || fitting > 0;
  element("[data-no-grant]").hidden = Boolean(grant);
  document.dispatchEvent(new CustomEvent("frontline:say", { detail: fitting ? "ok" : "refused" }));
}

if (globalThis.document?.querySelector("[data-scan-offline]")) {
  const form = element("[data-scan-offline]");
  const box = /** @type {HTMLInputElement} */ (form.querySelector("[data-scan-box]"));
  onSubmit("checks", (pressed) => {
    if (pressed !== form) return "go";
    if (box.value.trim()) void answer(box.value);
    box.select();
    return "done";
  });
  const code = new URLSearchParams(location.hash.slice(1)).get("code");
  if (code) void answer(code);
}
