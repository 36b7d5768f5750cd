// @ts-check
// The outbox page: waiting entries with the reason, receipts of the last seven days, storage.
import { oldWord, word } from "./badge.js";
import { written } from "../moments.js";
import { listen } from "./channel.js";
import { say } from "./messages.js";
import { canPersist, exported, list, persist, storage, withdraw } from "./queue.js";
import { part } from "./reference.js";
import { called, calmly, storageLevel } from "./rules.js";
import { flush } from "./sender.js";
import { all, read, support } from "./store.js";
import { isOwn, takeBack } from "./taking-back.js";

/** @type {Record<string, string>} */
const labels = JSON.parse(document.querySelector("[data-kind-labels]")?.textContent || "{}");

const SHOWN = 50; // rows per list: redrawing hundreds of rows would slow down the sender
/** @type {Map<string, string>} names of places by their ids */
const places = new Map();

/** @param {string} name @returns {HTMLElement | null} */
const find = (name) => document.querySelector(`[data-${name}]`);

/** @param {Element} item @param {string} part @param {string} text */
function write(item, part, text) {
  const place = item.querySelector(`[data-part='${part}']`);
  if (place) place.textContent = text;
}

/** @param {any} row @returns {string} a word's name */
function why(row) {
  if (row.state === "parked") return "why-parked";
  if (row.held_until > Date.now()) return "why-going";
  if (row.tries && row.reason.startsWith("wait-")) return `why-${row.reason}`;
  return row.tries ? "why-retry" : "why-network";
}

/** @param {string} name @param {any[]} rows @param {(item: Element, row: any) => void} fill */
function draw(name, rows, fill) {
  const template = document.querySelector(`template[data-${name}-item]`);
  const items = rows.slice(0, SHOWN).map((row) => {
    const item = /** @type {Element} */ (/** @type {HTMLTemplateElement} */ (template).content.firstElementChild?.cloneNode(true));
    write(item, "kind", labels[row.kind] ?? row.kind);
    write(item, "at", written(new Date(row.captured_at)));
    write(item, "place", places.get(row.place) ?? "");
    fill(item, row);
    return item;
  });
  find(`${name}-list`)?.replaceChildren(...items);
  const [empty, more] = [find(`${name}-empty`), find(`${name}-more`)];
  if (empty) empty.hidden = rows.length > 0;
  if (!more) return;
  more.hidden = rows.length <= SHOWN;
  more.textContent = more.hidden ? "" : word("more", rows.length - SHOWN);
}

const drawAll = calmly(async () => {
  const [waiting, sent, grant] = await Promise.all([list(), all("sent"), read("keys", "grant")]);
  waiting.sort((a, b) => Number(b.state === "parked") - Number(a.state === "parked")); // entries that are not sent automatically come first
  draw("waiting", waiting, (item, row) => {
    write(item, "why", word(why(row)));
    write(item, "age", oldWord(row.saved_at));
    write(item, "tries", row.tries ? word("tries", row.tries) : "");
    const button = /** @type {HTMLElement | null} */ (item.querySelector("[data-take-back]"));
    if (!button) return;
    button.dataset.takeBack = row.uuid;
    button.hidden = !isOwn(row, grant?.person);
  });
  draw("sent", sent.sort((a, b) => b.sent_at.localeCompare(a.sent_at)), (item, { outcome }) => {
    write(item, "outcome", word(`outcome-${outcome.outcome}`));
    write(item, "seq", outcome.seq ? word("receipt", outcome.seq) : outcome.sentence ?? "");
    const link = item.querySelector("a[data-part='seq']");
    const url = outcome.url ?? (outcome.outcome === "returned" ? "/sync/returned" : "");
    if (url) link?.setAttribute("href", url);
  });
  for (const button of document.querySelectorAll("[data-needs-waiting]")) /** @type {HTMLElement} */ (button).hidden = !waiting.length;
});

async function drawStorage() {
  const { usage, quota, persisted } = await storage();
  const meter = /** @type {HTMLMeterElement | null} */ (find("storage-meter"));
  const room = find("storage-room");
  if (room) room.hidden = !quota; // no meter if the browser reports no quota
  if (meter) { meter.value = quota ? usage / quota : 0; meter.dataset.level = storageLevel({ usage, quota }); }
  const ask = find("persist-ask");
  if (ask) ask.hidden = persisted || !canPersist();
  const kept = find("persisted");
  if (kept) kept.hidden = !persisted;
  const whole = find("storage");
  if (whole) whole.hidden = !quota && !persisted && !canPersist();
}

async function askToPersist() {
  const isKept = await persist();
  await drawStorage();
  const denied = find("persist-denied");
  if (denied) denied.hidden = isKept;
}

async function saveFile() {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(await exported());
  link.download = `frontline-queue-${new Date().toISOString().slice(0, 16).replace(/\D/g, "")}.json`;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}

/** Opens the form of a waiting entry again. @param {Event} event */
async function changed({ target }) {
  const button = target instanceof Element ? target.closest("[data-take-back]") : null;
  if (!(button instanceof HTMLElement)) return;
  const answer = await takeBack(button.dataset.takeBack ?? "", withdraw).catch(() => ({ reason: "going" }));
  if ("page" in answer) location.assign(answer.page); else say(`not-taken-back-${answer.reason}`);
}

if (!support()) {
  find("waiting-list")?.addEventListener("click", (event) => { void changed(event); });
  find("send-now")?.addEventListener("click", () => { void flush({ pressed: true }); });
  find("save-file")?.addEventListener("click", () => { saveFile().catch(() => say("store-silent")); });
  find("persist")?.addEventListener("click", () => { void askToPersist(); });
  listen((news) => { if (news.type === "queue") void drawAll(); });
  void drawAll();
  void part("places").then((rows) => { for (const row of rows ?? []) places.set(row.id, called(row, document.documentElement.lang)); return drawAll(); }).catch(() => {});
  void drawStorage();
}
