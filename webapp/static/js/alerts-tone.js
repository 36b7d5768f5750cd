// @ts-check
// The tone of an alert: two short notes, made by the browser, so that no file is loaded.
const NOTES = [[880, 0], [660, 0.18]]; // hertz, and seconds from the beginning
const LENGTH_S = 0.16;
const LONGEST_WAIT_MS = 400; // for a browser that plays nothing before the page was touched

/** @type {AudioContext | null} */
let context = null;

/** Plays it; false where the browser does not allow a sound yet. @returns {Promise<boolean>} */
export async function beep() {
  context ??= new AudioContext();
  await Promise.race([context.resume(), new Promise((late) => setTimeout(late, LONGEST_WAIT_MS))]);
  if (context.state !== "running") return false;
  for (const [hertz, after] of NOTES) note(context, hertz, context.currentTime + after);
  return true;
}

/** @param {AudioContext} on @param {number} hertz @param {number} at */
function note(on, hertz, at) {
  const tone = on.createOscillator(), volume = on.createGain();
  tone.frequency.value = hertz;
  volume.gain.setValueAtTime(0.0001, at);
  volume.gain.exponentialRampToValueAtTime(0.3, at + 0.02);
  volume.gain.exponentialRampToValueAtTime(0.0001, at + LENGTH_S);
  tone.connect(volume).connect(on.destination);
  tone.start(at);
  tone.stop(at + LENGTH_S);
}
