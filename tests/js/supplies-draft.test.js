// @ts-check
// What a draft of the counter says: whether it holds a slip, and its lines.
import assert from "node:assert/strict";
import { test } from "node:test";
import { holdsSlip, linesOf, valuesOf } from "../../webapp/static/js/supplies-draft.js";

test("a draft holds a slip as soon as anything was scanned or typed into the box", () => {
  assert.equal(holdsSlip([["mode", "in"], ["place", "w"], ["uuid", "u"], ["code", ""]]), false);
  assert.equal(holdsSlip([["code", "XS"]]), true);
  assert.equal(holdsSlip([["code", ""], ["waiting", "XS-02"]]), true);
  assert.equal(holdsSlip([["code", ""], ["lines-0-item", "i1"]]), true);
});

test("lines come in their order, whatever the order of their fields, with all that stands in them", () => {
  /** @type {[string, string][]} */
  const fields = [["lines-10-item", "c"], ["lines-2-lot", "A213B1"], ["place", "w"], ["lines-2-item", "b"], ["lines-0-item", "a"], ["lines-0-quantity", "40"], ["lines--item", "no"]];
  assert.deepEqual(linesOf(fields), [{ item: "a", quantity: "40" }, { lot: "A213B1", item: "b" }, { item: "c" }]);
});

test("every value of a name is kept", () => {
  assert.deepEqual(valuesOf([["serials", "i:1"], ["mode", "in"], ["serials", "i:2"]], "serials"), ["i:1", "i:2"]);
});
