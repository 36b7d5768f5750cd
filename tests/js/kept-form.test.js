import assert from "node:assert/strict";
import { test } from "node:test";
import { faultOf } from "../../webapp/static/js/kept-form.js";
import { fitting } from "../../webapp/static/js/outbox/rules.js";

const good = { isRequired: true, isUnreadable: false, answer: "2026-11-02", first: "", instead: null };

test("a required field that is left blank is named, an optional one is not", () => {
  assert.equal(faultOf({ ...good, answer: "" }), "required");
  assert.equal(faultOf({ ...good, answer: "", isRequired: false }), "");
  assert.equal(faultOf(good), "");
});

test("one of two fields is enough, none is not", () => {
  const open = { ...good, isRequired: false, answer: "" };
  assert.equal(faultOf({ ...open, instead: "" }), "orElse");
  assert.equal(faultOf({ ...open, instead: "主干道" }), "");
  assert.equal(faultOf({ ...open, answer: "CP-03", instead: "" }), "");
});

test("a last day may be the first one, not the day before it", () => {
  assert.equal(faultOf({ ...good, first: "2026-11-02" }), "");
  assert.equal(faultOf({ ...good, first: "2026-11-03" }), "notBefore");
});

test("a day that the browser cannot read is not taken for a blank", () => {
  assert.equal(faultOf({ ...good, answer: "", isUnreadable: true }), "day");
});

test("of the rows that name roles, those that a role of the form reaches are offered", () => {
  const rows = [{ id: "1", roles: ["clerk", "auditor"] }, { id: "2", roles: ["auditor"] }, { id: "3" }];
  assert.deepEqual(fitting(rows, "", "clerk").map((row) => row.id), ["1", "3"]);
  assert.deepEqual(fitting(rows, "", "").map((row) => row.id), ["1", "2", "3"]);
});
