// The device takes and refuses what the server's fields do: the same table of cases, fields as the page draws them.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { test } from "node:test";

import { acceptedBy, readField, refusalOf } from "../../webapp/static/js/readings.js";

const root = fileURLToPath(new URL("../../", import.meta.url));
const table = JSON.parse(readFileSync(`${root}tests/standards/readings.json`, "utf8"));
const own = `${root}.venv/bin/python`;
const python = process.env.PYTHON ?? (existsSync(own) ? own : "python3");
// What the template writes beside each field (templates/inspections/_item.html).
const program = `
import json, sys
from webapp.inspections.checklists import checklists
from webapp.standards.queries import parameters
items = {item.code: item for checklist in checklists() for item in checklist.items}
def asked(item):
    if item.parameter and item.context != "contact_hours":
        known = parameters()[item.parameter]
        return {"kind": "reading", "words": "yes" if known.words else "no", "places": str(known.places), "lowest": "", "highest": str(known.highest)}
    return {"kind": "number", "words": "no", "places": str(item.places), "lowest": item.lowest, "highest": item.highest}
print(json.dumps({name: asked(items[code]) for name, code in json.loads(sys.argv[1]).items()}))
`;
const fields = JSON.parse(execFileSync(python, ["-c", program, JSON.stringify(table.fields)], { cwd: root, encoding: "utf8" }));
const signOf = (measured) => measured.word ?? (measured.below_detection ? "<" : measured.beyond_range ? ">" : "");

for (const [field, typed, value, sign] of table.cases) {
  test(`${field} ${JSON.stringify(typed)}: ${value} ${sign}`, () => {
    const { measured, fault } = readField(typed, acceptedBy({ dataset: fields[field] }));
    if (["unreadable", "places", "range"].includes(sign)) {
      assert.equal(fault, sign);
      assert.equal(measured, null);
      return;
    }
    assert.equal(fault, "");
    assert.equal(measured.word ? null : measured.value, value);
    assert.equal(signOf(measured), sign);
  });
}

test("a field that the server would refuse says why, in the words of its form", () => {
  const texts = { sayReading: "reading", sayWords: "words", sayNumber: "number", sayPlaces: "at most {n}", sayWhole: "whole", sayHighest: "at most {high}", sayRange: "{low} to {high}" };
  const say = (field, value) => refusalOf({ value, dataset: fields[field] }, texts);
  assert.deepEqual(
    [say("chlorine", "6.5"), say("chlorine", "-3"), say("ph", "ND"), say("hours", "<2"), say("chlorine", "249.9999"), say("coliform", "2.5"), say("chlorine", "501"), say("celsius", "-81")],
    ["", "reading", "words", "number", "at most 3", "whole", "at most 500", "-80 to 60"],
  );
});
