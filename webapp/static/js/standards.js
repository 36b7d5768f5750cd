// @ts-check
// @cases tests/standards/cases.json
// Judges a reading by the standard, as webapp/standards/rules does, with the cases of tests/standards/cases.json for both.
// Numbers stay text and are compared digit by digit, never as floats.
import { plainNumber } from "./parse/numbers.js";

/** @typedef {{value: string, below_detection: boolean, beyond_range: boolean, word?: "detected" | "not_detected"}} Measured */
/** @typedef {Record<string, any>} Limit  A limit as written by `as_plain`, without default values. */
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
// Facts for which the rows cover every possible value, so that a verdict common to all rows holds whatever the fact is.
const COVERED = ["route", "contact_hours", "store_celsius", "effluent_class"];

/** Compares two decimals written as text; returns a negative number, zero or a positive one. @param {string} a @param {string} b @returns {number} */
export function compare(a, b) {
  const places = Math.max(...[a, b].map((text) => (text.split(".")[1] ?? "").length));
  const [left, right] = [a, b].map((text) => {
    const [whole, rest = ""] = text.split(".");
    return BigInt(whole + rest.padEnd(places, "0"));
  });
  return left < right ? -1 : left > right ? 1 : 0;
}


/** Whether the value reaches the lower end; null: undetermined. @param {Measured} measured @param {Limit} limit @returns {boolean | null} */
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

/** Judges a value by one limit. @param {Measured} measured @param {Limit} limit @returns {Verdict} */
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

/** The value of a fact; null if it is unknown, such as a number that is still being typed. @param {Circumstances} circumstances @param {string} fact */
function knownOf(circumstances, fact) {
  const value = circumstances[fact];
  if (RANGES.some(([, name]) => name === fact)) return value ? plainNumber(value) : null;
  return value || null;
}

/** @param {Limit} limit @param {Circumstances} circumstances */
function isRuledOut(limit, circumstances) {
  if (limit.except_institution?.includes(knownOf(circumstances, "institution"))) return true;
  const excluded = FACTS.some(([attribute, fact]) => {
    const known = knownOf(circumstances, fact);
    return limit[attribute] !== undefined && known !== null && ![limit[attribute]].flat().includes(known);
  });
  return excluded || RANGES.some(([name, fact]) => {
    const known = knownOf(circumstances, fact);
    if (known === null) return false;
    const [least, below] = [limit[`${name}_at_least`], limit[`${name}_below`]];
    return (least !== undefined && compare(known, least) < 0) || (below !== undefined && compare(known, below) >= 0);
  });
}

/** The unknown facts on which a limit depends. @param {Limit} limit @param {Circumstances} circumstances @returns {string[]} */
function lackingOf(limit, circumstances) {
  const needed = FACTS.filter(([name]) => limit[name] !== undefined).map(([, fact]) => fact);
  if (limit.quantity) needed.push("quantity");
  needed.push(...RANGES.filter(([name]) => hasRange(limit, name)).map(([, fact]) => fact));
  return needed.filter((fact) => knownOf(circumstances, fact) === null);
}

/** The facts missing for every limit; if there are none, those missing for any limit. @param {string[][]} lacking @returns {string[]} */
function mostWanted(lacking) {
  const common = lacking[0].filter((fact) => lacking.every((facts) => facts.includes(fact)));
  return common.length ? common : [...new Set(lacking.flat())];
}

/** The precedence: a limit of a preset over the base text, and that over a row for every parameter. @param {Limit} limit */
const rankOf = (limit) => (limit.regime ? 1 : limit.parameter === EVERY_PARAMETER ? -1 : 0);

/**
 * The rows of a parameter that are in force on the day and not ruled out by a known fact.
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
 * The rows of highest rank for the measured quantity, and the rows for the other quantity.
 * @param {Limit[]} limits @param {string} parameter @param {Circumstances} conditions @param {string} on
 */
function standing(limits, parameter, conditions, on) {
  const candidates = pick(limits, parameter, conditions, on);
  const isRight = (/** @type {Limit} */ row) => !row.quantity || !conditions.quantity || row.quantity === conditions.quantity;
  const right = candidates.filter(isRight);
  const top = Math.max(...right.map(rankOf));
  return { best: right.filter((row) => rankOf(row) === top), wrong: candidates.filter((row) => !isRight(row)) };
}

/** Whether this parameter has a limit only at another point of the same water. @param {Limit[]} limits @param {string} parameter @param {Circumstances} conditions @param {string} on */
function isAskedElsewhere(limits, parameter, conditions, on) {
  if (!WATER.includes(conditions.point ?? "")) return false;
  const rows = pick(limits, parameter, { ...conditions, point: null }, on);
  return rows.some((row) => row.parameter === parameter && !row.no_limit && [row.points ?? []].flat().some((point) => WATER.includes(point)));
}

