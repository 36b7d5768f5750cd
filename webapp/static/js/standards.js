// @ts-check
// What a reading means against the standard: the rules of webapp/standards/rules on the phone, proved by one table of
// cases (tests/standards/cases.json). Pure: no DOM. Numbers stay text and are compared digit by digit, never as floats.
import { plainNumber } from "./parse/numbers.js";

/** @typedef {{value: string, below_detection: boolean, beyond_range: boolean, word?: "detected" | "not_detected"}} Measured */
/** @typedef {Record<string, any>} Limit  A limit as `as_plain` wrote it: what is at its default is left out. */
/** @typedef {Record<string, string | null | undefined>} Circumstances */
/** @typedef {"within" | "above" | "below" | "no_limit" | "undetermined"} Verdict */
/** @typedef {{verdict: Verdict, limit: Limit | null, missing: string[], indicative: boolean}} Judgement */

const EVERY_PARAMETER = "*";
const FACTS = [
  ["institution", "institution"], ["points", "point"], ["route", "route"], ["disinfectant", "disinfectant"],
  ["regime", "regime"], ["effluent_class", "effluent_class"],
];
const RANGES = [["contact", "contact_hours"], ["celsius", "store_celsius"]];
const WATER = ["contact_tank_outlet", "external_outlet", "department_outlet", "decay_tank_outlet"];
// Facts whose every possible value is stated by some row, so that what all rows say alike is true whatever the fact is.
const COVERED = ["route", "contact_hours", "store_celsius", "effluent_class"];

/** Compare two decimals written as text: negative, zero or positive. @param {string} a @param {string} b @returns {number} */
export function compare(a, b) {
  const places = Math.max(...[a, b].map((text) => (text.split(".")[1] ?? "").length));
  const [left, right] = [a, b].map((text) => {
    const [whole, rest = ""] = text.split(".");
    return BigInt(whole + rest.padEnd(places, "0"));
  });
  return left < right ? -1 : left > right ? 1 : 0;
}


/** Does the value reach the lower end? null: cannot be told. @param {Measured} measured @param {Limit} limit @returns {boolean | null} */
function reachesLow(measured, limit) {
  if (limit.low === undefined) return true;
  if (measured.word) return false;
  const order = compare(measured.value, limit.low);
  if (measured.below_detection) return order <= 0 ? false : null;
  if (measured.beyond_range) return order >= 0 ? true : null;
  return order > 0 || (limit.low_inclusive !== false && order === 0);
}

/** @param {Measured} measured @param {Limit} limit @returns {boolean | null} */
function staysUnderHigh(measured, limit) {
  if (limit.high === undefined || measured.word) return true;
  const order = compare(measured.value, limit.high);
  if (measured.below_detection) return order <= 0 ? true : null;
  if (measured.beyond_range) return order >= 0 ? false : null;
  return order < 0 || (limit.high_inclusive !== false && order === 0);
}

/** The value under one limit. @param {Measured} measured @param {Limit} limit @returns {Verdict} */
export function judge(measured, limit) {
  if (limit.no_limit) return "no_limit";
  if (limit.unstated) return "undetermined";
  if (measured.word === "detected") return limit.absent ? "above" : "undetermined";
  if (limit.absent) return measured.word || measured.below_detection || compare(measured.value, "0") === 0 ? "within" : "above";
  const reaches = reachesLow(measured, limit);
  const stays = staysUnderHigh(measured, limit);
  if (reaches === false) return "below";
  if (stays === false) return "above";
  return reaches && stays ? "within" : "undetermined";
}

/** @param {Limit} limit @param {string} name */
const hasRange = (limit, name) => limit[`${name}_at_least`] !== undefined || limit[`${name}_below`] !== undefined;

/** What is known of a fact; a number half typed is not known. @param {Circumstances} circumstances @param {string} fact */
function knownOf(circumstances, fact) {
  const value = circumstances[fact];
  if (RANGES.some(([, name]) => name === fact)) return value ? plainNumber(value) : null;
  return value || null;
}

