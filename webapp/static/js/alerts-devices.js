// @ts-check
// The page of sound and push: the switches of this device.
import { isOn, setSound } from "./alerts.js";
import { beep } from "./alerts-tone.js";

/** @param {string} selector @param {boolean} isShown */
function reveal(selector, isShown) {
  for (const element of document.querySelectorAll(selector)) /** @type {HTMLElement} */ (element).hidden = !isShown;
}

async function sound() {
  reveal("[data-sound-blocked]", !(await beep()));
}

function drawSound() {
  reveal("[data-sound]", true);
  document.querySelector("[data-sound-switch]")?.setAttribute("aria-pressed", String(isOn()));
}

/** The bytes of a base64url text. @param {string} text */
const bytes = (text) => Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (sign) => sign.charCodeAt(0));

/** Subscribes this browser and posts the subscription with the form. @param {HTMLFormElement} form */
async function subscribe(form) {
  reveal("[data-push-denied], [data-push-failed]", false);
  if (await Notification.requestPermission() !== "granted") return reveal("[data-push-denied]", true);
  try {
    const { pushManager } = await navigator.serviceWorker.ready;
    await (await pushManager.getSubscription())?.unsubscribe(); // it may be for an earlier key
    const made = await pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: bytes(form.dataset.key ?? "") });
    const { endpoint = "", keys = {} } = made.toJSON();
    for (const [name, value] of Object.entries({ endpoint, p256dh: keys.p256dh, auth: keys.auth })) {
      /** @type {HTMLInputElement} */ (form.elements.namedItem(name)).value = value ?? "";
    }
    form.requestSubmit();
  } catch {
    reveal("[data-push-failed]", true);
  }
}

const form = /** @type {HTMLFormElement | null} */ (document.querySelector("form[data-push]"));
const canPush = "PushManager" in window && "Notification" in window && "serviceWorker" in navigator;
reveal("form[data-push]", canPush);
reveal("[data-push-none]", !canPush);
drawSound();
document.querySelector("[data-sound-test]")?.addEventListener("click", () => { void sound(); });
document.querySelector("[data-sound-switch]")?.addEventListener("click", () => {
  setSound(!isOn());
  drawSound();
  if (isOn()) void sound();
});
document.querySelector("[data-push-on]")?.addEventListener("click", () => { if (form) void subscribe(form); });
