// The tablet knows a plate as the server does, and its keys write every plate that is usual and no other.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";

import { isUnusualPlate, keysAfter } from "../../webapp/static/js/plates.js";

const { cases } = JSON.parse(readFileSync(new URL("../checkpoints/plates.json", import.meta.url), "utf8"));

for (const { plate, kind } of cases) {
  test(`${plate || "no plate"} is ${kind}`, () => {
    assert.equal(isUnusualPlate(plate), kind === "other" && plate !== "");
  });
}

/** Can it be written by the keys that are offered one after the other? */
const isWritten = (plate) => [...plate].every((sign, place) => keysAfter(plate.slice(0, place)).has(sign));

test("the keys write every usual plate of the cases", () => {
  for (const { plate, kind } of cases) {
    const plain = plate.normalize("NFKC").replace(/[\s·]/g, "").toUpperCase();
    if (kind !== "other") assert.ok(isWritten(plain), plate);
  }
});

test("provinces come first, then a letter, never I or O", () => {
  assert.equal(keysAfter("").size, 31);
  assert.ok(!keysAfter("").has("A"));
  assert.deepEqual([...keysAfter("鲁")].sort().join(""), "ABCDEFGHJKLMNPQRSTUVWXYZ");
  for (const begun of ["鲁A", "鲁A1", "鲁A123"]) for (const key of "IO挂") assert.ok(!keysAfter(begun).has(key), begun + key);
});

test("an ending is offered at the seventh place, and the eighth is for new-energy plates only", () => {
  for (const ending of "挂学警港澳使领") {
    assert.ok(keysAfter("鲁A1234").has(ending));
    assert.ok(!keysAfter("鲁A123").has(ending));
  }
  assert.equal([...keysAfter("鲁AD1234")].sort().join(""), "0123456789");
  assert.equal([...keysAfter("鲁A12345")].sort().join(""), "ABCDEFGHJK");
  for (const full of ["鲁A1234挂", "鲁A12B45", "鲁AD12345", "鲁A12345D"]) assert.equal(keysAfter(full).size, 0, full);
});

test("a plate of another shape goes on with every letter and digit", () => {
  assert.ok(keysAfter("WJ").has("7") && keysAfter("WJ").has("Q"));
  assert.equal(keysAfter("W".repeat(16)).size, 0, "as long as the field takes");
});