/** @param {Limit} limit @param {Circumstances} circumstances */
function isRuledOut(limit, circumstances) {
  if (limit.except_institution?.includes(knownOf(circumstances, "institution"))) return true;
  const excluded = FACTS.some(([wanted, fact]) => {
    const known = knownOf(circumstances, fact);
    return limit[wanted] !== undefined && known !== null && ![limit[wanted]].flat().includes(known);
  });
  return excluded || RANGES.some(([name, fact]) => {
    const known = knownOf(circumstances, fact);
    if (known === null) return false;
    const [least, below] = [limit[`${name}_at_least`], limit[`${name}_below`]];
    return (least !== undefined && compare(known, least) < 0) || (below !== undefined && compare(known, below) >= 0);
  });
}

/** The facts a limit depends on that nobody has said. @param {Limit} limit @param {Circumstances} circumstances @returns {string[]} */
function lackingOf(limit, circumstances) {
  const wanted = FACTS.filter(([name]) => limit[name] !== undefined).map(([, fact]) => fact);
  if (limit.quantity) wanted.push("quantity");
  wanted.push(...RANGES.filter(([name]) => hasRange(limit, name)).map(([, fact]) => fact));
  return wanted.filter((fact) => knownOf(circumstances, fact) === null);
}

/** What every limit lacks is asked for first; else all that any lacks. @param {string[][]} lacking @returns {string[]} */
function mostWanted(lacking) {
  const common = lacking[0].filter((fact) => lacking.every((facts) => facts.includes(fact)));
  return common.length ? common : [...new Set(lacking.flat())];
}

/** A preset's own limit goes before the base text, and that before a row about every parameter. @param {Limit} limit */
const rankOf = (limit) => (limit.regime ? 1 : limit.parameter === EVERY_PARAMETER ? -1 : 0);

/**
 * Every row about the parameter, in force on the day, that nothing known rules out.
 * @param {Limit[]} limits @param {string} parameter @param {Circumstances} circumstances @param {string} on
 */
export function pick(limits, parameter, circumstances, on) {
  const about = limits.filter((row) => row.parameter === parameter || row.parameter === EVERY_PARAMETER);
  const valid = about.filter((row) => row.valid_from <= on && (row.valid_to === undefined || on <= row.valid_to));
  return valid.filter((row) => !isRuledOut(row, circumstances));
}

/** @param {Measured} measured @param {Limit} limit @param {boolean} single @returns {Judgement} */
function byLimit(measured, limit, single) {
  const verdict = judge(measured, limit);
  const missing = verdict === "undetermined" ? [limit.unstated ?? (measured.word ? "number" : "finer_method")] : [];
  return { verdict, limit, missing, indicative: single && limit.daily_mean === true };
}

/**
 * The rows that go before all others for what was measured, and those about the other quantity.
 * @param {Limit[]} limits @param {string} parameter @param {Circumstances} told @param {string} on
 */
function standing(limits, parameter, told, on) {
  const candidates = pick(limits, parameter, told, on);
  const isRight = (/** @type {Limit} */ row) => !row.quantity || !told.quantity || row.quantity === told.quantity;
  const right = candidates.filter(isRight);
  const top = Math.max(...right.map(rankOf));
  return { best: right.filter((row) => rankOf(row) === top), wrong: candidates.filter((row) => !isRight(row)) };
}

/** Is there a limit for this parameter, at another point of the same water only? @param {Limit[]} limits @param {string} parameter @param {Circumstances} told @param {string} on */
function isAskedElsewhere(limits, parameter, told, on) {
  if (!WATER.includes(told.point ?? "")) return false;
  const rows = pick(limits, parameter, { ...told, point: null }, on);
  return rows.some((row) => row.parameter === parameter && !row.no_limit && [row.points ?? []].flat().some((point) => WATER.includes(point)));
}

