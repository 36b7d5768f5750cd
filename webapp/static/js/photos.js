// @ts-check
// Shrinks photos on the device before they are sent, and shows what was chosen. The hash of what is sent goes along
// (`<name>-sha256`), so that the server can tell a cut upload from a whole one, and that of the file as taken
// (`<name>-original`).

export const LONGEST_SIDE = 1600;

/** Width and height that fit, never larger than they were. @param {number} width @param {number} height @returns {[number, number]} */
export function fitted(width, height) {
  const scale = Math.min(1, LONGEST_SIDE / Math.max(width, height));
  return [Math.max(1, Math.round(width * scale)), Math.max(1, Math.round(height * scale))];
}

/** @param {Uint8Array} bytes @returns {string} */
export const hex = (bytes) => Array.from(bytes, (b) => b.toString(16).padStart(2, "0")).join("");

/** @param {File} file @returns {Promise<File>} */
async function shrink(file) {
  const image = await createImageBitmap(file, { imageOrientation: "from-image" });
  const canvas = document.createElement("canvas");
  [canvas.width, canvas.height] = fitted(image.width, image.height);
  canvas.getContext("2d")?.drawImage(image, 0, 0, canvas.width, canvas.height);
  image.close();
  const blob = await new Promise((done) => canvas.toBlob(done, "image/jpeg", 0.85));
  return blob ? new File([blob], file.name.replace(/\.\w+$/, "") + ".jpg", { type: "image/jpeg" }) : file;
}

/** @param {File} file @returns {Promise<string>} "" where the page is not a secure context */
async function sha256(file) {
  if (!globalThis.crypto?.subtle) return "";
  return hex(new Uint8Array(await crypto.subtle.digest("SHA-256", await file.arrayBuffer())));
}

/** @param {string} name @param {string} value @returns {HTMLInputElement} */
function hidden(name, value) {
  const input = document.createElement("input");
  Object.assign(input, { type: "hidden", name, value });
  input.dataset.hash = "";
  return input;
}

/** @param {File} file @returns {HTMLImageElement} */
function thumb(file) {
  const picture = document.createElement("img");
  picture.src = URL.createObjectURL(file);
  picture.alt = file.name;
  picture.onload = () => URL.revokeObjectURL(picture.src);
  return picture;
}

/** @param {HTMLInputElement} input @param {Element} frame */
async function take(input, frame) {
  const kept = new DataTransfer();
  const hashes = [];
  for (const file of Array.from(input.files ?? [])) {
    const small = await shrink(file).catch(() => file);
    kept.items.add(small);
    hashes.push(hidden(`${input.name}-sha256`, await sha256(small)), hidden(`${input.name}-original`, await sha256(file)));
  }
  input.files = kept.files;
  frame.querySelectorAll("input[data-hash]").forEach((old) => old.remove());
  frame.append(...hashes.filter((one) => one.value));
  frame.querySelector("[data-thumbs]")?.replaceChildren(...Array.from(kept.files, thumb));
}

/** @type {WeakMap<HTMLFormElement, Promise<void>>} forms whose photos are being shrunk */
const working = new WeakMap();

if (globalThis.document) {
  document.addEventListener("change", (event) => {
    const input = event.target;
    const frame = input instanceof HTMLInputElement && input.type === "file" ? input.closest("[data-photos]") : null;
    if (!frame || !(input instanceof HTMLInputElement)) return;
    const done = take(input, frame);
    const { form } = input;
    if (!form) return;
    working.set(form, done);
    void done.finally(() => { if (working.get(form) === done) working.delete(form); });
  });
  // Pressed while a photo is still being shrunk: sent as soon as it is ready. Registered on the window to come first.
  window.addEventListener("submit", (event) => {
    const form = /** @type {HTMLFormElement} */ (event.target);
    const busy = working.get(form);
    if (!busy) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    const { submitter } = event;
    void busy.finally(() => form.requestSubmit(submitter));
  }, true);
}
