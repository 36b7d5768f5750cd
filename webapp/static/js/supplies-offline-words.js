// @ts-check
// Words of the counter without a network: sentences of the page, names, amounts, days, and lists that may be long.
const isEnglish = document.documentElement.lang === "en";
const SHOWN = 6; // rows of a long list that stand open, as at the counter

/** A sentence of the page with its values. @param {string} name @param {Record<string, string | number>} [values] */
export const word = (name, values = {}) =>
  (document.querySelector("[data-words]")?.getAttribute(`data-${name}`) ?? "").replace(/\{(\w+)\}/g, (all, key) => String(values[key] ?? all));

/** A sentence about so many of something; one has its own. @param {string} name @param {number} n */
export const counted = (name, n) => word(n === 1 ? `${name}-one` : name, { n });

/** @param {any} one an item or a unit */
export const nameOf = (one) => (isEnglish ? one.en : one.zh);

/** The district's day. */
export const today = () =>
  new Intl.DateTimeFormat("sv-SE", { timeZone: /** @type {HTMLElement} */ (document.querySelector("[data-zone]")).dataset.zone }).format(new Date());

/** Fills a list: the first rows open, the others behind one line. @param {Element} root @param {string[]} rows */
export function fillList(root, rows) {
  const elements = rows.map((text) => Object.assign(document.createElement("li"), { textContent: text }));
  const more = /** @type {HTMLDetailsElement} */ (root.querySelector("[data-part='more']"));
  root.querySelector("[data-part='rows']")?.replaceChildren(...elements.slice(0, SHOWN));
  more.querySelector("ul")?.replaceChildren(...elements.slice(SHOWN));
  /** @type {HTMLElement} */ (more.querySelector("summary")).textContent = counted("more", rows.length - SHOWN);
  more.hidden = rows.length <= SHOWN;
}