/** The first row with the least of a number. @param {Limit[]} rows @param {(row: Limit) => string} of @param {1 | -1} [sign] */
const leastBy = (rows, of, sign = 1) => rows.reduce((least, row) => (sign * compare(of(row), of(least)) < 0 ? row : least));
/** @param {Limit} limit @returns {string} */
const lowest = (limit) => limit.low ?? "0";
/** @param {Limit} limit @returns {string} */
const highest = (limit) => limit.high ?? "999999999999999";

/** The limit to judge by: the one that applies or, where facts lack, one of several that all say the same. @param {Measured} measured @param {Limit[]} rows @param {string[][]} lacking @returns {Limit | null} */
function telling(measured, rows, lacking) {
  if (lacking.every((facts) => facts.length === 0)) return rows[0];
  if (!lacking.flat().every((fact) => COVERED.includes(fact))) return null;
  const stated = rows.filter((row) => !row.unstated);
  const verdicts = [...new Set(stated.map((row) => judge(measured, row)))].join();
  if (verdicts === "below") return leastBy(stated, lowest); // rows without a number ask for more still
  if (stated.length < rows.length) return null;
  if (verdicts === "above") return leastBy(stated, highest, -1);
  return verdicts === "within" ? leastBy(stated, highest) : null;
}

/** A contact time that is known and too short: the lowest number that a value falls short of. @param {Measured} measured @param {Limit[]} rows @returns {Limit | null} */
function tooLittle(measured, rows) {
  const short = rows.filter((row) => !row.unstated && judge(measured, row) === "below");
  return short.length ? leastBy(short, lowest) : null;
}

/** @param {Circumstances} circumstances @returns {Circumstances} */
const toldBy = (circumstances) => ({ ...circumstances, regime: circumstances.regime ?? "ordinary" });

/**
 * The limit that will judge, before anything is measured; or what must be known to say which. Neither: none is set.
 * @param {Limit[]} limits @param {string} parameter @param {Circumstances} circumstances @param {string} on
 * @returns {{limit: Limit | null, missing: string[]}}
 */
export function applying(limits, parameter, circumstances, on) {
  const told = toldBy(circumstances);
  const { best, wrong } = standing(limits, parameter, told, on);
  if (best.every((row) => row.no_limit)) {
    if (!best.length && !wrong.length && isAskedElsewhere(limits, parameter, told, on)) return { limit: null, missing: ["point"] };
    return wrong.length ? { limit: null, missing: [`${wrong[0].quantity}_chlorine`] } : { limit: best[0] ?? null, missing: [] };
  }
  const lacking = best.map((row) => lackingOf(row, told));
  if (lacking.some((facts) => facts.length)) return { limit: null, missing: mostWanted(lacking) };
  return best[0].unstated ? { limit: null, missing: [best[0].unstated] } : { limit: best[0], missing: [] };
}

/**
 * Find the limit that applies on a day (ISO date) and judge by it.
 * @param {Limit[]} limits @param {string} parameter @param {Measured} measured @param {Circumstances} circumstances
 * @param {string} on @param {boolean} [single] a single sample, not a daily mean @returns {Judgement}
 */
export function assess(limits, parameter, measured, circumstances, on, single = true) {
  const told = toldBy(circumstances);
  const { best, wrong } = standing(limits, parameter, told, on);
  if (best.every((row) => row.no_limit)) {
    if (wrong.length) return { verdict: "undetermined", limit: wrong[0], missing: [`${wrong[0].quantity}_chlorine`], indicative: false };
    if (!best.length && isAskedElsewhere(limits, parameter, told, on)) return { verdict: "undetermined", limit: null, missing: ["point"], indicative: false };
    return { verdict: "no_limit", limit: best[0] ?? null, missing: [], indicative: false };
  }
  const lacking = best.map((row) => lackingOf(row, told));
  let limit = telling(measured, best, lacking);
  if (best[0].unstated === "longer_contact" && lacking.every((facts) => facts.length === 0)) {
    limit = tooLittle(measured, standing(limits, parameter, { ...told, contact_hours: null }, on).best) ?? best[0];
  }
  if (limit) return byLimit(measured, limit, single);
  return { verdict: "undetermined", limit: null, missing: mostWanted(lacking), indicative: false };
}
