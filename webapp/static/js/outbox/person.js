// @ts-check
// Whose page this is. A page of one person is emptied as soon as another signs in on this device, or its own signs out,
// in whichever tab, and when the back button brings it up again. Works where the outbox does not.
import { listen, tell } from "./channel.js";

const HERE = "frontline.person"; // the id of who signed in last on this device, nothing else

/** Nobody else's leave may sign for what is typed on this page. "" where nobody is named. */
export const pagePerson = () => document.body.dataset.person ?? "";

/** A page that a device keeps is the same for everybody: it belongs to who may record here when it is opened. @param {string | undefined} person */
export function belongTo(person) {
  if (person && !pagePerson()) document.body.dataset.person = person;
}

/** What stands here is nobody's to see any more. */
export function blank() {
  for (const part of document.querySelectorAll("body > *")) part.remove();
}

/** @param {string | null} person who is signed in on this device now; "" for nobody, null for unknown */
function notice(person) {
  const own = pagePerson();
  if (!own || person === null) return;
  if (person === own) { // signed in again, beside this page
    for (const asked of document.querySelectorAll("[data-sign-in-beside]")) asked.closest("[data-notice]")?.remove();
    return;
  }
  blank();
  const isKept = document.body.hasAttribute("data-shell");
  location.replace(person ? (isKept ? location.href : "/") : (isKept ? "/offline" : "/sign-in"));
}

/** @param {string} person "" when nobody is signed in here any more */
export function remember(person) {
  try { localStorage.setItem(HERE, person); } catch { /* no storage here: the server still knows whose page it was */ }
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
  addEventListener("submit", (event) => { // without the outbox a sign-out is a form like any other
    const form = /** @type {HTMLFormElement} */ (event.target);
    if (new URL(form.action, location.href).pathname === "/sign-out") setTimeout(() => { if (!event.defaultPrevented) remember(""); });
  });
}
