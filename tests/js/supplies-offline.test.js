// @ts-check
// The counter without a network: what codes say, what a scan does to the slip, what is warned of.
import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { test } from "node:test";
import vm from "node:vm";
import { bareNumber, findItem, findPlace, splitTimes } from "../../webapp/static/js/supplies-offline-codes.js";
import { readCode } from "../../webapp/static/js/parse/scans.js";
import { expiryOf, isLargeDifference, judge, largeDifferences, settle, stepsOf, unitsOf } from "../../webapp/static/js/supplies-offline-slip.js";
import { remove, scannedInto, take } from "../../webapp/static/js/supplies-offline-take.js";
import { withTimes } from "../../webapp/static/js/wedge.js";

const LIBRARY = new URL("../../webapp/static/vendor/gs1-parser.js", import.meta.url);
const needsLibrary = { skip: existsSync(LIBRARY) ? false : "set-up without npm" };
const reader = existsSync(LIBRARY) ? vm.runInThisContext(`${readFileSync(LIBRARY, "utf8")}; parseBarcode`) : undefined;

const GTIN = "06901234567892";
const TODAY = "2026-11-26";
const BASE = { key: "base", zh: "瓶", en: "bottles", steps: 1 };
const BOX = { key: "box", zh: "箱", en: "boxes", steps: 30 };
const ITEM = { id: "i1", code: "XS-02", zh: "84", en: "84", has_expiry: true, measures: [BASE, BOX], codes: { [GTIN]: "box", MAKER1: "base" } };
const TON = { id: "i2", code: "XS-09", zh: "氯", en: "chlorine", has_expiry: false, measures: [{ key: "base", zh: "吨", en: "t", steps: 1000 }], codes: {} };

/** @param {[string, string, number][]} shelf lot, expiry, free */
const known = (shelf = []) => ({
  items: [ITEM, TON], reader,
  stock: shelf.map(([lot, expires_on, free]) => ({ place: "w", item: "i1", lot, expires_on, made_on: "", free })),
  consumers: [{ id: "00000000-0000-4000-8000-000000000001", code: "H-01", name: "医院", is_warehouse: false }, { id: "w2", code: "WH-02", name: "二库", is_warehouse: true }],
});
/** @param {"in" | "out" | "transfer" | "count"} mode @returns {any} */
const slip = (mode) => ({ mode, place: "w", lines: [], touched: -1, serials: [] });
/** @param {any} one */
const said = (one) => one.lines.map((/** @type {any} */ line) => [line.lot, line.measure, line.quantity]);

test("every way an element string arrives says the same", needsLibrary, () => {
  for (const text of [`(01)${GTIN}(17)271231(10)A213B1`, `]d201${GTIN}10A213B1\x1d17271231`, `01${GTIN}1727123110A213B1`, `]C101${GTIN}10A213B1<GS>17271231`, `（01）${GTIN}（17）271231（10）A213B1`]) {
    const { gtin, lot, expires_on, trouble } = readCode(text, reader);
    assert.deepEqual([gtin, lot, expires_on, trouble], [GTIN, "A213B1", "2027-12-31", undefined], text);
  }
});

test("a day 00 is the last of its month, and a making day is read", needsLibrary, () => {
  const { expires_on, made_on } = readCode(`01${GTIN}172802001124010110X`, reader);
  assert.deepEqual([expires_on, made_on], ["2028-02-29", "2024-01-01"]);
});

test("a code cut short, with a wrong check digit or an impossible day is broken", needsLibrary, () => {
  for (const text of [`(01)${GTIN.slice(0, 12)}`, "010690123456789310A", `01${GTIN}17271332`, "(10)A213B1"]) {
    assert.equal(readCode(text, reader).trouble, "broken", text);
  }
});

test("without the library an element string is named as such; other codes work", () => {
  assert.equal(readCode(`(01)${GTIN}(10)A`).trouble, "no-reader");
  assert.equal(readCode("6901234567892").gtin, GTIN);
  assert.equal(readCode("xs-02").item_code, "XS-02");
});

test("our own labels say item, batch and day, also when the camera names the kind of symbol", () => {
  assert.deepEqual(readCode("]Q1FL:L:XS-02:271231:A213B1"), { text: "FL:L:XS-02:271231:A213B1", keys: ["XS-02"], item_code: "XS-02", lot: "A213B1", expires_on: "2027-12-31" });
  assert.deepEqual(readCode("fl:l:xs-02:-:-").lot, "");
  assert.equal(readCode("FL:L:XS-02:270230:A").trouble, "broken");
  assert.equal(readCode("FL:I:XS-02").item_code, "XS-02");
});

test("numbers with a wrong check digit are no barcode of an item", () => {
  assert.equal(readCode("6901234567893").gtin, undefined);
  assert.equal(readCode("6901234567893").item_code, "6901234567893");
});

test("an item is found by its code, its barcode and a maker's other code, with the unit it is printed on", () => {
  const find = (/** @type {string} */ text) => findItem(readCode(text), [ITEM])?.[1];
  assert.deepEqual([find("XS-02"), find("6901234567892"), find("maker1"), find("constructor"), find("XS-03")], ["base", "box", "base", undefined, undefined]);
});

test("a place is found by its label's address and by its code", () => {
  const places = known().consumers;
  assert.equal(findPlace("https://any.example/places/00000000-0000-4000-8000-000000000001", places)?.code, "H-01");
  assert.equal(findPlace("h-01", places)?.code, "H-01");
  assert.equal(findPlace("H-9", places), undefined);
});

