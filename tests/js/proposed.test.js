import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { proposed } from "../../webapp/static/js/parse/proposed.js";

for (const { rows, proposed: expected } of JSON.parse(readFileSync("tests/units/proposed.json", "utf8"))) {
  test(`of ${JSON.stringify(rows)} a required field starts with "${expected}"`, () => assert.equal(proposed(rows), expected));
}
