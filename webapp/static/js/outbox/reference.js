// @ts-check
// Reference data on the device: places, checklists, items; no personal data.
import { call } from "./api.js";
import { read, write } from "./store.js";

const ABOUT = "_version"; // the row with the version and time of the parts

/** A part of the reference data; undefined if this device does not have it. @param {string} name @returns {Promise<any>} */
export const part = async (name) => (await read("reference", name))?.data;

/** The server's time of the parts on this device. @returns {Promise<Date | null>} */
export async function madeAt() {
  const about = await read("reference", ABOUT);
  return about ? new Date(about.at) : null;
}

/** Fetches changed parts, at most every `ms`. Throws the errors of `call`. @param {number} [ms] */
export async function refresh(ms = 0) {
  const about = await read("reference", ABOUT);
  if (about && Math.abs(Date.now() - about.asked_at) < ms) return;
  /** @type {Record<string, string>} */
  const headers = about ? { "If-None-Match": about.etag } : {};
  const { status, body, headers: answered } = await call("GET", "/sync/reference", { headers });
  const asked_at = Date.now();
  await write(["reference"], (at) => {
    if (status === 304) { at("reference").put({ ...about, asked_at, at: new Date(asked_at).toISOString() }); return; }
    at("reference").clear();
    for (const [name, data] of Object.entries(body.parts)) at("reference").put({ name, data, at: body.at });
    at("reference").put({ name: ABOUT, data: body.version, etag: answered.get("ETag") ?? `"${body.version}"`, at: body.at, asked_at });
  });
}
