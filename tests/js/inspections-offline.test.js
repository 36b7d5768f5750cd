import assert from "node:assert/strict";
import { test } from "node:test";
import { isCalled } from "../../webapp/static/js/inspections-offline.js";

const place = "H-01 第三人民医院";

test("a place is found by words of its name and by its code however that is typed", () => {
  for (const typed of ["", "h-01", "Ｈ－０１", "h01", "人民", "三 h-0", " 医院 "]) assert.ok(isCalled(place, typed), typed);
});

test("every word must be there, and only the code is read as one", () => {
  for (const typed of ["h-02", "人民 第四", "三h"]) assert.ok(!isCalled(place, typed), typed);
});
