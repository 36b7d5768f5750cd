// @ts-check
// What an open page does about new alerts: it beeps once where the sound is on, and shows their number beside the name
// and on the installed app. It asks with the requests that the page makes anyway.
import { beep } from "./alerts-tone.js";

const HEADER = "Frontline-Alerts";
const SOUND = "frontline.sound", HEARD = "frontline.heard";

export const isOn = () => localStorage.getItem(SOUND) === "on";

/** Whether an alert is to be heard that was not heard on this device yet; both are moments as ISO text in UTC. @param {string} heard @param {string} loud */
export const isNew = (heard, loud) => loud > heard;

/** The number and the moment of an answer's header. @param {string} text @returns {{count: number, loud: string} | null} */
export function read(text) {
  const [count, loud = ""] = text.split(" ");
  return /^\d+$/.test(count) ? { count: Number(count), loud } : null;
}

/** Beeps once for all pages of this device. @param {string} loud */
async function hear(loud) {
  await navigator.locks.request("frontline-heard", async () => {
    if (!isOn() || !isNew(localStorage.getItem(HEARD) ?? "", loud)) return;
    localStorage.setItem(HEARD, loud);
    const isHeard = await beep();
    for (const line of document.querySelectorAll("[data-sound-blocked]")) /** @type {HTMLElement} */ (line).hidden = isHeard;
    document.dispatchEvent(new CustomEvent("alerts:beep", { detail: { isHeard } }));
  });
}

/** @param {number} count */
function show(count) {
  for (const badge of document.querySelectorAll("[data-alerts]")) {
    const { dataset } = /** @type {HTMLElement} */ (badge);
    if (dataset.alerts === String(count)) continue;
    dataset.alerts = String(count);
    badge.toggleAttribute("hidden", count === 0);
    const words = badge.getAttribute("aria-label") ?? "";
    badge.setAttribute("aria-label", words.replace(/\d+/, String(count)));
    const number = badge.querySelector(".waiting > span");
    if (number) number.textContent = String(count);
  }
  const app = /** @type {any} */ (navigator);
  if (!app.setAppBadge) return;
  (count ? app.setAppBadge(count) : app.clearAppBadge()).catch(() => {}); // not installed
}

/** Turns the sound on or off; what there is already is not new. @param {boolean} on */
export function setSound(on) {
  const { loud = "" } = /** @type {HTMLElement | null} */ (document.querySelector("[data-alerts]"))?.dataset ?? {};
  if (on) localStorage.setItem(HEARD, loud);
  if (on) localStorage.setItem(SOUND, "on"); else localStorage.removeItem(SOUND);
}

/** @param {{count: number, loud: string}} now */
function take({ count, loud }) {
  show(count);
  if (loud) void hear(loud);
}

function start() {
  const badge = /** @type {HTMLElement | null} */ (document.querySelector("[data-alerts]"));
  if (!badge) return;
  take({ count: Number(badge.dataset.alerts), loud: badge.dataset.loud ?? "" });
  document.addEventListener("htmx:config:request", (event) => {
    const { request } = /** @type {CustomEvent} */ (event).detail.ctx;
    if (/^GET$/i.test(request.method)) request.headers[HEADER] = "1";
  });
  document.addEventListener("htmx:after:request", (event) => {
    const now = read(/** @type {CustomEvent} */ (event).detail.ctx.response?.headers.get(HEADER) ?? "");
    if (now) take(now);
  });
}

if (typeof document !== "undefined") start();
