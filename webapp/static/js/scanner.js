// @ts-check
// The scan box: a hand scanner's keys from anywhere on the page, the camera, or typing. Every way ends in the box's form
// being submitted, after a `frontline:scan` event on the box that a page may cancel to take the code itself.
import { WedgeBuffer } from "./wedge.js";

const wedge = new WedgeBuffer();
/** @type {AudioContext | undefined} */
let audio;

/** @returns {HTMLInputElement | null} */
const box = () => document.querySelector("[data-scan-box]");

/** @param {string} text */
export function scanned(text) {
  const field = box();
  if (!field || !text) return;
  const event = new CustomEvent("frontline:scan", { detail: { text }, bubbles: true, cancelable: true });
  if (!field.dispatchEvent(event)) return;
  field.value = text;
  field.form?.requestSubmit();
}

const TONES = { ok: [[1320, 0.09]], already: [[660, 0.1], [660, 0.1]], refused: [[196, 0.35]] };

/** One of three sounds and vibrations. @param {"ok" | "already" | "refused"} kind */
export function say(kind) {
  navigator.vibrate?.(kind === "ok" ? 40 : kind === "already" ? [40, 60, 40] : 300);
  try {
    audio ??= new AudioContext();
    let start = audio.currentTime;
    for (const [hertz, seconds] of TONES[kind]) {
      const tone = audio.createOscillator();
      const volume = audio.createGain();
      tone.type = kind === "refused" ? "square" : "sine";
      tone.frequency.value = hertz;
      volume.gain.value = 0.12;
      tone.connect(volume).connect(audio.destination);
      tone.start(start);
      tone.stop(start + seconds);
      start += seconds + 0.05;
    }
  } catch {
    // No sound here: the words on the screen say it too.
  }
}

document.addEventListener("keydown", (event) => {
  if (!box()) return;
  const text = wedge.press(event, event.timeStamp);
  if (!text) return;
  event.preventDefault();
  event.stopPropagation();
  const here = document.activeElement;
  // A scan that landed in another field was typed there too: take it out again.
  if (here instanceof HTMLInputElement && here !== box() && here.value.endsWith(text)) here.value = here.value.slice(0, -text.length);
  scanned(text);
}, true);

/** Pages say how a scan went by `data-scan-result` on what was swapped in. */
document.addEventListener("htmx:after:swap", () => {
  const result = document.querySelector("[data-scan-result]");
  if (result instanceof HTMLElement && !result.dataset.said) {
    result.dataset.said = "yes";
    say(/** @type {"ok" | "already" | "refused"} */ (result.dataset.scanResult));
  }
});

const cameras = document.querySelectorAll("[data-camera]");
if (cameras.length && navigator.mediaDevices && window.isSecureContext) {
  for (const button of cameras) {
    /** @type {HTMLElement} */ (button).hidden = false;
    button.addEventListener("click", async () => {
      const { readFromCamera } = await import("./camera.js");
      const text = await readFromCamera(button.getAttribute("data-close") ?? "×");
      if (text) scanned(text);
    });
  }
}
