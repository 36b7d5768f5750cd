import assert from "node:assert/strict";
import { test } from "node:test";
import { afterDraft, needsReason } from "../../webapp/static/js/reports.js";
import { isIdle, open, put, valuesOf } from "../../webapp/static/js/reports-offline.js";

test("a reason is asked for where another number stands than the computed one", () => {
  assert.equal(needsReason("12", "12"), false);
  assert.equal(needsReason(" 12 ", "12"), false);
  assert.equal(needsReason("13", "12"), true);
  assert.equal(needsReason("", "12"), false, "a blank number is asked for by itself");
  assert.equal(needsReason("3", ""), false, "nothing was computed");
});

test("a number that was confirmed follows the records once its draft is back", () => {
  assert.equal(afterDraft({ stated: "12", shown: "12" }, "14"), "14");
  assert.equal(afterDraft({ stated: "13", shown: "12" }, "14"), "13", "what was typed stays");
  assert.equal(afterDraft({ stated: "12", shown: "12" }, ""), "12", "nothing is known any more");
  assert.equal(afterDraft({ stated: "5", shown: "" }, "7"), "5", "nothing was known before");
});

test("a report is open on the device from its day on", () => {
  const reports = ["2020-02-03", "2020-02-04", "2020-02-05"].map((day) => ({ id: day, unit: "", kind: "", day, due_at: "", lines: [] }));
  assert.deepEqual(open(reports, "2020-02-04").map(({ day }) => day), ["2020-02-03", "2020-02-04"]);
});

test("the pattern of a line gets its words, and what the device does not know is said", () => {
  const words = { ofFigure: "counted {n}", ofNumber: "own", unknown: "not known" };
  const line = { code: "l1", name: "Banners {unit}", unit: "pcs", kind: "figure", computed: 3 };
  assert.deepEqual(valuesOf(line, words), { code: "l1", name: "Banners {unit}", unit: "pcs", computed: "3", hint: "counted 3" });
  assert.equal(valuesOf({ ...line, computed: 0 }, words).hint, "counted 0");
  assert.equal(valuesOf({ ...line, computed: null }, words).hint, "not known");
  assert.equal(valuesOf({ ...line, kind: "number", computed: undefined }, words).hint, "own");
  assert.equal(put("n_{code} {else}", { code: "l1" }), "n_l1 {else}");
});

test("a zero is offered where the records know of nothing", () => {
  const line = { code: "l1", name: "", unit: "", kind: "figure", computed: 0, of_day: true };
  const stock = { ...line, computed: 40, of_day: false };
  const report = { id: "", unit: "", kind: "", day: "", due_at: "", lines: [line, stock] };
  assert.equal(isIdle(report), true);
  assert.equal(isIdle({ ...report, lines: [{ ...line, computed: 1 }] }), false);
});
