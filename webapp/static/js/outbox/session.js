// @ts-check
// The permission to record on this device: requests a grant after sign-in, deletes everything at sign-out, also offline.
import { deviceName } from "../entry.js";
import { onSubmit } from "../submit.js";
import { SignIn, Unreachable, call, whoIsSignedIn } from "./api.js";
import { sealedName } from "./author.js";
import { listen, tell } from "./channel.js";
import { takeNewId, proof, publicKey } from "./device.js";
import { blank, remember } from "./person.js";
import * as reference from "./reference.js";
import { holds } from "./rules.js";
import { draftsKey, importGrantKey, importServerKey } from "./seal.js";
import { setHooks } from "./sender.js";
import { meta, read, setMeta, write } from "./store.js";

const RENEW_DAYS = 7;
const REFRESH_MS = 600_000;
const GIVES_UP_MS = 60_000; // longer than the two calls that end a session

/** The grant on this device: `{id, person, roles, expires_at, device}`; undefined if there is none or it has expired. */
export async function grant() {
  const kept = await read("keys", "grant");
  return holds(kept, undefined, Date.now()) ? kept : undefined;
}

/** @param {string} device @param {string} [key] @returns {Promise<any>} */
const ask = async (device, key) =>
  (await call("POST", "/sync/grants", { json: { device, key, now: new Date().toISOString() }, prove: proof })).body;

/** Requests a grant and the keys. Deletes another person's drafts and reference data. */
export async function renew() {
  let device = deviceName();
  const key = await publicKey();
  const body = await ask(device, key).catch(async (error) => {
    if (!(error instanceof Unreachable && error.status === 409)) throw error;
    device = await takeNewId(); // this id belongs to another device
    return ask(device, key);
  });
  const [mine, server, before, drafts] = await Promise.all([
    importGrantKey(body.key), importServerKey(body.server_key.spki), read("keys", "grant"), read("keys", "drafts"),
  ]);
  // In this device's time, which may be wrong by days: only the duration matters.
  const expires_at = new Date(Date.now() + Date.parse(body.expires_at) - Date.parse(body.server_now)).toISOString();
  const isSame = before?.person === body.person && drafts;
  const fresh = isSame ? drafts : { name: "drafts", key: await draftsKey() };
  const named = await sealedName(body.name, body.person, fresh.key);
  await write(["keys", "drafts", "reference"], (at) => {
    if (!isSame) { at("drafts").clear(); at("reference").clear(); }
    at("keys").put({ name: "grant", id: body.grant, person: body.person, roles: body.roles, expires_at, device, key: mine, shown: Boolean(key) });
    at("keys").put({ name: "server", key_id: body.server_key.id, key: server, agreement: body.agreement_key });
    at("keys").put(fresh);
    at("keys").put(named);
  });
}

/** Runs on each page of a signed-in person. @param {string | undefined} person */
async function prepare(person) {
  const kept = await read("keys", "grant");
  if (!holds(kept, person, Date.now(), RENEW_DAYS) || kept.shown === undefined) await renew(); // older versions sent no key
  await reference.refresh(REFRESH_MS);
}

/** Deletes all data of a person from this device; the sealed queue and its receipts stay. */
export async function forget() {
  await write(["keys", "reference", "drafts"], (at) => { for (const name of ["keys", "reference", "drafts"]) at(name).clear(); });
  const names = "caches" in globalThis ? await caches.keys() : [];
  await Promise.all(names.filter((name) => !name.startsWith("frontline-shell-")).map((name) => caches.delete(name)));
  sessionStorage.clear();
}

/** Ends the server's session, of whichever person. Throws Unreachable. @returns {Promise<boolean>} whether nobody is signed in now */
async function endSession() {
  await call("POST", "/sync/sign-out", { json: {} });
  return await whoIsSignedIn() === null;
}

/** Completes a sign-out without a network on the server, before anything else is sent. @returns {Promise<boolean>} whether entries may be sent */
export async function settleSignOut() {
  if (!await meta("must_sign_out")) return true;
  if (!await endSession()) return false;
  await setMeta("must_sign_out", false);
  return true;
}

async function signOut() {
  await setMeta("must_sign_out", true); // until the server has confirmed it
  await forget();
  remember("");
  blank();
  tell({ type: "signed-out" });
  const isOut = await endSession().catch(() => false);
  if (isOut) await setMeta("must_sign_out", false);
  tell({ type: "signed-out", to: isOut ? "/sign-in" : "/offline" });
}

/** What nobody has submitted yet is named before it goes. @type {import("../submit.js").Step} */
function leaving(form) {
  if (new URL(form.action, location.href).pathname !== "/sign-out") return "go";
  const leave = () => { signOut().catch(() => form.submit()); };
  import("./leaving.js").then(({ ask }) => ask(leave)).catch(() => false).then((isAsked) => isAsked || leave());
  return "done";
}

/** Ignores a missing grant (no network, not signed in, a lost device). @param {any} error */
function ignoreUnreachable(error) {
  if (!(error instanceof Unreachable || error instanceof SignIn)) throw error;
}

/** Handles sign-out; requests or renews the grant of the signed-in person. */
export async function start() {
  setHooks({ first: settleSignOut, grantIsDead: () => renew().catch(ignoreUnreachable) });
  onSubmit("sign-out", leaving);
  listen((news) => { // every tab is cleared at once and leaves the page once the server has answered or is unreachable
    if (news.type !== "signed-out") return;
    blank();
    if (news.to) location.replace(news.to); else setTimeout(() => location.replace("/offline"), GIVES_UP_MS);
  });
  const { person } = document.body.dataset;
  const somebody = Boolean(await read("keys", "grant"));
  for (const form of document.querySelectorAll("form[data-sign-out]")) /** @type {HTMLElement} */ (form).hidden = !somebody;
  if (await meta("must_sign_out")) {
    if (document.body.hasAttribute("data-signed-in")) { blank(); await settleSignOut().catch(() => false); location.replace("/sign-in"); }
    return;
  }
  if (!document.body.hasAttribute("data-signed-in")) return;
  await prepare(person).catch(ignoreUnreachable);
}
