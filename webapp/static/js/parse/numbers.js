// @ts-check
// @cases tests/parse/numbers.json
// The parser of typed numbers; webapp/kernel/parse/numbers.py does the same and defines what is a number.
import { fold } from "./folding.js";

const GROUPED = /^([1-9][0-9]{0,2}(?:,[0-9]{3})+)((?:[.\u3002][0-9]+)?)$/;
const DECIMAL = /^(?:([0-9]+)[.\u3002]?|([0-9]*)[.\u3002]([0-9]+)|(0|[1-9][0-9]*),([0-9]+))$/;
const LONGEST_WHOLE = 15;
const MOST_PLACES = 10;

/** The digits before and after the decimal sign. @param {string} text @returns {[string, string] | null} */
function partsOf(text) {
  const grouped = GROUPED.exec(text);
  if (grouped) return [grouped[1].replaceAll(",", ""), grouped[2].slice(1)];
  const match = DECIMAL.exec(text);
  return match && [match[1] || match[2] || match[4] || "", match[3] || match[5] || ""];
}

/**
 * A number in plain form ("-0.5", "1500", "6.50"), for comparison as text or conversion to a Number; null if it is not one.
 * @param {string} text @returns {string | null}
 */
export function plainNumber(text) {
  const folded = fold(text);
  const sign = /^[-+]/.test(folded) ? folded[0] : "";
  const parts = partsOf(folded.slice(sign.length));
  if (!parts) return null;
  const [whole, places] = [parts[0].replace(/^0+/, "") || "0", parts[1]];
  if (whole.length > LONGEST_WHOLE || places.length > MOST_PLACES) return null;
  const isNegative = sign === "-" && /[1-9]/.test(whole + places);
  return `${isNegative ? "-" : ""}${whole}${places ? `.${places}` : ""}`;
}
