// @ts-check
// The counter without a network: what codes say, what a scan does to the slip, what is warned of.
import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { test } from "node:test";
import vm from "node:vm";
import { bareNumber, findItem, splitTimes } from "../../webapp/static/js/supplies-offline-codes.js";
import { readCode } from "../../webapp/static/js/parse/scans.js";
import { isLargeDifference, largeDifferences } from "../../webapp/static/js/supplies-offline-counting.js";
import { expiryOf, judge, settle, stepsOf, unitsOf } from "../../webapp/static/js/supplies-offline-slip.js";
import { remove, scannedInto, take } from "../../webapp/static/js/supplies-offline-take.js";
import { withTimes } from "../../webapp/static/js/wedge.js";

const LIBRARY = new URL("../../webapp/static/vendor/gs1-parser.js", import.meta.url);
const needsLibrary = { skip: existsSync(LIBRARY) ? false : "set-up without npm" };
const STOCK = JSON.parse(readFileSync(new URL("../supplies/stock.json", import.meta.url), "utf8"));
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
  consumers: [{ id: "00000000-0000-4000-8000-000000000001", code: "H-01", name: "医院", kind: "hospital" }, { id: "w2", code: "WH-02", name: "二库", kind: "warehouse" }],
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
  const { cases } = JSON.parse(readFileSync(new URL("../supplies/items.json", import.meta.url), "utf8"));
  for (const [text, unit] of cases) assert.equal(findItem(readCode(text), [ITEM])?.[1] ?? null, unit, text);
});

test("40* stands before a code or alone, as it is read in Python", () => {
  const { cases } = JSON.parse(readFileSync(new URL("../parse/times.json", import.meta.url), "utf8"));
  for (const [typed, times, rest] of cases) assert.deepEqual(splitTimes(typed), [times, rest], JSON.stringify(typed));
});

test("a box that shows nothing changes no line", () => {
  const one = slip("in");
  take(one, "3*XS-02", known(), TODAY);
  for (const blank of ["\u200b", " ", "\u3000\ufeff"]) take(one, blank, known(), TODAY);
  assert.deepEqual(said(one), [["", "base", "3"]]);
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
  for (const blank of ["\u200b", "\ufe0f"]) assert.equal(judge(three, { ...three.lines[0], lot: blank }, ITEM, known(), TODAY).needsLot, true);
});

