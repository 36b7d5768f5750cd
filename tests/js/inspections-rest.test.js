import assert from "node:assert/strict";
import { test } from "node:test";
import { togetherAfter } from "../../webapp/static/js/inspections-rest.js";

test("what one press answered is told once, and no longer when it is answered by itself", () => {
  assert.equal(togetherAfter("", { add: ["bags", "labels"] }), "bags labels");
  assert.equal(togetherAfter("bags labels", { add: ["labels", "manifest"] }), "bags labels manifest");
  assert.equal(togetherAfter("bags labels", { drop: "bags" }), "labels");
  assert.equal(togetherAfter("bags", { drop: "labels" }), "bags");
});
