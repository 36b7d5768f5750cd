// @ts-check
// What a reading means against the standard: the rules of webapp/standards/rules on the phone, proved by one table of
// cases (tests/standards/cases.json). Pure: no DOM. Numbers stay text and are compared digit by digit, never as floats.
import { fold } from "./parse/folding.js";
import { plainNumber } from "./parse/numbers.js";

/** @typedef {{value: string, below_detection: boolean, beyond_range: boolean}} Measured */
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
const SHAPE = /^([<>]?) *([^-+<>Ll ][^<>Ll]*?) *([Ll]?)$/;
/** @type {Record<string, string>} */
const WORDS = { 未检出: "0", ND: "0", 检出: "1" };

/** Compare two decimals written as text: negative, zero or positive. @param {string} a @param {string} b @returns {number} */
export function compare(a, b) {
  const places = Math.max(...[a, b].map((text) => (text.split(".")[1] ?? "").length));
  const [left, right] = [a, b].map((text) => {
    const [whole, rest = ""] = text.split(".");
    return BigInt(whole + rest.padEnd(places, "0"));
  });
  return left < right ? -1 : left > right ? 1 : 0;
}


/** Read 6.5, <0.01, 0.004L (below detection), >24000, 未检出/ND, 检出; null for others. @param {string} text @returns {Measured | null} */
export function parseMeasured(text) {
  const plain = fold(text);
  const word = plain.toUpperCase();
  if (Object.hasOwn(WORDS, word)) return { value: WORDS[word], below_detection: false, beyond_range: false };
  const match = SHAPE.exec(plain);
  const value = match && !(match[1] && match[3]) ? plainNumber(match[2]) : null;
  if (!match || value === null) return null;
  return { value, below_detection: match[1] === "<" || Boolean(match[3]), beyond_range: match[1] === ">" };
}

/** Does the value reach the lower end? null: cannot be told. @param {Measured} measured @param {Limit} limit @returns {boolean | null} */
function reachesLow(measured, limit) {
  if (limit.low === undefined) return true;
  const order = compare(measured.value, limit.low);
  if (measured.below_detection) return order <= 0 ? false : null;
  if (measured.beyond_range) return order >= 0 ? true : null;
  return order > 0 || (limit.low_inclusive !== false && order === 0);
}

/** @param {Measured} measured @param {Limit} limit @returns {boolean | null} */
function staysUnderHigh(measured, limit) {
  if (limit.high === undefined) return true;
  const order = compare(measured.value, limit.high);
  if (measured.below_detection) return order <= 0 ? true : null;
  if (measured.beyond_range) return order >= 0 ? false : null;
  return order < 0 || (limit.high_inclusive !== false && order === 0);
}

/** The value under one limit. @param {Measured} measured @param {Limit} limit @returns {Verdict} */
export function judge(measured, limit) {
  if (limit.no_limit) return "no_limit";
  if (limit.unstated) return "undetermined";
  if (limit.absent) return measured.below_detection || compare(measured.value, "0") === 0 ? "within" : "above";
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
  const missing = verdict === "undetermined" ? [limit.unstated ?? "finer_method"] : [];
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
    return { verdict: "no_limit", limit: best[0] ?? null, missing: [], indicative: false };
  }
  const lacking = best.map((row) => lackingOf(row, told));
  if (lacking.every((facts) => facts.length === 0)) return byLimit(measured, best[0], single);
  const stated = best.filter((row) => !row.unstated);
  const onlyContact = lacking.every((facts) => facts.join() === "contact_hours");
  // Too little for every contact time is too little, whatever the contact time.
  if (onlyContact && stated.length && stated.every((row) => judge(measured, row) === "below")) return byLimit(measured, stated[0], single);
  return { verdict: "undetermined", limit: null, missing: mostWanted(lacking), indicative: false };
}
