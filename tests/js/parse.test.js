// The device reads numbers and days as the server does: the same tables of cases.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";

import { parseDay, parseMoment } from "../../webapp/static/js/parse/dates.js";
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
