import assert from "node:assert/strict";
import { test } from "node:test";
import { following } from "../../webapp/static/js/inspections-offline.js";
import { isCalled } from "../../webapp/static/js/parse/called.js";

const place = "H-01 第三人民医院";

test("a place is found by words of its name and by its code however that is typed", () => {
  for (const typed of ["", "h-01", "Ｈ－０１", "h01", "人民", "三 h-0", " 医院 "]) assert.ok(isCalled(place, typed), typed);
});

test("every word must be there, and only the code is read as one", () => {
  for (const typed of ["h-02", "人民 第四", "三h"]) assert.ok(!isCalled(place, typed), typed);
});

const at = (code, kind = "hospital") => ({ id: code, code, name: code, kind });
const places = [at("H-01"), at("H-02"), at("H-03"), at("S-01", "waste_store")];

test("the next place is of the same kind: never checked, then the longest ago, then by code", () => {
  const days = { "H-02": { waste: "2026-11-03" }, "H-03": { waste: "2026-11-02", water: "2026-11-09" } };
  assert.equal(following(places, days, "waste", ["H-01"]).id, "H-03");
  assert.equal(following(places, days, "water", ["H-01"]).id, "H-02", "another checklist does not count");
  assert.equal(following(places, {}, "waste", ["H-01"]).id, "H-02");
});

test("what was checked here meanwhile is not next", () => {
  assert.equal(following(places, {}, "waste", ["H-02", "H-01"]).id, "H-03");
  assert.equal(following(places, {}, "waste", ["H-01", "H-03", "H-02"]), undefined);
  assert.equal(following(places, {}, "waste", ["S-01"]), undefined);
});
