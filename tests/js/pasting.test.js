import assert from "node:assert/strict";
import { test } from "node:test";
import { excess } from "../../webapp/static/js/pasting.js";

const field = (value, maxLength, selectionStart = value.length, selectionEnd = selectionStart) => ({ value, maxLength, selectionStart, selectionEnd });

test("what fits is pasted, one character more is not", () => {
  assert.equal(excess(field("ab", 5), "cde"), 0);
  assert.equal(excess(field("ab", 5), "cdef"), 1);
  assert.equal(excess(field("abcde", 5), "x"), 1);
});

test("what is selected makes room", () => {
  assert.equal(excess(field("abcde", 5, 1, 4), "xyz"), 0);
  assert.equal(excess(field("abcde", 5, 1, 4), "wxyz"), 1);
});

test("a field without a length takes everything", () => assert.equal(excess(field("a", -1), "b".repeat(9999)), 0));
