// A scan at the gate goes where the server puts it, with a network and without one.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";

const { startedWith } = await import("../../webapp/static/js/checkpoints-scan.js");
const { cases } = JSON.parse(readFileSync(new URL("../checkpoints/looks.json", import.meta.url), "utf8"));

for (const { text, fields } of cases) test(`${text} goes into ${Object.keys(fields)}`, () => assert.deepEqual(startedWith(text), fields));
