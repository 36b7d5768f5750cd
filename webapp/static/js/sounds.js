// @ts-check
// What a scan sounds and feels like; loaded with the first one.
/** @type {AudioContext | undefined} */
let audio;

/** Hertz and seconds of each tone: one high tone for ok, two medium for already, one long and low for refused.
 * @type {Record<string, number[][]>} */
const TONES = { ok: [[1320, 0.09]], already: [[660, 0.1], [660, 0.1]], refused: [[196, 0.35]] };

/** Plays one of three sounds and vibrations. @param {string} kind */
export function play(kind) {
  if (!(kind in TONES)) return;
  try {
    if (navigator.userActivation?.hasBeenActive ?? true) navigator.vibrate?.(kind === "ok" ? 40 : kind === "already" ? [40, 60, 40] : 300);
    audio ??= new AudioContext();
    let start = audio.currentTime;
    for (const [hertz, seconds] of TONES[kind]) {
      const tone = audio.createOscillator();
      const volume = audio.createGain();
      tone.type = kind === "refused" ? "square" : "sine";
      tone.frequency.value = hertz;
      volume.gain.setValueAtTime(0.14, start);
      volume.gain.exponentialRampToValueAtTime(0.001, start + seconds);
      tone.connect(volume).connect(audio.destination);
      tone.start(start);
      tone.stop(start + seconds);
      start += seconds + 0.05;
    }
  } catch {
    // Without sound the text on the screen suffices.
  }
}
