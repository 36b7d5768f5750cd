// @ts-check
// Moments as the app writes them everywhere (kernel/i18n.py write_moment): 2026-11-24 08:05 on the district's clock.

/** @param {Date} at @param {string} [zone] of the district, as the page says it @returns {string} */
export const written = (at, zone = globalThis.document?.body.dataset.zone) =>
  new Intl.DateTimeFormat("sv-SE", { timeZone: zone, dateStyle: "short", timeStyle: "short" }).format(at);
