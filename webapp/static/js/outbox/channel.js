// @ts-check
// Notifies this tab and all others of changes to the outbox.

/** @typedef {{type: "queue" | "state" | "person" | "signed-out", [more: string]: any}} News */

const channel = globalThis.document && "BroadcastChannel" in globalThis ? new BroadcastChannel("frontline") : null;
/** @type {Set<(news: News) => void>} */
const listeners = new Set();
channel?.addEventListener("message", ({ data }) => listeners.forEach((hear) => hear(data)));

/** @param {(news: News) => void} hear */
export const listen = (hear) => { listeners.add(hear); };

/** @param {News} news */
export function tell(news) {
  channel?.postMessage(news);
  listeners.forEach((hear) => hear(news));
}
