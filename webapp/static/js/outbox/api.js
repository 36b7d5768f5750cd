// @ts-check
// Calls to the server. Only JSON of our own is an answer: a redirect or a captive portal's page is none.

import { note } from "./clock.js";
import { within } from "./limits.js";
import { patience } from "./rules.js";

export class Unreachable extends Error {
  /** @param {number} [status] 0: no answer at all, or one that is not the server's */
  constructor(status = 0) {
    super(`unreachable ${status}`);
    this.status = status;
  }
}
export class SignIn extends Error {}

/**
 * The JSON object of an answer. Throws SignIn on 401, else Unreachable.
 * @param {string} method @param {string} path @param {{json?: any, bytes?: ArrayBuffer, headers?: Record<string, string>,
 *   prove?: (path: string, body: string) => Promise<Record<string, string>>}} [sent] prove: headers that go with this body
 * @returns {Promise<{status: number, body: any, headers: Headers}>}
 */
export async function call(method, path, { json, bytes, headers = {}, prove } = {}) {
  /** @type {Record<string, string>} */
  const type = json === undefined ? {} : { "Content-Type": "application/json" };
  const body = json === undefined ? bytes : JSON.stringify(json);
  const proven = typeof body === "string" && prove ? await prove(path, body) : {};
  const ms = patience(typeof body === "string" ? body.length : body?.byteLength ?? 0);
  const { answer, said } = await within(ms, async (signal) => {
    const answer = await fetch(path, {
      method,
      headers: { "X-Frontline-Sync": "1", Accept: "application/json", ...type, ...headers, ...proven },
      body,
      redirect: "manual",
      credentials: "same-origin",
      cache: "no-store",
      signal,
    });
    return { answer, said: answer.status === 304 ? {} : await answer.json().catch(() => null) };
  }).catch(() => { throw new Unreachable(); });
  if (answer.status === 304) return { status: 304, body: {}, headers: answer.headers };
  if (answer.status === 401 && said?.code === "sign-in") throw new SignIn();
  if (!said || typeof said !== "object") throw new Unreachable(answer.status >= 400 ? answer.status : 0);
  if (!answer.ok) throw new Unreachable(answer.status);
  return { status: answer.status, body: said, headers: answer.headers };
}

/** The probe: who the server says is signed in. Throws Unreachable when it is not our server. @returns {Promise<string | null>} */
export async function whoIsSignedIn() {
  const left = Date.now();
  const { body } = await call("GET", "/sync/status");
  if (body.frontline !== true) throw new Unreachable();
  note(left, body.server_now);
  return body.person;
}
