import assert from "node:assert/strict";
import { test } from "node:test";
import { press, signed } from "../../webapp/static/js/keypad.js";

test("a sign comes before what was typed, and goes again", () => {
  for (const [text, sign, result] of [
    ["", "<", "<"], ["0.01", "<", "<0.01"], ["<0.01", "<", "0.01"], ["＜0.01", "<", "0.01"], ["0.01L", "<", "<0.01"], [">24000", "<", "<24000"],
    ["", "-", "-"], ["5", "-", "-5"], ["-5", "-", "5"], ["−5", "-", "5"], ["+5", "-", "-5"],
  ]) assert.equal(signed(text, sign), result, `${text} with ${sign}`);
});

test("a key adds its digit up to the longest, one point, and back takes one away", () => {
  assert.equal(press("36", "5", 3), "365");
  assert.equal(press("365", "5", 3), "365");
  assert.equal(press("3.6", ".", 8), "3.6");
  assert.equal(press("", ".", 8), "0.");
  assert.equal(press("3.6", "back", 8), "3.");
});
