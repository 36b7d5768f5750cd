// @ts-check
// Reference data on the device: places, checklists, items. Never anything personal.
import { call } from "./api.js";
import { read, write } from "./store.js";

const ABOUT = "_version"; // the row that says of when the parts are

/** A part of the reference data; undefined when this device has none. @param {string} name @returns {Promise<any>} */
export const part = async (name) => (await read("reference", name))?.data;

/** When the server made the parts kept here. @returns {Promise<Date | null>} */
export async function madeAt() {
  const about = await read("reference", ABOUT);
  return about ? new Date(about.at) : null;
}

/** Fetches the parts again when they changed, at most every `ms`. Throws what `call` throws. @param {number} [ms] */
export async function refresh(ms = 0) {
  const about = await read("reference", ABOUT);
  if (about && Math.abs(Date.now() - about.asked_at) < ms) return;
  /** @type {Record<string, string>} */
  const headers = about ? { "If-None-Match": about.etag } : {};
  const { status, body, headers: said } = await call("GET", "/sync/reference", { headers });
  const asked_at = Date.now();
  await write(["reference"], (at) => {
    if (status === 304) { at("reference").put({ ...about, asked_at, at: new Date(asked_at).toISOString() }); return; }
    at("reference").clear();
    for (const [name, data] of Object.entries(body.parts)) at("reference").put({ name, data, at: body.at });
    at("reference").put({ name: ABOUT, data: body.version, etag: said.get("ETag") ?? `"${body.version}"`, at: body.at, asked_at });
  });
}
