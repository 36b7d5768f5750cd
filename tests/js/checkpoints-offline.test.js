import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import test from "node:test";

import { faultOf, faultOfDocument, whoOf } from "../../webapp/static/js/checkpoints-offline.js";

const { on, good, cases, who } = JSON.parse(readFileSync(new URL("../checkpoints/faults.json", import.meta.url), "utf8"));

test("what the server would send back of a field is said at once", () => {
  for (const { change, faults } of cases) {
    const entry = { ...good, ...change };
    const found = ["phone", "id_type", "id_number"].map((name) => faultOf(name, entry, on)).filter(Boolean);
    assert.deepEqual(found, faults, JSON.stringify(change));
    if ("id_number" in change) assert.equal(faultOfDocument(entry.id_type, entry.id_number, on), faults[0] ?? "", JSON.stringify(change));
  }
});

test("who somebody is stands masked", () => {
  for (const { entry, words } of who) assert.equal(whoOf(entry), words);
});

test("who leaves is said at a gate", () => {
  assert.equal(faultOf("who", { who: "13800138000", place: "" }, on), "gate");
  assert.equal(faultOf("who", { who: "13800138000", place: "1" }, on), "");
});
