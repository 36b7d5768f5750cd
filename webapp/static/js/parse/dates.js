// @ts-check
// @cases tests/parse/dates.json
// The parser of typed days and moments; see webapp/kernel/parse/dates.py, which does the same.
import { fold } from "./folding.js";

const DAY = /^([0-9]{4})(?:([-/.])([0-9]{1,2})\2([0-9]{1,2})| ?年 ?([0-9]{1,2}) ?月 ?([0-9]{1,2}) ?[日号]?|([0-9]{2})([0-9]{2}))$/;
const TIME = /^([0-9]{1,2}):([0-9]{2})(?::([0-9]{2})(?:\.([0-9]{1,6}))?)?$/;
const MIDNIGHT = /[T ]+0{1,2}:00(:00(\.0+)?)?$/; // added to a day by a spreadsheet
const FIRST_YEAR = 1900;
const LAST_YEAR = 2200;

/** A day as YYYY-MM-DD, or null. @param {string} text @returns {string | null} */
export function parseDay(text) {
  const match = DAY.exec(fold(text).replace(MIDNIGHT, ""));
  if (!match) return null;
  const [year, month, day] = [match[1], match[3] ?? match[5] ?? match[7], match[4] ?? match[6] ?? match[8]];
  if (Number(year) < FIRST_YEAR || Number(year) > LAST_YEAR) return null;
  const iso = `${year}-${month.padStart(2, "0")}-${day.padStart(2, "0")}`;
  const at = new Date(`${iso}T00:00Z`);
  return !Number.isNaN(at.getTime()) && at.toISOString().startsWith(iso) ? iso : null;
}

/** A day and a time as YYYY-MM-DDTHH:MM:SS, or null. @param {string} text @returns {string | null} */
export function parseMoment(text) {
  const written = fold(text).replaceAll("T", " ");
  const gap = written.lastIndexOf(" ");
  const day = gap < 0 ? null : parseDay(written.slice(0, gap));
  const match = TIME.exec(written.slice(gap + 1));
  if (!day || !match) return null;
  const [hour, minute, second] = [match[1].padStart(2, "0"), match[2], match[3] ?? "00"];
  if (hour > "23" || minute > "59" || second > "59") return null;
  const micros = (match[4] ?? "").padEnd(6, "0");
  return `${day}T${hour}:${minute}:${second}${micros === "000000" ? "" : `.${micros}`}`;
}

/** The time in a zone in the format of a datetime-local field. @param {Date} at @param {string} zone */
export const wallClock = (at, zone) =>
  new Intl.DateTimeFormat("sv-SE", { timeZone: zone, dateStyle: "short", timeStyle: "short" }).format(at).replace(" ", "T");

/** Whether a moment typed in the time of a zone has passed; false for malformed text. @param {string} typed @param {Date} at @param {string} zone */
export function hasGoneBy(typed, at, zone) {
  const moment = parseMoment(typed);
  return moment !== null && moment <= `${wallClock(at, zone)}:59`;
}
