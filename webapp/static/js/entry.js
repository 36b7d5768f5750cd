// @ts-check
// Completes entry forms: uuid, device and time.
import { measured } from "./outbox/clock.js";

/** A random UUID, also outside a secure context. @returns {string} */
export function newUuid() {
  if (crypto.randomUUID) return crypto.randomUUID();
  return uuidFrom(crypto.getRandomValues(new Uint8Array(16)));
}

/** A version 4 UUID from sixteen random bytes. @param {Uint8Array} bytes @returns {string} */
export function uuidFrom(bytes) {
  bytes[6] = (bytes[6] & 0x0f) | 0x40;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  const hex = Array.from(bytes, (b) => b.toString(16).padStart(2, "0")).join("");
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join("-");
}

/** The id of this device: a random UUID in local storage, without personal data. @returns {string} */
export function deviceName() {
  try {
    const known = localStorage.getItem("frontline.device");
    if (known) return known;
    const made = newUuid();
    localStorage.setItem("frontline.device", made);
    return made;
  } catch {
    return "";
  }
}

/** Fills in the uuid and device of each entry form under `root`. @param {ParentNode} root */
export function nameEntries(root) {
  for (const field of root.querySelectorAll("[data-entry-uuid]")) {
    const uuid = /** @type {HTMLInputElement} */ (field);
    if (!uuid.value) uuid.value = newUuid();
    const device = /** @type {HTMLInputElement | null | undefined} */ (uuid.form?.querySelector("[data-entry-device]"));
    if (device && !device.value) device.value = deviceName();
  }
}

/** Sets the device time of an entry at its first submission; later submissions of the same form keep it. @param {HTMLFormElement} form */
export function stamp(form) {
  const captured = /** @type {HTMLInputElement | null} */ (form.querySelector("[data-entry-captured-at]"));
  if (captured && !captured.value) captured.value = new Date().toISOString();
  const clock = measured();
  if (!captured || !clock) return;
  const field = /** @type {HTMLInputElement} */ (form.querySelector("input[name='clock_skew']") ?? document.createElement("input"));
  Object.assign(field, { type: "hidden", name: "clock_skew", value: String(clock.skew_ms) });
  captured.after(field);
}
