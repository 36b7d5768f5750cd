// @ts-check
// A hand scanner's keys are told from a person's, whatever the keyboard's language.
import assert from "node:assert/strict";
import { test } from "node:test";
import { FASTEST_TYPIST_MS, GS, WedgeBuffer, characterOf } from "../../webapp/static/js/wedge.js";

/** @param {string[]} keys @param {number} gap @param {string} suffix */
function typed(keys, gap, suffix = "Enter") {
  const buffer = new WedgeBuffer();
  const strokes = [...keys, suffix];
  return strokes.map((key, place) => buffer.press({ key }, 1000 + place * gap)).at(-1);
}

test("keys a scanner types within the gap are one scan, ended by Enter or by Tab", () => {
  assert.equal(typed([..."A213B1"], 8), "A213B1");
  assert.equal(typed([..."A213B1"], FASTEST_TYPIST_MS, "Tab"), "A213B1");
});

test("keys typed at a person's pace are not a scan", () => {
  assert.equal(typed([..."A213B1"], FASTEST_TYPIST_MS + 1), "");
  assert.equal(typed([..."A213B1"], 90), "");
});

test("a scan after slow typing starts afresh", () => {
  const buffer = new WedgeBuffer();
  buffer.press({ key: "x" }, 0);
  [..."69012345"].forEach((key, place) => buffer.press({ key }, 500 + place * 10));
  assert.equal(buffer.press({ key: "Enter" }, 590), "69012345");
});

test("three keys are too few, and a lone Enter is nothing", () => {
  assert.equal(typed([..."abc"], 5), "");
  assert.equal(typed([], 5), "");
});

test("a second scan does not carry the first along", () => {
  const buffer = new WedgeBuffer();
  [..."AAAA"].forEach((key, place) => buffer.press({ key }, place));
  assert.equal(buffer.press({ key: "Enter" }, 5), "AAAA");
  assert.equal(buffer.press({ key: "Enter" }, 6), "");
});

test("the group separator is understood as Ctrl+], as F8 and as itself", () => {
  const ways = [{ key: "]", ctrlKey: true }, { key: "Process", code: "BracketRight", ctrlKey: true }, { key: "F8" }, { key: GS }];
  for (const stroke of ways) assert.equal(characterOf(stroke), GS);
});

test("other control keys and shortcuts type nothing", () => {
  for (const stroke of [{ key: "Shift" }, { key: "c", ctrlKey: true }, { key: "v", metaKey: true }, { key: "ArrowLeft" }]) {
    assert.equal(characterOf(stroke), "");
  }
});

test("keys swallowed by an input method are read by their place on the keyboard", () => {
  const swallowed = [
    [{ key: "Process", code: "KeyA" }, "a"],
    [{ key: "Process", code: "KeyA", shiftKey: true }, "A"],
    [{ key: "Process", code: "Digit7" }, "7"],
    [{ key: "Unidentified", code: "Numpad3" }, "3"],
    [{ key: "Process", code: "Digit9", shiftKey: true }, "("],
    [{ key: "Process", code: "Digit0", shiftKey: true }, ")"],
    [{ key: "Process", code: "Minus" }, "-"],
    [{ key: "Process", code: "Semicolon", shiftKey: true }, ":"],
  ];
  for (const [stroke, wanted] of swallowed) assert.equal(characterOf(/** @type {any} */ (stroke)), wanted);
});

test("a bracketed element string arrives whole, its shift keys beside it", () => {
  const keys = [..."(01)06901234567892"].flatMap((key) => (key === "(" || key === ")" ? ["Shift", key] : [key]));
  assert.equal(typed(keys, 12), "(01)06901234567892");
});
