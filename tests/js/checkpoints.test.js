// The tablet proposes as the server does: the same table of decisions.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";

import { pointed, propose, riskAreaOf, stepped, tenths } from "../../webapp/static/js/checkpoints.js";

const table = JSON.parse(readFileSync(new URL("../checkpoints/decisions.json", import.meta.url), "utf8"));

for (const one of table.cases) {
  test(`${one.say}: ${one.celsius || "-"} from ${one.origin || "-"}, ${one.comparison}`, () => {
    const rule = { fever: one.fever ?? table.fever, comparison: one.comparison, areas: one.areas ?? table.areas };
    assert.deepEqual(propose(one.celsius, one.origin, rule), { decision: one.decision, reasons: one.reasons });
  });
}

test("three digits get their point, and nothing else is touched", () => {
  assert.equal(pointed("365"), "36.5");
  assert.equal(pointed("340"), "34.0");
  assert.equal(pointed("439"), "43.9");
  for (const typed of ["", "3", "36", "36.", "36.5", "339", "440", "3655", "1380"]) assert.equal(pointed(typed), typed);
});

test("companions are stepped between nobody and the most", () => {
  for (const [typed, by, now] of [["0", 1, "1"], ["0", -1, "0"], ["2", -1, "1"], ["", 1, "1"], ["x", 1, "1"], ["59", 1, "60"], ["60", 1, "60"], ["２", 1, "3"], ["1.5", 1, "2"], ["-3", 1, "0"]]) {
    assert.equal(stepped(typed, by, 60), now, typed);
  }
});

test("what is not a temperature is none", () => {
  for (const typed of ["", " ", "37.35", "1e2", "NaN", "-37", "hot", "377", "37,", "37.3\u0000", "😀"]) assert.equal(tenths(typed), null);
});

test("tenths are whole numbers, so 37.3 is never 37.29999", () => {
  for (let tenth = 340; tenth <= 430; tenth += 1) assert.equal(tenths((tenth / 10).toFixed(1)), tenth);
});

test("the area that is named is given", () => {
  assert.equal(riskAreaOf("湖北武汉市", ["上海市", "武汉市"]), "武汉市");
  assert.equal(riskAreaOf("上海", []), null);
});
