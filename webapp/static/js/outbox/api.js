// @ts-check
// Calls to the server. Only our own JSON counts as an answer, not a redirect or a captive portal's page.

import { note } from "./clock.js";
import { within } from "./limits.js";
import { patience } from "./rules.js";

export class Unreachable extends Error {
  /** @param {number} [status] 0: no answer, or an answer that is not from our server */
  constructor(status = 0) {
    super(`unreachable ${status}`);
    this.status = status;
  }
}
export class SignIn extends Error {}

/**
 * Returns the JSON object of an answer. Throws SignIn on 401, Unreachable for any other failure.
 * @param {string} method @param {string} path @param {{json?: any, bytes?: ArrayBuffer, headers?: Record<string, string>,
 *   prove?: (path: string, body: string) => Promise<Record<string, string>>}} [sent] prove: returns headers for this body
 * @returns {Promise<{status: number, body: any, headers: Headers}>}
 */
export async function call(method, path, { json, bytes, headers = {}, prove } = {}) {
  /** @type {Record<string, string>} */
  const type = json === undefined ? {} : { "Content-Type": "application/json" };
  const body = json === undefined ? bytes : JSON.stringify(json);
  const proven = typeof body === "string" && prove ? await prove(path, body) : {};
  const ms = patience(typeof body === "string" ? body.length : body?.byteLength ?? 0);
  const { answer, payload } = await within(ms, async (signal) => {
    const answer = await fetch(path, {
      method,
      headers: { "X-Frontline-Sync": "1", Accept: "application/json", ...type, ...headers, ...proven },
      body,
      redirect: "manual",
      credentials: "same-origin",
      cache: "no-store",
      signal,
    });
    return { answer, payload: answer.status === 304 ? {} : await answer.json().catch(() => null) };
  }).catch(() => { throw new Unreachable(); });
  if (answer.status === 304) return { status: 304, body: {}, headers: answer.headers };
  if (answer.status === 401 && payload?.code === "sign-in") throw new SignIn();
  if (!payload || typeof payload !== "object") throw new Unreachable(answer.status >= 400 ? answer.status : 0);
  if (!answer.ok) throw new Unreachable(answer.status);
  return { status: answer.status, body: payload, headers: answer.headers };
}

/** The id of the signed-in person, or null. Throws Unreachable if the answer is not from our server. @returns {Promise<string | null>} */
export async function whoIsSignedIn() {
  const left = Date.now();
  const { body } = await call("GET", "/sync/status");
  if (body.frontline !== true) throw new Unreachable();
  note(left, body.server_now);
  return body.person;
}
