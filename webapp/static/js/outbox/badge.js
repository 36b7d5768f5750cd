// @ts-check
// The number of waiting entries and the age of the oldest, on every page, as a status line.
import { listen } from "./channel.js";
import { count, storage } from "./queue.js";
import { age, calmly, storageLevel } from "./rules.js";

/** A text of the page from the data- attributes of `template[data-outbox-words]`; {n} is replaced by the number. @param {string} name @param {number} [n] */
export function word(name, n = 0) {
  const words = document.querySelector("[data-outbox-words]");
  return (words?.getAttribute(`data-${name}`) ?? "").replace("{n}", String(n));
}

/** @param {string} iso @returns {string} */
export function oldWord(iso) {
  const { unit, count: n } = age(Date.now() - Date.parse(iso));
  return word(unit, n);
}

export const draw = calmly(async () => {
  const { waiting, oldest } = await count();
  for (const badge of document.querySelectorAll("[data-outbox-badge]")) {
    const text = [word("waiting", waiting), oldest ? oldWord(oldest) : ""].filter(Boolean).join(" · ");
    badge.textContent = text || String(waiting);
    /** @type {HTMLElement} */ (badge).hidden = waiting === 0;
  }
});

async function warnOfStorage() {
  const level = storageLevel(await storage());
  for (const line of document.querySelectorAll("[data-storage-warning]")) {
    /** @type {HTMLElement} */ (line).hidden = line.getAttribute("data-storage-warning") !== level;
  }
}

/** Shows the sender's state, except for a heartbeat without entries, which would only make the page jump. @param {string} state */
async function status(state) {
  const isIdle = state === "sending" && (await count()).waiting === 0;
  for (const line of document.querySelectorAll("[data-outbox-state]")) {
    line.textContent = state && !isIdle ? word(`state-${state}`) : "";
  }
}

export function start() {
  listen((news) => {
    if (news.type === "state") void status(news.state);
    if (news.type === "queue") void draw();
  });
  setInterval(draw, 60_000);
  void draw();
  void warnOfStorage();
}
