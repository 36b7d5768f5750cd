import assert from "node:assert/strict";
import { test } from "node:test";
import { stampLines } from "../../webapp/static/js/photo-stamp.js";

const about = { at: "2026-11-27 10:03", place: "第三人民医院", author: "李建国", words: "{at}（设备所记时间）" };

test("a stamp says when, where and who, and leaves out what is not known", () => {
  assert.deepEqual(stampLines(about), ["2026-11-27 10:03（设备所记时间）", "第三人民医院", "李建国"]);
  assert.deepEqual(stampLines({ ...about, place: " ", author: "" }), ["2026-11-27 10:03（设备所记时间）"]);
});