test("goods are good through the day on them, and soon is thirty days", () => {
  for (const { expires_on, is } of STOCK.expiry) assert.equal(expiryOf(expires_on, STOCK.today), is, expires_on);
  assert.equal(expiryOf("", STOCK.today), "");
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

test("a bare number in a count is the quantity of the line before, a barcode and another mode's number is none", () => {
  const one = slip("count");
  take(one, "XS-02", known(), TODAY);
  for (const [typed, quantity] of [["3000", "3000"], ["３０００", "3000"], ["1,200", "1200"], ["0", "0"]]) {
    assert.equal(take(one, typed, known(), TODAY).result, "already");
    assert.equal(one.lines[0].quantity, quantity);
  }
  assert.deepEqual(["96385074", "12345678"].map(bareNumber), [null, null]);
  assert.equal(take(slip("in"), "3000", known(), TODAY).stop, "unknown");
  assert.equal(take(slip("count"), "3000", known(), TODAY).stop, "no-line");
});

test("0* before a code counts zero, and is refused in the other modes", () => {
  const one = slip("count");
  take(one, "0*XS-02", known(), TODAY);
  assert.equal(one.lines[0].quantity, "0");
  assert.equal(take(slip("in"), "0*XS-02", known(), TODAY).stop, "zero-times");
});

test("a lost separator books nothing before a reading is chosen", needsLibrary, () => {
  const one = slip("in");
  const asked = take(one, `01${GTIN}10A213B117280228`, known(), TODAY);
  assert.deepEqual([asked.stop, one.lines.length, asked.readings?.map((code) => [code.lot, code.expires_on])], ["readings", 0, [["A213B1", "2028-02-28"], ["A213B117280228", undefined]]]);
  take(one, asked.asked ?? "", known(), TODAY, { reading: 0 });
  assert.deepEqual(one.lines.map((/** @type {any} */ line) => [line.lot, line.expires_on]), [["A213B1", "2028-02-28"]]);
});

test("a reading of a known article is offered where the first is unknown", needsLibrary, () => {
  const one = slip("in");
  const asked = take(one, `10X011690123456789921Y01${GTIN}`, known(), TODAY);
  assert.deepEqual([asked.stop, asked.readings?.map((code) => code.gtin)], ["readings", ["16901234567899", GTIN]]);
  assert.equal(take(one, asked.asked ?? "", known(), TODAY, { reading: 0 }).stop, "unknown");
  take(one, asked.asked ?? "", known(), TODAY, { reading: 1 });
  assert.equal(one.lines[0].lot, "X011690123456789921Y");
});

test("any number of serials, and long ones, are asked about", needsLibrary, () => {
  const one = slip("in");
  for (let number = 0; number < 1200; number += 1) take(one, `01${GTIN}10L\x1d21S${number}`, known(), TODAY);
  assert.equal(take(one, `01${GTIN}10L\x1d21s1100`, known(), TODAY).stop, "serial-twice");
  const product = "MA.156.M0.100001.10000017";
  const long = `${product}.S${"7".repeat(197 - product.length)}`;
  const here = { ...known(), items: [{ ...ITEM, codes: { [product]: "base" } }] };
  assert.deepEqual([`${long}8`, `${long}9`, `${long}8`].map((code) => take(one, code, here, TODAY).stop), [undefined, undefined, "serial-twice"]);
});

test("counts in a code are the quantity, the same serial is asked about", needsLibrary, () => {
  const one = slip("in");
  const outcome = take(one, `01${GTIN}3050\x1d21S1`, known(), TODAY);
  assert.deepEqual([one.lines[0].quantity, outcome.notes], ["50", [["count", "50"]]]);
  const twice = take(one, `01${GTIN}3050\x1d21s1`, known(), TODAY);
  assert.deepEqual([twice.stop, one.lines[0].quantity], ["serial-twice", "50"]);
  take(one, twice.asked ?? "", known(), TODAY, { isAnother: true });
  assert.equal(one.lines[0].quantity, "100");
  take(one, `01${GTIN}3050\x1d21S1`, known(), TODAY, { isAnother: true });
  take(one, "0*", known(), TODAY);
  assert.deepEqual([one.lines, one.serials], [[], []]);
  take(one, `01${GTIN}3050\x1d21S1`, known(), TODAY);
  remove(one, 0);
  assert.deepEqual([one.lines, one.serials], [[], []]);
});

test("a code in the batch or the quantity of a line is a scan, a known batch and a number are none", () => {
  const line = (/** @type {any} */ more) => ({ item: "i1", measure: "base", lot: "", made_on: "", expires_on: "", quantity: "1", ...more });
  const here = known([["XS-02", "2027-01-01", 5]]);
  assert.equal(scannedInto(line({ lot: "XS-09" }), "lot", here), "XS-09");
  assert.equal(scannedInto(line({ lot: "6901234567892" }), "lot", here), "6901234567892");
  for (const lot of ["xs-02", "L77", ""]) assert.equal(scannedInto(line({ lot }), "lot", here), "", lot);
  assert.equal(scannedInto(line({ quantity: "6901234567892" }), "quantity", here), "6901234567892");
  assert.equal(scannedInto(line({ quantity: "3000" }), "quantity", here), "");
});

test("two spellings of a batch are one batch", () => {
  const one = slip("in");
  for (const lot of ["A1", "Ａ1", "a1\u200b"]) take(one, `FL:L:XS-02:271231:${lot}`, known(), TODAY);
  assert.deepEqual(said(one), [["A1", "base", "3"]]);
});

test("a difference is large by the rule of the server, all lines of a batch together", () => {
  for (const { book, counted, scale, share, amount, is_large: isLarge } of STOCK.differences) {
    assert.equal(isLargeDifference(book, counted, scale, { share, amount }), isLarge, `${book} ${counted}`);
  }
  const one = slip("count");
  const here = known([["A1", "2027-01-01", 65]]);
  take(one, "2*FL:L:XS-02:270101:A1", here, TODAY);
  assert.deepEqual(largeDifferences(one, here).map(({ book, counted }) => [book, counted]), [[65, 2]]);
  one.lines.push({ ...one.lines[0], measure: "box", quantity: "2" });
  one.lines[0].quantity = "5";
  assert.deepEqual(largeDifferences(one, here), []);
});

test("a split that finds no room drops nothing", () => {
  const one = slip("out");
  const here = known(Array.from({ length: 14 }, (_none, at) => [`L${at}`, `2027-01-${String(at + 1).padStart(2, "0")}`, 1]));
  one.lines = Array.from({ length: 90 }, (_none, at) => ({ item: "i2", measure: "base", lot: `X${at}`, made_on: "", expires_on: "", quantity: "1" }));
  assert.deepEqual([take(one, "14*XS-02", here, TODAY).stop, one.lines.length], ["full", 90]);
  assert.deepEqual([take(one, "10*XS-02", here, TODAY).stop, one.lines.length], [undefined, 100]);
});
