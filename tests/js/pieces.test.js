// @ts-check
// The pure parts of the page's own scripts.
import assert from "node:assert/strict";
import { test } from "node:test";
import { uuidFrom } from "../../webapp/static/js/entry.js";
import { LONGEST_SIDE, fitted, hex, joined } from "../../webapp/static/js/pictures.js";

globalThis.document ??= /** @type {any} */ ({ addEventListener() {} });
const { press } = await import("../../webapp/static/js/keypad.js");

test("a uuid made from bytes says its version and variant", () => {
  assert.equal(uuidFrom(new Uint8Array(16)), "00000000-0000-4000-8000-000000000000");
  assert.equal(uuidFrom(new Uint8Array(16).fill(255)), "ffffffff-ffff-4fff-bfff-ffffffffffff");
});

test("a large photo is shrunk to the longest side, a small one left", () => {
  assert.deepEqual(fitted(4000, 3000), [LONGEST_SIDE, 1200]);
  assert.deepEqual(fitted(3000, 4000), [1200, LONGEST_SIDE]);
  assert.deepEqual(fitted(800, 600), [800, 600]);
  assert.deepEqual(fitted(20000, 3), [LONGEST_SIDE, 1]);
});

test("bytes are written as hexadecimal with leading zeros", () => {
  assert.equal(hex(new Uint8Array([0, 10, 255])), "000aff");
});

test("the keypad builds a temperature key by key", () => {
  assert.equal(["3", "6", ".", "6"].reduce((text, key) => press(text, key), ""), "36.6");
});

test("the keypad takes one decimal point, and puts a zero before a leading one", () => {
  assert.equal(press("36.", "."), "36.");
  assert.equal(press("", "."), "0.");
});

test("the keypad goes back, and stops at the longest text", () => {
  assert.equal(press("36.6", "back"), "36.");
  assert.equal(press("", "back"), "");
  assert.equal(press("12345678", "9"), "12345678");
});

test("a second choice is added to the first, no photo twice, none above the most", () => {
  const photo = (/** @type {string} */ sha256) => ({ sha256 });
  const [a, b, c] = ["a", "b", "c"].map(photo);
  assert.deepEqual(joined([a], [b, c], 2), { added: [b, c], twice: [], over: [] });
  assert.deepEqual(joined([a], [b, c], 1), { added: [b], twice: [], over: [c] });
  assert.deepEqual(joined([a], [photo("a"), b, photo("b")], 5), { added: [b], twice: [a, b], over: [] });
  assert.deepEqual(joined([photo("")], [photo("")], 5).added.length, 1, "without hashes nothing is known to be the same");
  assert.deepEqual(joined([], [a], 0).over, [a]);
});
