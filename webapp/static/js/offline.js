// @ts-check
// The page that stands in for every page without a network: shows the forms this device's person may fill now, and
// opens the one that stands for the address that was asked for.
import { liveGrant } from "./outbox/queue.js";

/** The address that was asked for, with its query. */
const wanted = () => new URLSearchParams(location.hash.slice(1)).get("for") ?? location.pathname + location.search;

/** How well a form stands for an address: 0 not at all, 1 it may, 2 what it asks of the query is there. @param {string} stands @param {URL} asked */
function fits(stands, asked) {
  const own = new URL(stands, location.origin);
  if (!asked.pathname.startsWith(own.pathname)) return 0;
  const said = [...own.searchParams].map(([name, value]) => (asked.searchParams.get(name) ?? value) === value);
  if (said.includes(false)) return 0;
  return [...own.searchParams.keys()].every((name) => asked.searchParams.has(name)) ? 2 : 1;
}

/** English kept by the person, but this page is Chinese: the English one opens instead. What was asked for stands behind the #: the worker keeps pages by their whole address. */
function switchLanguage() {
  if (localStorage.getItem("frontline.language") !== "en" || document.documentElement.lang === "en") return false;
  location.replace(`/offline?lang=en#for=${encodeURIComponent(wanted())}`);
  return true;
}

async function show() {
  const grant = await liveGrant().catch(() => null);
  const nobody = document.querySelector("[data-no-grant]");
  if (nobody instanceof HTMLElement) nobody.hidden = Boolean(grant);
  if (!grant) return;
  const asked = new URL(wanted(), location.origin);
  /** @type {{link: HTMLAnchorElement, fit: number}[]} */
  const standing = [];
  for (const item of document.querySelectorAll("[data-forms] > li")) {
    if (!(item instanceof HTMLElement)) continue;
    item.hidden = !(item.dataset.roles ?? "").split(" ").some((role) => grant.roles.includes(role));
    const link = item.querySelector("a");
    const fit = !item.hidden && item.dataset.standsFor ? fits(item.dataset.standsFor, asked) : 0;
    if (link && fit) standing.push({ link, fit });
  }
  const best = standing.filter((one) => one.fit === Math.max(...standing.map(({ fit }) => fit)));
  // What was asked for goes along behind the #: the form is the same for everybody. Among several the person chooses.
  for (const { link } of best) link.hash = asked.search.slice(1);
  if (best.length === 1) location.replace(best[0].link.href);
  if (best.length < 2) return;
  for (const item of document.querySelectorAll("[data-forms] > li")) {
    if (item instanceof HTMLElement && !best.some(({ link }) => item.contains(link))) item.hidden = true;
  }
}

const retry = document.querySelector("[data-retry]");
if (retry instanceof HTMLAnchorElement) retry.href = wanted();
if (!switchLanguage()) show();