/** The first row with the smallest number (the largest with sign -1). @param {Limit[]} rows @param {(row: Limit) => string} of @param {1 | -1} [sign] */
const leastBy = (rows, of, sign = 1) => rows.reduce((least, row) => (sign * compare(of(row), of(least)) < 0 ? row : least));
/** @param {Limit} limit @returns {string} */
const lowest = (limit) => limit.low ?? "0";
/** @param {Limit} limit @returns {string} */
const highest = (limit) => limit.high ?? "999999999999999";

/** The limit to judge by: the one that applies or, with missing facts, one of several with the same verdict. @param {Measured} measured @param {Limit[]} rows @param {string[][]} lacking @returns {Limit | null} */
function telling(measured, rows, lacking) {
  if (lacking.every((facts) => facts.length === 0)) return rows[0];
  if (!lacking.flat().every((fact) => COVERED.includes(fact))) return null;
  const stated = rows.filter((row) => !row.unstated);
  const verdicts = [...new Set(stated.map((row) => judge(measured, row)))].join();
  if (verdicts === "below") return leastBy(stated, lowest); // rows without a number require even more
  if (stated.length < rows.length) return null;
  if (verdicts === "above") return leastBy(stated, highest, -1);
  return verdicts === "within" ? leastBy(stated, highest) : null;
}

/** For a contact time that is known to be too short: the limit with the lowest floor that the value does not reach. @param {Measured} measured @param {Limit[]} rows @returns {Limit | null} */
function tooLittle(measured, rows) {
  const short = rows.filter((row) => !row.unstated && judge(measured, row) === "below");
  return short.length ? leastBy(short, lowest) : null;
}

/** @param {Circumstances} circumstances @returns {Circumstances} */
const withRegime = (circumstances) => ({ ...circumstances, regime: circumstances.regime ?? "ordinary" });

/**
 * The limit that will apply before a value is measured, or the missing facts; neither if there is no limit.
 * @param {Limit[]} limits @param {string} parameter @param {Circumstances} circumstances @param {string} on
 * @returns {{limit: Limit | null, missing: string[]}}
 */
export function applying(limits, parameter, circumstances, on) {
  const conditions = withRegime(circumstances);
  const { best, wrong } = standing(limits, parameter, conditions, on);
  if (best.every((row) => row.no_limit)) {
    if (!best.length && !wrong.length && isAskedElsewhere(limits, parameter, conditions, on)) return { limit: null, missing: ["point"] };
    return wrong.length ? { limit: null, missing: [`${wrong[0].quantity}_chlorine`] } : { limit: best[0] ?? null, missing: [] };
  }
  const lacking = best.map((row) => lackingOf(row, conditions));
  if (lacking.some((facts) => facts.length)) return { limit: null, missing: mostWanted(lacking) };
  return best[0].unstated ? { limit: null, missing: [best[0].unstated] } : { limit: best[0], missing: [] };
}

/**
 * Finds the limit that applies on a day (ISO date) and judges by it.
 * @param {Limit[]} limits @param {string} parameter @param {Measured} measured @param {Circumstances} circumstances
 * @param {string} on @param {boolean} [single] a single sample, not a daily mean @returns {Judgement}
 */
export function assess(limits, parameter, measured, circumstances, on, single = true) {
  const conditions = withRegime(circumstances);
  const { best, wrong } = standing(limits, parameter, conditions, on);
  if (best.every((row) => row.no_limit)) {
    if (wrong.length) return { verdict: "undetermined", limit: wrong[0], missing: [`${wrong[0].quantity}_chlorine`], indicative: false };
    if (!best.length && isAskedElsewhere(limits, parameter, conditions, on)) return { verdict: "undetermined", limit: null, missing: ["point"], indicative: false };
    return { verdict: "no_limit", limit: best[0] ?? null, missing: [], indicative: false };
  }
  const lacking = best.map((row) => lackingOf(row, conditions));
  let limit = telling(measured, best, lacking);
  if (best[0].unstated === "longer_contact" && lacking.every((facts) => facts.length === 0)) {
    limit = tooLittle(measured, standing(limits, parameter, { ...conditions, contact_hours: null }, on).best) ?? best[0];
  }
  if (limit) return byLimit(measured, limit, single);
  return { verdict: "undetermined", limit: null, missing: mostWanted(lacking), indicative: false };
}
