// @ts-check
// Shrinks photos on the device before they are sent, and shows what was chosen. The hash of what is sent goes along, so
// that the server can tell a cut upload from a whole one.

const LONGEST_SIDE = 1600;

/** @param {File} file @returns {Promise<File>} */
async function shrink(file) {
  const image = await createImageBitmap(file, { imageOrientation: "from-image" });
  const scale = Math.min(1, LONGEST_SIDE / Math.max(image.width, image.height));
  const canvas = document.createElement("canvas");
  canvas.width = Math.round(image.width * scale);
  canvas.height = Math.round(image.height * scale);
  canvas.getContext("2d")?.drawImage(image, 0, 0, canvas.width, canvas.height);
  const blob = await new Promise((done) => canvas.toBlob(done, "image/jpeg", 0.82));
  return blob ? new File([blob], file.name.replace(/\.\w+$/, "") + ".jpg", { type: "image/jpeg" }) : file;
}

/** @param {File} file @returns {Promise<string>} */
async function sha256(file) {
  if (!crypto.subtle) return "";
  const digest = await crypto.subtle.digest("SHA-256", await file.arrayBuffer());
  return Array.from(new Uint8Array(digest), (b) => b.toString(16).padStart(2, "0")).join("");
}

/** @param {HTMLInputElement} input */
async function take(input) {
  const frame = input.closest("[data-photos]");
  const kept = new DataTransfer();
  for (const file of Array.from(input.files ?? [])) {
    kept.items.add(await shrink(file).catch(() => file));
  }
  input.files = kept.files;
  frame?.querySelectorAll("input[data-hash]").forEach((old) => old.remove());
  const thumbs = frame?.querySelector("[data-thumbs]");
  thumbs?.replaceChildren();
  for (const file of Array.from(kept.files)) {
    const hash = document.createElement("input");
    hash.type = "hidden";
    hash.name = `${input.name}-sha256`;
    hash.value = await sha256(file);
    hash.dataset.hash = "";
    const picture = document.createElement("img");
    picture.src = URL.createObjectURL(file);
    picture.alt = file.name;
    frame?.append(hash);
    thumbs?.append(picture);
  }
}

document.addEventListener("change", (event) => {
  const input = event.target;
  if (input instanceof HTMLInputElement && input.type === "file" && input.closest("[data-photos]")) void take(input);
});
