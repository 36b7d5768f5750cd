// @ts-check
// A scan at the gate without a network: a phone, plate or document number goes into its field, as the server puts it there.
import { compared, parsePhone } from "./personal.js";
import { isUnusualPlate } from "./plates.js";
import { alsoTake, filled, tell } from "./scan-fields.js";

/** The fields of an arrival that a text fills in, also a mistyped one, which can be corrected there. @param {string} text @returns {Record<string, string>} @cases tests/checkpoints/looks.json */
export function startedWith(text) {
  const number = compared(text);
  if (/^[0-9]{14,}X?$/.test(number)) return { id_type: "resident_id", id_number: number };
  if (parsePhone(text) !== null || /^[+]?[0-9]{6,}$/.test(number)) return { phone: number };
  if (!isUnusualPlate(number) && number || /^(?:WJ|(?![A-Z])\p{L}).*[0-9]{3}/u.test(number)) return { plate: number };
  return /^[A-Z0-9]{5,20}$/.test(number) && /[0-9]/.test(number) ? { id_number: number } : { name: text };
}

/** Fills in fields, unless one of them has something else in it, which is said. @param {HTMLFormElement} form @param {Record<string, string>} values @param {string} words */
function fill(form, values, words) {
  const fields = Object.keys(values).map((name) => /** @type {HTMLInputElement} */ (form.elements.namedItem(name)));
  const taken = fields.find((field) => field.value.trim() && field.value !== values[field.name]);
  for (const field of taken ? [] : fields) {
    field.value = values[field.name];
    field.dispatchEvent(new Event("input", { bubbles: true }));
  }
  filled(form);
  const [field] = taken ? [taken] : fields;
  field.scrollIntoView({ block: "nearest" });
  const what = field.labels?.[0]?.firstChild?.textContent?.trim() ?? "";
  tell(field, taken ? "refused" : "ok", taken ? words.replace("{what}", () => what).replace("{code}", () => values[field.name]) : "");
}

const page = /** @type {HTMLElement | null | undefined} */ (globalThis.document?.querySelector("[data-gate-offline]"));
if (page) {
  alsoTake((text, origin) => {
    const leaving = origin?.closest("#leave");
    const form = /** @type {HTMLFormElement} */ (page.querySelector(leaving ? "#leave > form" : "#arrive > form"));
    fill(form, leaving ? { who: text } : startedWith(text), page.dataset.taken ?? "");
    return true;
  });
}
