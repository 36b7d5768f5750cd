// When an open page beeps, and what it reads in the header of an answer.
import assert from "node:assert/strict";
import { test } from "node:test";
import { isNew, read } from "../../webapp/static/js/alerts.js";

test("an alert is heard once", () => {
  assert.equal(isNew("", "2026-11-28T04:00:00+00:00"), true);
  assert.equal(isNew("2026-11-28T04:00:00+00:00", "2026-11-28T04:00:00+00:00"), false);
  assert.equal(isNew("2026-11-28T04:00:00+00:00", "2026-11-28T04:00:00.5+00:00"), true);
  assert.equal(isNew("2026-11-28T04:00:01+00:00", "2026-11-28T04:00:00+00:00"), false);
  assert.equal(isNew("", ""), false);
});

test("the header has a number and perhaps a moment", () => {
  assert.deepEqual(read("2 2026-11-28T04:00:00+00:00"), { count: 2, loud: "2026-11-28T04:00:00+00:00" });
  assert.deepEqual(read("0"), { count: 0, loud: "" });
  assert.equal(read(""), null);
  assert.equal(read("many"), null);
});
