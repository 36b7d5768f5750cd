// The phone judges as the server does: the same table of cases, the same limits (read through Python as the page gets them).
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { test } from "node:test";

import { parseMeasured } from "../../webapp/static/js/readings.js";
import { applying, assess, compare, pick } from "../../webapp/static/js/standards.js";

const root = fileURLToPath(new URL("../../", import.meta.url));
const table = JSON.parse(readFileSync(`${root}tests/standards/cases.json`, "utf8"));
const own = `${root}.venv/bin/python`;
const python = process.env.PYTHON ?? (existsSync(own) ? own : "python3");
const program = "import json; from webapp.standards.queries import limits; from webapp.standards.rules import as_plain; "
  + "print(json.dumps([as_plain(limit) for limit in limits()]))";
const limits = JSON.parse(execFileSync(python, ["-c", program], { cwd: root, encoding: "utf8", maxBuffer: 1 << 24 }));

for (const one of table.cases) {
  test(`${one.at}: ${one.parameter} ${one.typed} - ${one.say}`, () => {
    const circumstances = { ...table.settings[one.at], ...one.also };
    const measured = parseMeasured(one.typed);
    assert.ok(measured);
    const judged = assess(limits, one.parameter, measured, circumstances, one.on ?? table.on, one.single ?? true);
    assert.equal(judged.verdict, one.verdict);
    assert.equal(judged.limit?.code ?? null, one.limit);
    assert.deepEqual(judged.missing, one.missing ?? []);
    if ("indicative" in one) assert.equal(judged.indicative, one.indicative);
  });
}

for (const one of table.beforehand) {
  test(`beforehand, ${one.at}: ${one.say}`, () => {
    const told = applying(limits, one.parameter, { ...table.settings[one.at], ...one.also }, table.on);
    assert.equal(told.limit?.code ?? null, one.limit);
    assert.deepEqual(told.missing, one.missing ?? []);
  });
}

test("decimals are compared as written, never as floats", () => {
  assert.equal(compare("6.50", "6.5"), 0);
  assert.equal(compare("10.0", "9.99"), 1);
  assert.equal(compare("9", "10"), -1);
  assert.equal(compare("0.30000000000000004", "0.3"), 1);
  assert.equal(compare("123456789012345.6", "123456789012345.5"), 1);
});

test("values are read as people write them", () => {
  const plain = (value, below = false, beyond = false) => ({ value, below_detection: below, beyond_range: beyond });
  assert.deepEqual(parseMeasured(" 6.50 "), plain("6.50"));
  assert.deepEqual(parseMeasured("６．５"), plain("6.5"));
  assert.deepEqual(parseMeasured("＜ 0.01"), plain("0.01", true));
  assert.deepEqual(parseMeasured("0.004l"), plain("0.004", true));
  assert.deepEqual(parseMeasured("0,025"), plain("0.025"));
  assert.deepEqual(parseMeasured(">24,000"), plain("24000", false, true));
  assert.deepEqual(parseMeasured(">24000"), plain("24000", false, true));
  assert.deepEqual(parseMeasured("nd"), { ...plain(""), word: "not_detected" });
});

for (const typed of ["", " ", "-1", "+1", "1e3", "6 5", "1,50,0", "6,", "6.5mg", "<", "L", "<0.01L", "NaN", "0x1", "9".repeat(16), "٣", "6.5\0"]) {
  test(`${JSON.stringify(typed)} is not a value`, () => assert.equal(parseMeasured(typed), null));
}

test("a contact time half typed is not known", () => {
  const where = { ...table.settings["covid infectious tank, free"], contact_hours: "1," };
  assert.deepEqual(assess(limits, "residual_chlorine", parseMeasured("8"), where, table.on).missing, ["contact_hours"]);
});

for (const [hours, codes] of [["0.99", ["E52.CL.LT1H"]], ["1.0", ["E52.CL.RES2"]], ["1.5", ["E52.CL.RES1"]]]) {
  test(`one row of doc 52 stands at ${hours} h`, () => {
    const where = { ...table.settings["covid infectious tank, free"], contact_hours: String(hours) };
    const rows = pick(limits, "residual_chlorine", where, table.on).filter((row) => row.quantity === "free");
    assert.deepEqual(rows.map((row) => row.code), codes);
  });
}
