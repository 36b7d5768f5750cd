// @ts-check
// Whether something is what was typed to find it, by its code or words of its name.
import { codeKey } from "./codes.js";

/** Whether a name has every word typed. @param {string} name code and name @param {string} typed */
export function isCalled(name, typed) {
  const plain = name.normalize("NFKC").toLowerCase();
  const words = typed.normalize("NFKC").toLowerCase().split(/\s+/).filter(Boolean);
  return words.every((word) => plain.includes(word) || (codeKey(word) && codeKey(name.split(" ")[0]).includes(codeKey(word))));
}