test("40* stands before a code or alone, in full width too", () => {
  assert.deepEqual([splitTimes("40*XS-02"), splitTimes("40*"), splitTimes("４０＊"), splitTimes("*7"), splitTimes("XS-02")],
    [[40, "XS-02"], [40, ""], [40, ""], [7, ""], [null, "XS-02"]]);
});

test("a scan keeps the 40* typed before it, and no piece of itself", () => {
  assert.deepEqual([withTimes("40*", "CODE"), withTimes("40*CODE", "CODE"), withTimes("CO", "CODE"), withTimes("40*CODE", "40*CODE"), withTimes("", "CODE"), withTimes("(01)069", "1)069")],
    ["40*CODE", "40*CODE", "CODE", "40*CODE", "CODE", "(01)069"]);
});

test("goods come in by the box, the same again raises the line, 40* sets it and 0* removes it", needsLibrary, () => {
  const one = slip("in");
  const code = `(01)${GTIN}(17)271231(10)A213B1`;
  assert.equal(take(one, code, known(), TODAY).result, "ok");
  assert.equal(take(one, `2*${code}`, known(), TODAY).result, "already");
  assert.deepEqual(said(one), [["A213B1", "box", "3"]]);
  take(one, "40*", known(), TODAY);
  assert.deepEqual([said(one), one.lines[0].expires_on], [[["A213B1", "box", "40"]], "2027-12-31"]);
  take(one, "0*", known(), TODAY);
  assert.deepEqual(said(one), []);
});

test("what expires first goes first, over two batches, never an expired one while there is another", () => {
  const one = slip("out");
  take(one, "50*XS-02", known([["NEW", "2028-01-01", 100], ["OLD", "2027-01-01", 30], ["GONE", "2026-11-25", 99]]), TODAY);
  assert.deepEqual(said(one), [["OLD", "base", "30"], ["NEW", "base", "20"]]);
});

test("what is short or not known at all is written down all the same", () => {
  const one = slip("out");
  const here = known([["A", "2027-01-01", 60]]);
  take(one, "3*6901234567892", here, TODAY);
  assert.deepEqual(said(one), [["A", "box", "3"]]);
  assert.equal(judge(one, one.lines[0], ITEM, here, TODAY).isShort, true);
  const two = slip("out");
  take(two, "2*6901234567892", here, TODAY);
  assert.equal(judge(two, two.lines[0], ITEM, here, TODAY).isShort, false);
  const three = slip("out");
  take(three, "XS-02", known(), TODAY);
  assert.deepEqual(said(three), [["", "base", "1"]]);
  assert.equal(judge(three, three.lines[0], ITEM, known(), TODAY).needsLot, true);
});

test("goods are good through the day on them, and soon is thirty days", () => {
  assert.deepEqual(["2026-11-25", "2026-11-26", "2026-12-26", "2026-12-27", ""].map((day) => expiryOf(day, TODAY)), ["expired", "soon", "soon", "good", ""]);
});

test("a count without a batch asks for every batch on the shelf", () => {
  const one = slip("count");
  take(one, "XS-02", known([["A", "2027-01-01", 60], ["B", "2027-02-01", 5]]), TODAY);
  assert.deepEqual(said(one), [["A", "base", ""], ["B", "base", ""]]);
  take(one, "0*", known(), TODAY);
  assert.equal(one.lines[1].quantity, "0");
});

test("a place's label is a destination only where goods go there", () => {
  assert.equal(take(slip("out"), "H-01", known(), TODAY).place?.name, "医院");
  assert.equal(take(slip("transfer"), "WH-02", known(), TODAY).result, "ok");
  for (const [mode, code] of [["in", "H-01"], ["transfer", "H-01"], ["out", "WH-02"], ["count", "H-01"]]) {
    assert.equal(take(slip(/** @type {any} */ (mode)), code, known(), TODAY).stop, "place-not-here", mode);
  }
});

test("what is no code stops with a word, and a full slip takes no more", () => {
  const one = slip("out");
  assert.equal(take(one, "nothing", known(), TODAY).stop, "unknown");
  assert.equal(take(one, "40*", known(), TODAY).stop, "no-line");
  assert.equal(take({ ...one, place: "" }, "XS-02", known(), TODAY).stop, "no-warehouse");
  one.lines = Array.from({ length: 100 }, (_x, n) => ({ item: "i1", measure: "base", lot: `L${n}`, made_on: "", expires_on: "", quantity: "1" }));
  assert.equal(take(one, "XS-09", known(), TODAY).stop, "full");
});

test("kilograms of a ton are whole steps", () => {
  assert.equal(stepsOf("0.3", TON.measures[0]), 300);
  assert.equal(unitsOf(1301, TON.measures[0]), "1.301");
  assert.equal(stepsOf("x", TON.measures[0]), 0);
});

test("after a slip was kept the shelf is known as it is by now", () => {
  const here = known([["A", "2027-01-01", 60]]);
  const free = () => here.stock.map((one) => one.free);
  settle({ ...slip("in"), lines: [{ item: "i1", measure: "box", lot: "B", made_on: "", expires_on: "", quantity: "2" }] }, here);
  assert.deepEqual(free(), [60, 60]);
  settle({ ...slip("out"), lines: [{ item: "i1", measure: "box", lot: "A", made_on: "", expires_on: "", quantity: "3" }] }, here);
  settle({ ...slip("count"), lines: [{ item: "i1", measure: "base", lot: "B", made_on: "", expires_on: "", quantity: "7" }] }, here);
  assert.deepEqual(free(), [0, 7]);
});
