// @ts-check
// The outbox of every page: who may record here, when to send, what the header shows.
import "./intercept.js";
import { flush } from "./sender.js";
import { ensureGrant, forgetPerson, refreshReference, signOut } from "./session.js";
import { get, support } from "./store.js";

const EVERY_MS = 60_000;
const person = () => document.body.dataset.person ?? "";

/** A meeting with the server: grant, reference data, and what waits. @param {boolean} [force] */
export async function meet(force = false) {
  if (support() || !navigator.onLine) return;
  if (person()) {
    const held = await get("keys", "grant");
    if (held && held.person !== person()) await forgetPerson();
    await ensureGrant(person()).catch(() => {});
    await refreshReference().catch(() => {});
  }
  await flush({ force });
}

/** @param {SubmitEvent} event */
function onSignOut(event) {
  const form = /** @type {HTMLFormElement} */ (event.target);
  if (!form.matches("form[action='/sign-out']") || form.dataset.forgotten || support()) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  const isOffline = !navigator.onLine;
  void signOut(isOffline).finally(() => {
    form.dataset.forgotten = "yes";
    if (isOffline) { document.body.replaceChildren(); location.replace("/offline"); } else form.requestSubmit();
  });
}

document.addEventListener("frontline:outbox", (event) => {
  const { what, elsewhere, grant_is_live } = /** @type {CustomEvent} */ (event).detail;
  if (what === "forgotten" && elsewhere) { document.body.replaceChildren(); location.replace("/"); }
  if (what === "reached" && grant_is_live === false && person() && !elsewhere) void ensureGrant(person(), true).catch(() => {});
  if (what === "kept" && elsewhere === undefined && document.body.hasAttribute("data-shell")) void flush();
});

window.addEventListener("submit", onSignOut, true);
window.addEventListener("online", () => void meet(true));
document.addEventListener("visibilitychange", () => { if (document.visibilityState === "visible") void meet(); });
setInterval(() => void meet(), EVERY_MS);
void meet();
