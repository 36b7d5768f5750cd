// @ts-check
// A name written with a finger, a pen or a mouse. What is written is kept as the one photo of its field: in the draft, over an
// answer in place, without a network (js/photos.js).
import { later, put } from "./photos.js";
import { sha256 } from "./pictures.js";

const PEN = 4; // pixels of the canvas

/** @param {HTMLCanvasElement} pad @param {PointerEvent} event @returns {[number, number]} where on the canvas */
function spot(pad, { clientX, clientY }) {
  const box = pad.getBoundingClientRect();
  return [(clientX - box.left) * pad.width / box.width, (clientY - box.top) * pad.height / box.height];
}

/** @param {HTMLCanvasElement} pad @param {Blob} picture */
async function show(pad, picture) {
  const image = new Image();
  image.src = URL.createObjectURL(picture);
  await image.decode().catch(() => {});
  pad.getContext("2d")?.drawImage(image, 0, 0, pad.width, pad.height);
  URL.revokeObjectURL(image.src);
}

/** What is on the pad is the field's photo now. @param {HTMLElement} frame @param {HTMLCanvasElement} pad */
async function keep(frame, pad) {
  const blob = /** @type {Blob | null} */ (await new Promise((done) => { pad.toBlob(done, "image/png"); }));
  if (!blob) return;
  const file = new File([blob], "signature.png", { type: "image/png" });
  const hash = await sha256(file);
  put(frame, [{ file, sha256: hash, original: hash }], true);
}

/** @param {HTMLElement} frame */
function begin(frame) {
  const pad = /** @type {HTMLCanvasElement} */ (frame.querySelector("[data-pad]"));
  const clear = /** @type {HTMLButtonElement} */ (frame.querySelector("[data-pad-clear]"));
  const pen = pad.getContext("2d");
  if (!pen) return; // a picture of a signature can still be chosen
  frame.dataset.padLive = "";
  pad.hidden = false;
  /** @type {HTMLElement} */ (frame.querySelector("[data-pad-file]")).hidden = true;
  Object.assign(pen, { lineWidth: PEN, lineCap: "round", lineJoin: "round" });
  let isDown = false;
  pad.addEventListener("pointerdown", (event) => {
    isDown = true;
    pad.setPointerCapture(event.pointerId);
    pen.beginPath();
    pen.moveTo(...spot(pad, event));
  });
  pad.addEventListener("pointermove", (event) => {
    if (!isDown) return;
    pen.lineTo(...spot(pad, event));
    pen.stroke();
  });
  const end = () => { if (isDown) later(frame, () => keep(frame, pad)); isDown = false; };
  pad.addEventListener("pointerup", end);
  pad.addEventListener("pointercancel", end);
  clear.addEventListener("click", () => {
    put(frame, [], true);
    pen.clearRect(0, 0, pad.width, pad.height);
  });
  frame.addEventListener("photos:put", (event) => {
    const { photos, isChange } = /** @type {CustomEvent} */ (event).detail;
    clear.hidden = !photos.length;
    if (photos.length && !isChange) void show(pad, photos[0].file); // from a draft, or the form was drawn anew
  });
}

function start() {
  for (const frame of document.querySelectorAll("[data-signature]:not([data-pad-live])")) begin(/** @type {HTMLElement} */ (frame));
}

if (globalThis.document) {
  start();
  document.addEventListener("htmx:after:swap", start, true); // before photos.js puts the photos back
}
