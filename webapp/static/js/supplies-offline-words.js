// @ts-check
// Texts of the counter without a network: sentences of the page, names, amounts, dates and long lists.
const isEnglish = document.documentElement.lang === "en";
const SHOWN = 6; // visible rows of a long list, as at the counter

/** A sentence of the page with its values. @param {string} name @param {Record<string, string | number>} [values] */
export const word = (name, values = {}) =>
  (document.querySelector("[data-words]")?.getAttribute(`data-${name}`) ?? "").replace(/\{(\w+)\}/g, (all, key) => String(values[key] ?? all));

/** A sentence about a number, with a singular. @param {string} name @param {number} n */
export const counted = (name, n) => word(n === 1 ? `${name}-one` : name, { n });

/** @param {{en: string, zh: string}} names of an item or a unit */
export const nameOf = (names) => (isEnglish ? names.en : names.zh);

/** Today in the district's time zone. */
export const today = () =>
  new Intl.DateTimeFormat("sv-SE", { timeZone: /** @type {HTMLElement} */ (document.querySelector("[data-zone]")).dataset.zone }).format(new Date());

/** Fills a list: the first rows are visible, the others collapsed. @param {Element} root @param {string[]} rows */
export function fillList(root, rows) {
  const elements = rows.map((text) => Object.assign(document.createElement("li"), { textContent: text }));
  const more = /** @type {HTMLDetailsElement} */ (root.querySelector("[data-part='more']"));
  root.querySelector("[data-part='rows']")?.replaceChildren(...elements.slice(0, SHOWN));
  more.querySelector("ul")?.replaceChildren(...elements.slice(SHOWN));
  /** @type {HTMLElement} */ (more.querySelector("summary")).textContent = counted("more", rows.length - SHOWN);
  more.hidden = rows.length <= SHOWN;
}
