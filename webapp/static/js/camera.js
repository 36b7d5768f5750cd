// @ts-check
// Shows the camera in the page: reads a code with zxing-wasm, which is fetched at set-up and served from here, or takes photos.

/** @typedef {{close?: string, hint?: string, denied?: string, torch?: string, take?: string, took?: string}} Words texts, from the button's data- attributes */

/** The page's meta element with the reader's address; null if set-up did not fetch the reader. @returns {HTMLMetaElement | null} */
const readerMeta = () => document.querySelector("meta[name='camera-reader']");

/** @returns {Promise<any>} */
async function reader() {
  const where = readerMeta();
  const page = /** @type {any} */ (window);
  const objects = /** @type {any} */ (Object); // the reader needs it; missing in Chrome before 93
  objects.hasOwn ??= (/** @type {object} */ of, /** @type {PropertyKey} */ name) => Object.prototype.hasOwnProperty.call(of, name);
  if (!page.ZXingWASM) {
    await new Promise((done, failed) => {
      const script = document.createElement("script");
      script.src = where?.content ?? "";
      script.onload = done;
      script.onerror = failed;
      document.head.append(script);
    });
    page.ZXingWASM.prepareZXingModule({ overrides: { locateFile: () => where?.dataset.wasm } });
  }
  return page.ZXingWASM;
}

/** @param {string} tag @param {Partial<HTMLElement>} [properties] @returns {any} */
function make(tag, properties = {}) {
  return Object.assign(document.createElement(tag), properties);
}

/** Opens the camera in a dialog with an aiming frame. @param {Words} words */
function open(words) {
  const dialog = /** @type {HTMLDialogElement} */ (make("dialog", { className: "camera" }));
  const aim = make("div", { className: "aim" });
  const video = /** @type {HTMLVideoElement} */ (make("video", { className: "viewfinder" }));
  const hint = make("p", { textContent: words.hint ?? "" });
  const close = make("button", { className: "button", textContent: words.close ?? "×" });
  const torch = make("button", { className: "button", textContent: words.torch ?? "" });
  video.playsInline = true;
  video.muted = true;
  hint.setAttribute("role", "status");
  close.type = "button";
  close.addEventListener("click", () => dialog.close());
  aim.append(video);
  torch.type = "button";
  torch.hidden = true;
  dialog.append(aim, hint, torch, close);
  document.body.append(dialog);
  if (dialog.showModal) dialog.showModal(); else dialog.setAttribute("open", "");
  return { dialog, video, aim, hint, torch };
}

/** A lamp beside the camera, where the device says that it has one. @param {MediaStream} stream @param {HTMLButtonElement} button */
function offerTorch(stream, button) {
  const [track] = stream.getVideoTracks();
  const can = /** @type {any} */ (track?.getCapabilities?.() ?? {});
  if (!can.torch) return;
  button.hidden = false;
  button.setAttribute("aria-pressed", "false");
  button.addEventListener("click", async () => {
    const isOn = button.getAttribute("aria-pressed") !== "true";
    const constraints = /** @type {any} */ ({ advanced: [{ torch: isOn }] });
    await track.applyConstraints(constraints).then(() => button.setAttribute("aria-pressed", String(isOn)), () => { button.hidden = true; });
  });
}

/** @param {Words} words @param {{width: number, height: number}} ideal @param {(view: ReturnType<typeof open>, closed: Promise<string>) => Promise<string>} work @returns {Promise<string>} what `work` gives while the camera is shown, or "" */
async function withCamera(words, ideal, work) {
  const view = open(words);
  const { dialog, video, aim, hint, torch } = view;
  const closed = /** @type {Promise<string>} */ (new Promise((done) => { dialog.addEventListener("close", () => done("")); }));
  /** @type {MediaStream | undefined} */
  let stream;
  try {
    const size = { width: { ideal: ideal.width }, height: { ideal: ideal.height } };
    stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment", ...size } });
    video.srcObject = stream;
    offerTorch(stream, torch);
    return await work(view, closed);
  } catch {
    aim.remove();
    hint.textContent = words.denied ?? "";
    await closed;
    return "";
  } finally {
    stream?.getTracks().forEach((track) => track.stop());
    dialog.close();
    dialog.remove();
  }
}

/** Takes photos until the person closes the camera. @param {Words} words @param {(file: File) => void} took @returns {Promise<void>} */
export async function takeFromCamera(words, took) {
  let count = 0;
  await withCamera(words, { width: 1920, height: 1440 }, async ({ dialog, video, aim, hint }, closed) => {
    const shutter = make("button", { className: "button", textContent: words.take ?? "" });
    const canvas = document.createElement("canvas");
    shutter.type = "button";
    shutter.dataset.variant = "primary";
    aim.classList.add("whole");
    aim.after(shutter);
    await video.play();
    shutter.addEventListener("click", () => {
      [canvas.width, canvas.height] = [video.videoWidth, video.videoHeight];
      canvas.getContext("2d")?.drawImage(video, 0, 0);
      canvas.toBlob((blob) => {
        if (!blob || !dialog.open) return;
        took(new File([blob], `camera-${Date.now()}.jpg`, { type: "image/jpeg" }));
        count += 1;
        hint.textContent = (words.took ?? "").replace("{n}", String(count));
      }, "image/jpeg", 0.92);
    });
    return closed;
  });
}

/**
 * Shows the camera until a code is read or the person closes it.
 * @param {Words} words
 * @returns {Promise<string>} the code with its symbology identifier (]d2…) and GS as \x1d, or ""
 */
export function readFromCamera(words) {
  return withCamera(words, { width: 1280, height: 720 }, async ({ video, dialog }, closed) => {
    const [zxing] = await Promise.all([reader(), video.play()]);
    return Promise.race([watch(zxing, video, dialog), closed]);
  });
}

/** @param {any} zxing @param {HTMLVideoElement} video @param {HTMLDialogElement} dialog @returns {Promise<string>} */
async function watch(zxing, video, dialog) {
  const canvas = document.createElement("canvas");
  const pen = canvas.getContext("2d", { willReadFrequently: true });
  while (dialog.open && pen) {
    canvas.width = video.videoWidth;
    canvas.height = video.videoHeight;
    if (canvas.width) {
      pen.drawImage(video, 0, 0);
      const frame = pen.getImageData(0, 0, canvas.width, canvas.height);
      const [symbol] = await zxing.readBarcodes(frame, { tryHarder: true, textMode: "Plain", maxNumberOfSymbols: 1 });
      if (symbol?.isValid !== false && symbol?.text) return (symbol.symbologyIdentifier ?? "") + symbol.text;
    }
    await new Promise((next) => setTimeout(next, 60));
  }
  return "";
}
