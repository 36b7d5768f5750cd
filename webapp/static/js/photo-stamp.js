// @ts-check
// Time, place and author drawn onto a photo before it is kept. The time is the device's; of a file from the album it is the
// file's. The district may do without (its setting travels with the reference data).
import { authorName } from "./outbox/author.js";
import { part } from "./outbox/reference.js";

const SHARE = 34; // of the longer side, for the height of a line

/** The time of a photo on the device's own wall clock. @param {number} ms */
export const taken = (ms) => new Date(ms).toLocaleString("sv-SE", { dateStyle: "short", timeStyle: "short" });

/** The lines of a stamp, without what is not known. @param {{at: string, place: string, author: string, words: string}} about `words` holds {at} @returns {string[]} */
export const stampLines = ({ at, place, author, words }) => [words.replace("{at}", at), place, author].map((line) => line.trim()).filter(Boolean);

/** @param {HTMLFormElement | null} form @returns {string} the place that a form is about, if it says so */
function placeOf(form) {
  const select = form?.elements.namedItem("place");
  if (select instanceof HTMLSelectElement) return select.value ? select.selectedOptions[0].text : "";
  return form?.dataset.placeName ?? "";
}

/** What stands on a photo of a form; nothing where the district wants none. @param {HTMLFormElement | null} form @param {File} file @param {string} words @returns {Promise<string[]>} */
export async function stampOf(form, file, words) {
  const [district, name] = await Promise.all([part("district"), authorName()]).catch(() => [undefined, ""]);
  if (district?.stamps_photos === false) return [];
  const author = name || (document.querySelector(".who span")?.textContent ?? "");
  return stampLines({ at: taken(file.lastModified), place: placeOf(form), author, words });
}

/** Draws lines into the lower left corner. @param {HTMLCanvasElement} canvas @param {string[]} lines */
export function stamp(canvas, lines) {
  const pen = canvas.getContext("2d");
  if (!pen || !lines.length) return;
  const height = Math.max(14, Math.round(Math.max(canvas.width, canvas.height) / SHARE));
  pen.font = `600 ${height}px system-ui, sans-serif`;
  const width = Math.max(...lines.map((line) => pen.measureText(line).width));
  const top = canvas.height - height * (1.4 * lines.length + 0.6);
  pen.fillStyle = "rgb(0 0 0 / 55%)";
  pen.fillRect(0, top, Math.min(canvas.width, width + height), canvas.height - top);
  pen.fillStyle = "#fff";
  pen.textBaseline = "top";
  for (const [n, line] of lines.entries()) pen.fillText(line, height / 2, top + height * (0.4 + 1.4 * n), canvas.width - height);
}
