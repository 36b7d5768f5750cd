// @ts-check
// What every page does on a device: register the service worker, name each opened entry, send the CSRF token with
// htmx, guard against double submission, and put the focus where the next act is.

/** A random UUID, also where the page is not a secure context. @returns {string} */
export function newUuid() {
  if (crypto.randomUUID) return crypto.randomUUID();
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6] & 0x0f) | 0x40;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  const hex = Array.from(bytes, (b) => b.toString(16).padStart(2, "0")).join("");
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join("-");
}

/** The name of this device: random, kept on it, without any personal data. @returns {string} */
function deviceName() {
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

/** Each opened form is one entry: its own uuid, unless it came back for correction. @param {ParentNode} root */
function nameEntries(root) {
  for (const field of root.querySelectorAll("[data-entry-uuid]")) {
    const form = /** @type {HTMLInputElement} */ (field).form;
    if (!form || form.dataset.named) continue;
    form.dataset.named = "yes";
    const device = /** @type {HTMLInputElement | null} */ (form.querySelector("[data-entry-device]"));
    if (device) device.value = deviceName();
  }
}

/** @param {SubmitEvent} event */
function stamp(event) {
  const form = /** @type {HTMLFormElement} */ (event.target);
  const captured = /** @type {HTMLInputElement | null} */ (form.querySelector("[data-entry-captured-at]"));
  if (captured) captured.value = new Date().toISOString();
}

/** A second press while the first is under way does nothing. @param {SubmitEvent} event */
function guard(event) {
  const form = /** @type {HTMLFormElement} */ (event.target);
  if (form.method === "get" || form.hasAttribute("hx-post")) return;
  if (form.dataset.sent) { event.preventDefault(); return; }
  form.dataset.sent = "yes";
  setTimeout(() => delete form.dataset.sent, 4000);
}

/** After a swap: the first error, else what asks for the focus. @param {ParentNode} root */
function focusNext(root) {
  const next = root.querySelector("[data-errors], [aria-invalid='true']") ?? root.querySelector("[data-scan-box], [autofocus]");
  if (next instanceof HTMLElement) next.focus({ preventScroll: next.matches("[data-scan-box]") });
}

document.addEventListener("submit", stamp, true);
document.addEventListener("submit", guard);
document.addEventListener("htmx:config:request", (event) => {
  const token = document.querySelector("meta[name='csrf-token']")?.getAttribute("content");
  const request = /** @type {CustomEvent} */ (event).detail.ctx.request;
  if (token) request.headers["X-CSRFToken"] = token;
});
document.addEventListener("htmx:after:swap", (event) => {
  const target = /** @type {CustomEvent} */ (event).detail?.ctx?.target;
  nameEntries(document);
  focusNext(target instanceof Element && target.isConnected ? target : document);
});
document.addEventListener("change", (event) => {
  const field = event.target;
  if (field instanceof HTMLElement && field.matches("[data-submit-on-change]")) {
    /** @type {HTMLInputElement} */ (field).form?.requestSubmit();
  }
});
window.addEventListener("pageshow", (event) => {
  for (const form of document.forms) delete form.dataset.sent;
  if (event.persisted && document.body.hasAttribute("data-signed-in")) location.reload();
});

nameEntries(document);
focusNext(document.querySelector("main") ?? document);
if ("serviceWorker" in navigator && window.isSecureContext) {
  navigator.serviceWorker.register("/sw.js").catch(() => {});
}
