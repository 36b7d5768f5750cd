// @ts-check
// The page that stands in for every page without a network: shows the forms this device's person may fill now, and
// opens the one that stands for the address that was asked for.
import { liveGrant } from "./outbox/queue.js";

/** The address that was asked for, less the language. */
const wanted = () => new URLSearchParams(location.search).get("for") ?? location.pathname;

/** English kept by the person, but this page is Chinese: the English one opens instead. */
function switchLanguage() {
  if (localStorage.getItem("frontline.language") !== "en" || document.documentElement.lang === "en") return false;
  location.replace(`/offline?lang=en&for=${encodeURIComponent(wanted())}`);
  return true;
}

async function show() {
  const grant = await liveGrant().catch(() => null);
  const nobody = document.querySelector("[data-no-grant]");
  if (nobody instanceof HTMLElement) nobody.hidden = Boolean(grant);
  if (!grant) return;
  for (const item of document.querySelectorAll("[data-forms] > li")) {
    if (!(item instanceof HTMLElement)) continue;
    item.hidden = !(item.dataset.roles ?? "").split(" ").some((role) => grant.roles.includes(role));
    const stands = item.dataset.standsFor;
    const link = item.querySelector("a");
    if (!item.hidden && stands && link && wanted().startsWith(stands)) { location.replace(link.href); return; }
  }
}

const retry = document.querySelector("[data-retry]");
if (retry instanceof HTMLAnchorElement) retry.href = wanted();
if (!switchLanguage()) show();
