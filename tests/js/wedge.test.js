// @ts-check
// A hand scanner's keys are told from a person's, whatever the keyboard's language.
import assert from "node:assert/strict";
import { test } from "node:test";
import { FASTEST_TYPIST_MS, GS, SLOW_SCANNER_MS, WedgeBuffer, characterOf, looksLikeCode } from "../../webapp/static/js/wedge.js";

/** @param {string[]} keys @param {number} gap @param {string} suffix */
function typed(keys, gap, suffix = "Enter") {
  const buffer = new WedgeBuffer();
  const strokes = [...keys, suffix];
  return strokes.map((key, place) => buffer.press({ key }, 1000 + place * gap)).at(-1);
}

test("keys a scanner types within the gap are one scan, ended by Enter or by Tab", () => {
  assert.equal(typed([..."A213B1"], 8), "A213B1");
  const buffer = new WedgeBuffer();
  [..."A213B1", "Tab"].forEach((key, place) => assert.equal(buffer.press({ key }, place * FASTEST_TYPIST_MS), ""));
  assert.deepEqual([buffer.isPending, buffer.flush(), buffer.flush()], [true, "A213B1", ""]);
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

test("a pause inside a scan does not cut it, when its whole is a code and its end is none", () => {
  /** @param {string} text @param {number} at where the pause is @param {number} pause */
  const paused = (text, at, pause) => {
    const buffer = new WedgeBuffer();
    const press = (/** @type {string} */ key, /** @type {number} */ place) => buffer.press({ key }, 1000 + place + (place >= at ? pause : 0));
    [...text].forEach(press);
    return press("Enter", text.length);
  };
  const code = "]d20106901234567892\x1d10A213B1";
  assert.equal(paused(code, 12, FASTEST_TYPIST_MS + 1), code);
  assert.equal(paused(code, 12, SLOW_SCANNER_MS - 1), code);
  assert.equal(paused(code, 12, SLOW_SCANNER_MS), "4567892\x1d10A213B1");
  assert.equal(paused("4" + "6901234567892", 1, 150), "6901234567892"); // a person's digit before a whole barcode
  assert.equal(paused("40*A213B1", 3, 150), "A213B1");
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
  const ways = [{ key: "]", ctrlKey: true }, { key: "Process", code: "BracketRight", ctrlKey: true }, { key: "F8" }, { key: GS }, { key: "\x1e" }, { key: "^", ctrlKey: true }, { key: "Process", code: "Digit6", ctrlKey: true, shiftKey: true }];
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

test("a Tab in the middle of a scan is a separator, one at the end is none", () => {
  assert.equal(typed([..."10A213B1", "Tab", ..."17280228"], 10), `10A213B1${GS}17280228`);
  assert.equal(typed([..."A213B1", "Tab"], 10), "A213B1");
  assert.equal(typed([..."10A213B1", GS], 10), `10A213B1${GS}`);
});

test("Alt and digits of the number pad are a separator, or any other character", () => {
  const pad = (/** @type {string} */ digits) => [{ key: "Alt", altKey: true }, ...[...digits].map((digit) => ({ key: digit, code: `Numpad${digit}`, altKey: true }))];
  const press = (/** @type {any[]} */ strokes) => {
    const buffer = new WedgeBuffer();
    return strokes.map((stroke, place) => buffer.press(stroke, 1000 + place * 5)).at(-1);
  };
  const keys = (/** @type {string} */ text) => [...text].map((key) => ({ key }));
  for (const digits of ["029", "0029", "29", "030"]) assert.equal(press([...keys("10LOT9"), ...pad(digits), ...keys("17271231"), { key: "Enter" }]), `10LOT9${GS}17271231`, digits);
  assert.equal(press([...pad("065"), ...pad("066"), ...pad("049"), ...pad("050"), { key: "Enter" }]), "AB12");
  const insert = [{ key: "Insert", code: "Numpad0", altKey: true }, { key: "ArrowDown", code: "Numpad2", altKey: true }, { key: "PageUp", code: "Numpad9", altKey: true }];
  assert.equal(press([...keys("10LOT9"), { key: "Alt", altKey: true }, ...insert, ...keys("1727"), { key: "Enter" }]), `10LOT9${GS}1727`);
});

test("what a slow scanner typed is told apart from what a person types", () => {
  const slow = (/** @type {string} */ text, /** @type {number} */ gap) => {
    const buffer = new WedgeBuffer();
    const scanned = [...text, "Enter"].map((key, place) => buffer.press({ key }, 1000 + place * gap)).at(-1);
    return [scanned, buffer.ended];
  };
  assert.deepEqual(slow("6901234567892", 80), ["", "6901234567892"]);
  assert.deepEqual(slow("6901234567892", SLOW_SCANNER_MS + 1), ["", ""]);
  for (const text of ["6901234567892", "96385074", "0106901234567892172712", "FL:I:XS-02", "(01)06901234567892", "81234567890123456789"]) assert.ok(looksLikeCode(text), text);
  for (const text of ["6901234567893", "3000", "20271231", "1234567", "A213B1", "12.5"]) assert.ok(!looksLikeCode(text), text);
  assert.ok(!looksLikeCode("96385074", 12));
});
