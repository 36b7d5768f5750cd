// @ts-check
// Who may record on this device: the grant after signing in, and nothing left after signing out (also without a network).
import { deviceName } from "../entry.js";
import { onSubmit } from "../submit.js";
import { SignIn, Unreachable, call, whoIsSignedIn } from "./api.js";
import { listen, tell } from "./channel.js";
import { becomeAnother, proof, publicKey } from "./device.js";
import { blank, remember } from "./person.js";
import * as reference from "./reference.js";
import { holds } from "./rules.js";
import { draftsKey, importGrantKey, importServerKey } from "./seal.js";
import { setHooks } from "./sender.js";
import { meta, read, setMeta, write } from "./store.js";

const RENEW_DAYS = 7;
const REFRESH_MS = 600_000;
const GIVES_UP_MS = 60_000; // longer than the two calls that end a session may take

/** The grant kept here: `{id, person, roles, expires_at, device}`; undefined without one or when it has ended. */
export async function grant() {
  const kept = await read("keys", "grant");
  return holds(kept, undefined, Date.now()) ? kept : undefined;
}

/** @param {string} device @param {string} [key] @returns {Promise<any>} */
const ask = async (device, key) =>
  (await call("POST", "/sync/grants", { json: { device, key, now: new Date().toISOString() }, prove: proof })).body;

/** Get leave to record, and the keys. Another person's drafts and reference data go. */
export async function renew() {
  let device = deviceName();
  const key = await publicKey();
  const body = await ask(device, key).catch(async (error) => {
    if (!(error instanceof Unreachable && error.status === 409)) throw error;
    device = await becomeAnother(); // this name is another device's
    return ask(device, key);
  });
  const [mine, server, before, drafts] = await Promise.all([
    importGrantKey(body.key), importServerKey(body.server_key.spki), read("keys", "grant"), read("keys", "drafts"),
  ]);
  // By this device's clock, which may be days off: what counts is how long it holds.
  const expires_at = new Date(Date.now() + Date.parse(body.expires_at) - Date.parse(body.server_now)).toISOString();
  const isSame = before?.person === body.person && drafts;
  const fresh = isSame ? drafts : { name: "drafts", key: await draftsKey() };
  await write(["keys", "drafts", "reference"], (at) => {
    if (!isSame) { at("drafts").clear(); at("reference").clear(); }
    at("keys").put({ name: "grant", id: body.grant, person: body.person, roles: body.roles, expires_at, device, key: mine, shown: Boolean(key) });
    at("keys").put({ name: "server", key_id: body.server_key.id, key: server });
    at("keys").put(fresh);
  });
}

/** After each page of a signed-in person. @param {string | undefined} person */
async function prepare(person) {
  const kept = await read("keys", "grant");
  if (!holds(kept, person, Date.now(), RENEW_DAYS) || kept.shown === undefined) await renew(); // versions before showed no key
  await reference.refresh(REFRESH_MS);
}

/** Everything of a person goes from this device; the sealed queue and its receipts stay. */
export async function forget() {
  await write(["keys", "reference", "drafts"], (at) => { for (const name of ["keys", "reference", "drafts"]) at(name).clear(); });
  const names = "caches" in globalThis ? await caches.keys() : [];
  await Promise.all(names.filter((name) => !name.startsWith("frontline-shell-")).map((name) => caches.delete(name)));
  sessionStorage.clear();
}

/** End the server's session, whoever's it is. Throws Unreachable. @returns {Promise<boolean>} whether nobody is signed in now */
async function endSession() {
  await call("POST", "/sync/sign-out", { json: {} });
  return await whoIsSignedIn() === null;
}

/** Somebody signed out here without a network: the server hears of it before anything else. @returns {Promise<boolean>} may anything be sent? */
export async function settleSignOut() {
  if (!await meta("must_sign_out")) return true;
  if (!await endSession()) return false;
  await setMeta("must_sign_out", false);
  return true;
}

async function signOut() {
  await setMeta("must_sign_out", true); // until the server has said that it is so
  await forget();
  remember("");
  blank();
  tell({ type: "signed-out" });
  const isOut = await endSession().catch(() => false);
  if (isOut) await setMeta("must_sign_out", false);
  tell({ type: "signed-out", to: isOut ? "/sign-in" : "/offline" });
}

/** @type {import("../submit.js").Step} */
function leaving(form) {
  if (new URL(form.action, location.href).pathname !== "/sign-out") return "go";
  signOut().catch(() => form.submit());
  return "done";
}

/** No leave for now (no network, not signed in, a lost device) is nothing to stop at. @param {any} error */
function unheard(error) {
  if (!(error instanceof Unreachable || error instanceof SignIn)) throw error;
}

/** Watch for signing out; get or renew the grant of who is signed in. */
export async function start() {
  setHooks({ first: settleSignOut, grantIsDead: () => renew().catch(unheard) });
  onSubmit("sign-out", leaving);
  listen((news) => { // in every tab: emptied at once, elsewhere when the server has answered or could not be had
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
  await prepare(person).catch(unheard);
}
