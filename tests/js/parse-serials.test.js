import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { digestOf, piecesOf } from "../../webapp/static/js/parse/serials.js";

const { digests } = JSON.parse(readFileSync(new URL("../parse/serials.json", import.meta.url), "utf8"));

for (const [key, digest] of digests) test(`the digest of ${key || "nothing"}`, () => assert.equal(digestOf(key), digest));

test("what the counter with a network posted and what an older draft holds are the same pieces", () => {
  const [one, two] = ["S1100", "ABC123456789"];
  const pieces = [one, two].map((key) => `i:${digestOf(key)}`);
  assert.deepEqual(piecesOf([`i:${digestOf(one)}.${digestOf(two)}`]), pieces);
  assert.deepEqual(piecesOf([`i:${one}`, `i:${two}`]), pieces);
  assert.deepEqual(piecesOf([]), []);
});
