import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { written } from "../../webapp/static/js/moments.js";

const { placeOf } = await import("../../webapp/static/js/parse/labels.js");
const { isFitting } = await import("../../webapp/static/js/scan-offline.js");

const GATE = { id: "0d1f5a2e-6f6b-4b7e-9a46-0a3d5b1c2d3e", code: "CP-01", name: "城北高速卡口", kind: "checkpoint", roles: ["gatekeeper"] };
const PLACES = [GATE, { id: "1d1f5a2e-6f6b-4b7e-9a46-0a3d5b1c2d3e", code: "H-02", kind: "hospital", roles: ["inspector"] }];

const cases = JSON.parse(readFileSync(new URL("../places/labels.json", import.meta.url), "utf8"));
const asRead = (text) => text.replace("{id}", GATE.id);

test("a place is found by the address on its label, of any host, and by its code as people write it", () => {
  for (const text of cases.found) assert.equal(placeOf(asRead(text), PLACES), GATE, text);
});

test("what is no label and no code of a known place is nothing", () => {
  for (const text of cases.not_found) assert.equal(placeOf(asRead(text), PLACES), undefined, text);
});

test("a form fits a place of its kinds where the person holds one of its roles", () => {
  assert.ok(isFitting(GATE, "checkpoint", "gatekeeper", ["gatekeeper", "clerk"]));
  assert.ok(isFitting(GATE, "", "gatekeeper", ["gatekeeper"]));
  assert.ok(!isFitting(GATE, "hospital outlet", "gatekeeper", ["gatekeeper"]));
  assert.ok(!isFitting(GATE, "checkpoint", "gatekeeper", ["inspector"]));
  assert.ok(!isFitting(PLACES[1], "", "gatekeeper", ["gatekeeper"]), "the role does not reach this place");
});

test("a moment is written on the district's clock", () => {
  assert.equal(written(new Date("2026-11-27T16:05:00Z"), "Asia/Shanghai"), "2026-11-28 00:05");
  assert.equal(written(new Date("2026-11-27T15:59:59Z"), "Asia/Shanghai"), "2026-11-27 23:59");
});
