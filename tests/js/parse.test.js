// The device reads numbers and days as the server does: the same tables of cases.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";

import { hasGoneBy, parseDay, parseMoment, wallClock } from "../../webapp/static/js/parse/dates.js";
import { plainNumber } from "../../webapp/static/js/parse/numbers.js";

const table = (name) => JSON.parse(readFileSync(new URL(`../parse/${name}.json`, import.meta.url), "utf8"));

for (const [typed, plain] of table("numbers").cases) {
  test(`the number ${JSON.stringify(typed)} is ${plain}`, () => assert.equal(plainNumber(typed), plain));
}
for (const [typed, day] of table("dates").days) {
  test(`the day ${JSON.stringify(typed)} is ${day}`, () => assert.equal(parseDay(typed), day));
}
for (const [typed, moment] of table("dates").moments) {
  test(`the moment ${JSON.stringify(typed)} is ${moment}`, () => assert.equal(parseMoment(typed), moment));
}

test("a deadline is past from its own minute on, on the district's clock", () => {
  const at = new Date("2026-11-24T00:05:30Z"); // 08:05 in Shanghai
  assert.equal(wallClock(at, "Asia/Shanghai"), "2026-11-24T08:05");
  for (const [typed, isPast] of [["2026-11-24T08:04", true], ["2026-11-24T08:05", true], ["2026-11-24T08:06", false], ["2020-01-01 08:00", true], ["2027-01-01T00:00", false], ["", false], ["yesterday", false]]) {
    assert.equal(hasGoneBy(typed, at, "Asia/Shanghai"), isPast, typed);
  }
});
