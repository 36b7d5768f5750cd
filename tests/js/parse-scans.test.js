// @ts-check
// Scanned codes, by the cases that run in tests/parse/test_scans.py too.
import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { test } from "node:test";
import vm from "node:vm";
import { readCode } from "../../webapp/static/js/parse/scans.js";

const LIBRARY = new URL("../../webapp/static/vendor/gs1-parser.js", import.meta.url);
const needsLibrary = { skip: existsSync(LIBRARY) ? false : "set-up without npm" };
const reader = existsSync(LIBRARY) ? vm.runInThisContext(`${readFileSync(LIBRARY, "utf8")}; parseBarcode`) : undefined;
const { cases, random } = JSON.parse(readFileSync(new URL("../parse/scans.json", import.meta.url), "utf8"));

/** @param {any} code */
const plain = (code) => ({ ...code, ...(code.readings ? { readings: code.readings.map((/** @type {any} */ { text, keys, ...one }) => one) } : {}) });

for (const [name, rows] of [["case", cases], ["random element string", random]]) {
  test(`every ${name} says what it says in Python`, needsLibrary, () => {
    for (const [typed, expected] of rows) {
      const text = expected.text ?? typed;
      assert.deepEqual(JSON.parse(JSON.stringify(plain(readCode(typed, reader)))), { text, keys: [text], ...expected }, JSON.stringify(typed));
    }
  });
}

test("without the library element strings are named as such, and nothing else is", () => {
  for (const typed of ["(01)06901234567892(10)A", "010690123456789210A", "]d20106901234567892", "0106901234567892"]) assert.equal(readCode(typed).trouble, "no-reader", typed);
  for (const typed of ["XS-02", "10-22", "6901234567892", "81234567890123456789", "FL:I:XS-02", "MA.156.M0.100001.10000017"]) assert.equal(readCode(typed).trouble, undefined, typed);
});
