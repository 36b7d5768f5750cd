// @ts-check
// The queue: what waits on this device. Nothing is "saved" before its strict transaction is complete.
import { deviceName } from "../entry.js";
import { all, get, photosOf, write } from "./store.js";
import { seal, toWire } from "./seal.js";
import { HELD_MS } from "./timing.js";

const channel = "BroadcastChannel" in globalThis ? new BroadcastChannel("frontline") : undefined;

/** Tells this page and the other tabs that something about the outbox changed. @param {string} what @param {any} [more] */
export function tell(what, more = {}) {
  const detail = { what, ...more };
  channel?.postMessage(detail);
  document.dispatchEvent(new CustomEvent("frontline:outbox", { detail }));
}
channel?.addEventListener("message", ({ data }) => document.dispatchEvent(new CustomEvent("frontline:outbox", { detail: { ...data, elsewhere: true } })));

/** The person's leave to record here; null when there is none or it ran out. @returns {Promise<any>} */
export async function liveGrant() {
  const grant = await get("keys", "grant");
  return grant && Date.parse(grant.expires_at) > Date.now() ? grant : null;
}

/**
 * Seal an entry and keep it. Throws Error("no-grant") when nobody may record here, QuotaExceededError when the device is full.
 * @param {{uuid: string, kind: string, fields: [string, string][], photos?: import("./seal.js").Photo[], posts?: boolean, captured_at?: string}} what
 *   `posts`: the form is about to post itself, so that the sender waits
 * @returns {Promise<any>} the queued item
 */
export function keep({ uuid, kind, fields, photos = [], posts = false, captured_at = new Date().toISOString() }) {
  return navigator.locks.request("frontline-save", async () => {
    const [grant, server] = await Promise.all([liveGrant(), get("keys", "server")]);
    if (!grant || !server) throw new Error("no-grant");
    const [last, given, known] = await Promise.all([get("meta", "seq"), get("meta", "withdrawn"), get("queue", uuid)]);
    const withdrawn = { ...given?.value };
    const newest = last?.value ?? 0;
    const seq = known?.seq ?? withdrawn[uuid] ?? newest + 1;
    delete withdrawn[uuid];
    const sealed = await seal({
      uuid, kind, fields, photos, seq, captured_at, device: deviceName(), author: grant.person, grant: grant.grant,
      tz: Intl.DateTimeFormat().resolvedOptions().timeZone || "UTC", app: appVersion(),
    }, { id: server.id, key: server.key }, grant.key);
    const now = Date.now();
    const item = { ...sealed.envelope, state: "waiting", tries: 0, next_at: 0, held_until: posts ? now + HELD_MS : 0, saved_at: now };
    await write(["queue", "photos", "meta"], (store) => {
      store("queue").put(item);
      for (const photo of sealed.photos) store("photos").put({ ...photo, is_sent: false });
      store("meta").put({ name: "seq", value: Math.max(seq, newest) });
      store("meta").put({ name: "withdrawn", value: withdrawn });
    });
    tell("kept", { uuid });
    return item;
  });
}

/** The version of the pages on this device. */
export const appVersion = () => document.querySelector("meta[name='app-version']")?.getAttribute("content") || "0";

/** A form that was answered in place stays on the screen; its copy goes, its number waits for the next press. @param {string} uuid */
export async function withdraw(uuid) {
  const item = await get("queue", uuid);
  if (!item) return;
  const given = await get("meta", "withdrawn");
  await write(["queue", "photos", "meta"], (store) => {
    store("queue").delete(uuid);
    store("photos").delete(photosOf(uuid));
    store("meta").put({ name: "withdrawn", value: { ...given?.value, [uuid]: item.seq } });
  });
  tell("withdrawn", { uuid });
}

/** The server has it: the copy goes to `sent` and stays a week. @param {any} item @param {any} receipt outcome, seq, url, code, sentence */
export async function settle(item, receipt) {
  await write(["queue", "sent"], (store) => {
    store("queue").delete(item.uuid);
    store("sent").put({ ...item, state: "sent", receipt: { ...receipt, at: Date.now() } });
  });
  tell("settled", { uuid: item.uuid, receipt });
}

/** A form that posted itself got its receipt by header. @param {string} uuid @param {number} seq */
export async function settleByForm(uuid, seq) {
  const item = await get("queue", uuid);
  if (item) await settle(item, { outcome: "receipt", seq });
}

/** Let the sender have an item whose form did not get through. @param {string} uuid */
export async function handOver(uuid) {
  const item = await get("queue", uuid);
  if (item) await write(["queue"], (store) => { store("queue").put({ ...item, held_until: 0 }); });
  tell("waiting", { uuid });
}

/** Everything that waits, the oldest first. @returns {Promise<any[]>} */
export const waiting = async () => (await all("queue")).sort((a, b) => a.seq - b.seq);

/** The sealed queue as a file's text: only the server can open it. @returns {Promise<string>} */
export async function exported() {
  const items = await waiting();
  return JSON.stringify({ frontline: 1, device: deviceName(), envelopes: items.map(toWire) }, null, 1);
}
