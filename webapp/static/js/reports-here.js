// @ts-check
// Which daily reports this device has signed and not sent yet: those whose entry is still in the outbox.
import { list } from "./outbox/queue.js";

const KEY = "frontline.reports"; // [report, uuid of its entry]; without personal data
const MOST = 100;

/** @returns {[string, string][]} */
function known() {
  try {
    return JSON.parse(localStorage.getItem(KEY) ?? "[]");
  } catch {
    return [];
  }
}

/** Notes the entry by which a report is being signed. @param {string} due @param {string} uuid */
export function remember(due, uuid) {
  try {
    const others = known().filter(([, other]) => other !== uuid);
    localStorage.setItem(KEY, JSON.stringify([...others, [due, uuid]].slice(-MOST)));
  } catch {
    // without it, the page says nothing about this device
  }
}

/** @returns {Promise<Set<string>>} the ids of the reports */
export async function waitingHere() {
  const queued = new Set((await list()).map(({ uuid }) => uuid));
  return new Set(known().filter(([, uuid]) => queued.has(uuid)).map(([due]) => due));
}
