// @ts-check
// @cases tests/units/proposed.json

/** The id of the row that a required field starts with: the only one, or the only one that is the person's own; "" else. @param {{id: string, own?: boolean}[]} rows @returns {string} */
export function proposed(rows) {
  const fitting = rows.length === 1 ? rows : rows.filter(({ own }) => own);
  return fitting.length === 1 ? fitting[0].id : "";
}
