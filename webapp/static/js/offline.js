// @ts-check
// The page shown in place of every page without a network: lists the forms for this device's person, and opens the one
// that replaces the requested address.
import { liveGrant } from "./outbox/queue.js";

/** The requested address with its query. */
const requestedPath = () => new URLSearchParams(location.hash.slice(1)).get("for") ?? location.pathname + location.search;

/** What stands at the {places} of a form's path; null if the address does not start with that path. @param {string} path @param {string} requested @returns {Record<string, string> | null} */
function placesOf(path, requested) {
  const match = new RegExp(`^${path.replace(/\{(\w+)\}/g, "(?<$1>[^/]+)")}`).exec(requested);
  return match && { ...match.groups };
}

/** How well a form matches an address: 0 not at all, 1 without contradiction, 2 with all of its query parameters. @param {string} stands @param {URL} requested */
function fits(stands, requested) {
  const own = new URL(stands, location.origin);
  if (!placesOf(stands.split("?")[0], requested.pathname)) return 0;
  const matches = [...own.searchParams].map(([name, value]) => (requested.searchParams.get(name) ?? value) === value);
  if (matches.includes(false)) return 0;
  return [...own.searchParams.keys()].every((name) => requested.searchParams.has(name)) ? 2 : 1;
}

/** Opens the English page if the person chose English. The requested address is in the fragment, because the worker caches pages by their whole address. */
function switchLanguage() {
  if (localStorage.getItem("frontline.language") !== "en" || document.documentElement.lang === "en") return false;
  location.replace(`/offline?lang=en#for=${encodeURIComponent(requestedPath())}`);
  return true;
}

async function show() {
  const grant = await liveGrant().catch(() => null);
  const nobody = document.querySelector("[data-no-grant]");
  if (nobody instanceof HTMLElement) nobody.hidden = Boolean(grant);
  if (!grant) return;
  const requested = new URL(requestedPath(), location.origin);
  const label = /^\/places\/[0-9a-f-]{36}\/?$/.test(requested.pathname);
  if (label || requested.pathname === "/scan") { // the box, and a label that the device's own camera read
    const box = new URL("/offline/scan", location.origin);
    if (document.documentElement.lang === "en") box.searchParams.set("lang", "en");
    if (requested.searchParams.has("camera")) box.searchParams.set("camera", "1");
    if (label) box.hash = `code=${encodeURIComponent(requested.pathname)}`;
    location.replace(box.href);
    return;
  }
  const records = [...document.querySelectorAll("[data-record]")].map((item) => (item.getAttribute("data-stands-for") ?? "").split("/")[1]);
  const [, area, record] = requested.pathname.split("/");
  for (const line of document.querySelectorAll("[data-corrects]")) /** @type {HTMLElement} */ (line).hidden = !records.includes(area) || !/^[0-9a-f-]{36}$/.test(record ?? "");
  /** @type {{link: HTMLAnchorElement, fit: number, stands: string}[]} */
  const candidates = [];
  for (const item of document.querySelectorAll("[data-forms] > li")) {
    if (!(item instanceof HTMLElement)) continue;
    item.hidden = !(item.dataset.roles ?? "").split(" ").some((role) => grant.roles.includes(role));
    const link = item.querySelector("a");
    const stands = item.dataset.standsFor ?? "";
    const fit = !item.hidden && stands ? fits(stands, requested) : 0;
    if (link && fit) candidates.push({ link, fit, stands });
  }
  document.querySelector("[data-forms] > li:not([hidden]) a")?.setAttribute("data-primary", "");
  const best = candidates.filter(({ fit }) => fit === Math.max(...candidates.map((candidate) => candidate.fit)));
  // The form gets the query, and the places of its path, in the fragment, because the form is the same for everybody. Among several the person chooses.
  for (const { link, stands } of best) {
    const places = placesOf(stands.split("?")[0], requested.pathname) ?? {};
    link.hash = [requested.search.slice(1), new URLSearchParams(places).toString()].filter(Boolean).join("&");
  }
  if (best.length === 1) location.replace(best[0].link.href);
  if (best.length < 2) return;
  for (const item of document.querySelectorAll("[data-forms] > li")) {
    if (item instanceof HTMLElement && !best.some(({ link }) => item.contains(link))) item.hidden = true;
  }
}

const retry = document.querySelector("[data-retry]");
if (retry instanceof HTMLAnchorElement) retry.href = requestedPath();
const isAsked = new URL(requestedPath(), location.origin).pathname !== "/offline"; // the page itself, from the bar, is no page that is missing
for (const line of document.querySelectorAll("[data-asked]")) /** @type {HTMLElement} */ (line).hidden = !isAsked;
for (const line of document.querySelectorAll("[data-not-asked]")) /** @type {HTMLElement} */ (line).hidden = isAsked;
if (!switchLanguage()) show();
