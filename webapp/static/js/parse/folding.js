// @ts-check
// Folds full-width and small forms to ASCII; webapp/kernel/parse/folding.py does the same.

const INVISIBLE = /[\u00ad\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff]/g;
const SPACES = /[\u00a0\u2007\u2009\u202f\u3000]/g;
const DASHES = /[\u2010\u2011\u2013\u2212\ufe63]/g;
/** @type {Record<string, string>} */
const SMALL = { "\ufe50": ",", "\ufe52": ".", "\ufe62": "+", "\ufe64": "<", "\ufe65": ">", "\uff61": "\u3002" };
const LONGEST = 60; // characters: no number or day is longer

/** The folded text for a parser; "" for a text that is too long to be a number or a day. @param {string} text */
export function fold(text) {
  if ([...text].length > LONGEST) return "";
  return text
    .replace(INVISIBLE, "")
    .replace(/[\uff01-\uff5e]/g, (wide) => String.fromCharCode(wide.charCodeAt(0) - 0xfee0))
    .replace(SPACES, " ")
    .replace(DASHES, "-")
    .replace(/[\ufe50\ufe52\ufe62\ufe64\ufe65\uff61]/g, (small) => SMALL[small])
    .replace(/^[ \t\r\n]+|[ \t\r\n]+$/g, "");
}
