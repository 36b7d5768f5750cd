// @ts-check
// The person of a page. A page is cleared as soon as another person signs in on this device or its own person signs out,
// in any tab, and when the back button restores it. Works without the outbox too.
import { listen, tell } from "./channel.js";

const HERE = "frontline.person"; // the id of the person who signed in last on this device

/** The id of the page's person, whose grant alone may sign its entries; "" if the page belongs to nobody. */
export const pagePerson = () => document.body.dataset.person ?? "";

/** Assigns a cached page, which is the same for everybody, to the person with the grant when it is opened. @param {string | undefined} person */
export function belongTo(person) {
  if (person && !pagePerson()) document.body.dataset.person = person;
}

/** Clears the page. */
export function blank() {
  for (const part of document.querySelectorAll("body > *")) part.remove();
}

/** @param {string | null} person who is signed in on this device now; "" for nobody, null for unknown */
function notice(person) {
  const own = pagePerson();
  if (!own || person === null) return;
  if (person === own) { // signed in again in another tab
    for (const link of document.querySelectorAll("[data-sign-in-beside]")) link.closest("[data-notice]")?.remove();
    return;
  }
  blank();
  const isKept = document.body.hasAttribute("data-shell");
  location.replace(person ? (isKept ? location.href : "/") : (isKept ? "/offline" : "/sign-in"));
}

/** @param {string} person "" when nobody is signed in any more */
export function remember(person) {
  try { localStorage.setItem(HERE, person); } catch { /* without storage the server still knows the page's person */ }
}

/** @returns {string | null} */
function remembered() {
  try { return localStorage.getItem(HERE); } catch { return null; }
}

export function start() {
  if (document.body.hasAttribute("data-signed-in")) {
    remember(pagePerson());
    tell({ type: "person", person: pagePerson() });
  }
  listen((news) => { if (news.type === "person") notice(news.person); });
  addEventListener("storage", (event) => { if (event.key === HERE) notice(event.newValue); }); // Safari before 15.4 has no channel
  document.addEventListener("visibilitychange", () => { if (document.visibilityState === "visible") notice(remembered()); });
  addEventListener("submit", (event) => { // without the outbox the sign-out is an ordinary form
    const form = /** @type {HTMLFormElement} */ (event.target);
    if (new URL(form.action, location.href).pathname === "/sign-out") setTimeout(() => { if (!event.defaultPrevented) remember(""); });
  });
}
