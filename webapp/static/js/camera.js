// @ts-check
// Reads one code from the camera with zxing-wasm, fetched at set-up and served by ourselves.

const READER = "/static/vendor/zxing-reader.js";
const WASM = "/static/vendor/zxing_reader.wasm";

/** @returns {Promise<any>} */
async function reader() {
  const page = /** @type {any} */ (window);
  if (!page.ZXingWASM) {
    await new Promise((done, failed) => {
      const script = document.createElement("script");
      script.src = READER;
      script.onload = done;
      script.onerror = failed;
      document.head.append(script);
    });
    page.ZXingWASM.prepareZXingModule({ overrides: { locateFile: () => WASM } });
  }
  return page.ZXingWASM;
}

/**
 * Shows the camera in a dialog until a code is read or the person closes it.
 * @param {string} closeLabel
 * @returns {Promise<string>} the code with its symbology identifier (]d2…), or ""
 */
export async function readFromCamera(closeLabel) {
  const dialog = document.createElement("dialog");
  const video = document.createElement("video");
  const close = document.createElement("button");
  video.setAttribute("playsinline", "");
  video.className = "viewfinder";
  close.className = "button";
  close.textContent = closeLabel;
  close.addEventListener("click", () => dialog.close());
  dialog.append(video, close);
  document.body.append(dialog);
  dialog.showModal();
  /** @type {MediaStream | undefined} */
  let stream;
  try {
    const zxing = await reader();
    stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment", width: { ideal: 1280 } } });
    video.srcObject = stream;
    await video.play();
    return await watch(zxing, video, dialog);
  } catch {
    return "";
  } finally {
    stream?.getTracks().forEach((track) => track.stop());
    dialog.close();
    dialog.remove();
  }
}

/** @param {any} zxing @param {HTMLVideoElement} video @param {HTMLDialogElement} dialog */
async function watch(zxing, video, dialog) {
  const canvas = document.createElement("canvas");
  const pen = canvas.getContext("2d", { willReadFrequently: true });
  while (dialog.open && pen) {
    canvas.width = video.videoWidth;
    canvas.height = video.videoHeight;
    if (canvas.width) {
      pen.drawImage(video, 0, 0);
      const found = await zxing.readBarcodes(pen.getImageData(0, 0, canvas.width, canvas.height), { tryHarder: true, textMode: "Plain" });
      if (found.length) return (found[0].symbologyIdentifier ?? "") + found[0].text;
    }
    await new Promise((next) => requestAnimationFrame(next));
  }
  return "";
}
