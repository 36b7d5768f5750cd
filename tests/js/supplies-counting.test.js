// @ts-check
// A full count without a network: which batches it enters as 0, what is asked about, what the shelf holds afterwards.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { largeDifferences } from "../../webapp/static/js/supplies-offline-counting.js";
import { notFound, settle } from "../../webapp/static/js/supplies-offline-slip.js";

const { shelves, cases } = JSON.parse(readFileSync(new URL("../supplies/full_counts.json", import.meta.url), "utf8"));

const item = (/** @type {string} */ code) => ({ id: code, code, zh: code, en: code, has_expiry: false, measures: [{ key: "base", zh: "个", en: "pc", steps: 1 }], codes: {} });
const known = () => ({
  items: [item("QT-04"), item("QT-02")], consumers: [], counting: { share: 20, amount: 0 },
  stock: shelves.map((/** @type {any} */ one) => ({ ...one, made_on: "", expires_on: "" })),
});
/** @param {any} given @returns {any} */
const slip = (given) => ({
  mode: "count", place: "here", touched: -1, serials: [], scope: given.scope,
  lines: given.lines.map(([code, lot, quantity]) => ({ item: code, lot, quantity, measure: "base", made_on: "", expires_on: "" })),
});

test("a full count names the batches it enters as 0, as the server does", () => {
  for (const given of cases) {
    const absent = notFound(slip(given), known()).map(({ item: one, lot, book }) => [one.code, lot, book]);
    assert.deepEqual(absent, given.not_found, given.said);
  }
});

test("a large difference among them is asked about, as by the server", () => {
  for (const given of cases) {
    const asked = largeDifferences(slip(given), known()).map(({ item: one, lot, book, counted }) => [one.code, lot, book, counted]);
    assert.deepEqual(asked.sort(), given.asked, given.said);
  }
});

test("the amount of the district is set against them too", () => {
  const one = slip({ scope: "warehouse", lines: [["QT-02", "A", "100"]] });
  const asked = (/** @type {number} */ amount) => largeDifferences(one, { ...known(), counting: { share: 20, amount } }).length;
  assert.deepEqual([asked(39), asked(40)], [1, 0]); // 40 of one batch is the most that is not found
});

test("no other mode has batches that are not found", () => {
  for (const mode of ["in", "out", "transfer"]) assert.deepEqual(notFound({ ...slip(cases.at(-1)), mode }, known()), []);
});

test("after a full count the device knows the others as gone, until it hears more", () => {
  const here = known();
  settle(slip({ scope: "items", lines: [["QT-02", "A", "90"]] }), here);
  assert.deepEqual(here.stock.map((/** @type {any} */ one) => one.free), [90, 0, 7, 0, 5]);
});
