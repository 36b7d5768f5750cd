// @ts-check
// Signing out takes the drafts of this device with it: what would be lost is named first, with a way to each of them.
import { listed } from "./drafts.js";
import { say } from "./messages.js";
import { all, read } from "./store.js";

/** @typedef {{drafts: import("./drafts.js").Listed[], photos: number}} Lost */

/** What this person typed or photographed here and did not submit. @returns {Promise<Lost>} */
async function unsubmitted() {
  const [drafts, rows, grant] = await Promise.all([listed(), all("drafts"), read("keys", "grant")]);
  return { drafts, photos: rows.filter(({ form, person }) => form.includes("#") && person === grant?.person).length };
}

/** @param {import("./drafts.js").Listed} draft */
function line({ page, title, about }) {
  const item = document.createElement("li");
  item.append(Object.assign(document.createElement("a"), { href: page, textContent: [title, about].filter(Boolean).join(" · ") }));
  return item;
}

/** @param {() => void} leave @returns {Promise<boolean>} whether anything would be lost and the page could ask */
export const ask = async (leave) => warn(await unsubmitted(), leave);

/** @param {Lost} lost @param {() => void} leave @returns {boolean} */
function warn({ drafts, photos }, leave) {
  if ((!drafts.length && !photos) || !say("drafts-here")) return false;
  const box = /** @type {HTMLElement} */ (document.querySelector("[data-drafts-here]"));
  const { draftsWords = "", photosWords = "", separator = "" } = box.dataset;
  const counts = [drafts.length && draftsWords.replace("{n}", String(drafts.length)), photos && photosWords.replace("{n}", String(photos))];
  const words = box.querySelector("[data-lost]");
  if (words) words.textContent = counts.filter(Boolean).join(separator);
  box.querySelector("ul")?.append(...drafts.map(line));
  box.querySelector("[data-leave]")?.addEventListener("click", leave);
  box.focus();
  return true;
}
