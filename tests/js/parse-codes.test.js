// @ts-check
// The spellings of codes and lots, by the cases that run in Python too.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { codeKey, lotKey, writtenCode } from "../../webapp/static/js/parse/codes.js";

const { cases } = JSON.parse(readFileSync(new URL("../parse/codes.json", import.meta.url), "utf8"));

test("every spelling of a lot or a code has the keys that Python gives it", () => {
  for (const [typed, ...keys] of cases) assert.deepEqual([lotKey(typed), codeKey(typed), writtenCode(typed)], keys, JSON.stringify(typed));
});
