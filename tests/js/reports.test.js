import assert from "node:assert/strict";
import { test } from "node:test";
import { needsReason } from "../../webapp/static/js/reports.js";

test("a reason is asked for where another number stands than the computed one", () => {
  assert.equal(needsReason("12", "12"), false);
  assert.equal(needsReason(" 12 ", "12"), false);
  assert.equal(needsReason("13", "12"), true);
  assert.equal(needsReason("", "12"), false, "a blank number is asked for by itself");
  assert.equal(needsReason("3", ""), false, "nothing was computed");
});
