// The device refuses what the server's fields refuse: the same cases, bounds as the page prints them.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { boundFault, boundRefusal } from "../../webapp/static/js/bounds.js";
import { isWhole } from "../../webapp/static/js/supplies-offline-slip.js";

const read = (path) => JSON.parse(readFileSync(new URL(`../${path}`, import.meta.url), "utf8"));
const { year, cases } = read("kernel/bounds.json");
const printed = ({ kind, maximum, places, minimum, years_ahead }) => {
  if (kind === "day") return { yearsAhead: String(years_ahead) };
  if (kind === "number") return { kind, places: String(places), lowest: String(minimum ?? ""), highest: String(maximum ?? "") };
  return { longest: String(maximum) };
};

for (const { said, field, typed, fault } of cases) {
  test(`${field.kind}: ${said}`, () => assert.equal(boundFault({ value: typed, dataset: printed(field) }, year), fault));
}

test("a field without bounds takes anything", () => assert.equal(boundFault({ value: "x".repeat(999), dataset: {} }, year), ""));

test("the sentence names the bound", () => {
  const texts = { sayLength: "at most {n}", sayTooFar: "until {year}", sayRange: "{low} to {high}" };
  assert.equal(boundRefusal({ value: "abc", dataset: { longest: "2" } }, texts, year), "at most 2");
  assert.equal(boundRefusal({ value: "2047-01-01", dataset: { yearsAhead: "20" } }, texts, year), "until 2046");
  assert.equal(boundRefusal({ value: "3", dataset: { places: "0", lowest: "0", highest: "2" } }, texts, year), "0 to 2");
  assert.equal(boundRefusal({ value: "ab", dataset: { longest: "2" } }, texts, year), "");
});

for (const [typed, steps, whole] of read("supplies/steps.json")) {
  test(`${typed} units of ${steps} steps`, () => assert.equal(isWhole(typed, steps), whole !== null));
}
