// Which field of a form a scan chooses from.
import assert from "node:assert/strict";
import { test } from "node:test";

const { chosenBy, finderOf, plainCode } = await import("../../webapp/static/js/scan-fields.js");

const GATE = { id: "0d1f5a2e-6f6b-4b7e-9a46-0a3d5b1c2d3e", code: "CP-01" };
const HOSPITAL = { id: "1d1f5a2e-6f6b-4b7e-9a46-0a3d5b1c2d3e", code: "H-02" };
const MASK = { id: "m", code: "FH-01", codes: { "06901234567892": "base" } };
const findPlace = await finderOf("places");
const places = (more) => ({ find: findPlace, rows: [GATE, HOSPITAL], offered: [GATE], isOwn: false, isEmpty: true, ...more });
const items = { find: await finderOf("items"), rows: [MASK], offered: [MASK], isOwn: false, isEmpty: true };

test("a label, a code and what a camera reads of them choose the place in the field that offers it", () => {
  for (const text of [`https://old.example/places/${GATE.id}`, "cp01", `]Q1https://old.example/places/${GATE.id}`, "]C0CP-01"]) {
    assert.deepEqual(chosenBy(text, [items, places()]), { at: 1, row: GATE, isOffered: true }, text);
  }
  assert.equal(plainCode("]C0CP-01"), "CP-01");
  assert.equal(plainCode("C0]CP-01"), "C0]CP-01");
});

test("a place that is known and not offered is named, and what nobody knows is nothing", async () => {
  assert.deepEqual(chosenBy("H-02", [places()]), { at: 0, row: HOSPITAL, isOffered: false });
  assert.equal(chosenBy("H-03", [places(), items]), null);
  assert.equal(chosenBy("CP-01", [places({ find: await finderOf("units") })]), null, "units carry no label");
});

test("of two fields the pressed one is filled, else one that offers the place, else the empty one", () => {
  const [full, other] = [places({ isEmpty: false }), places({ offered: [HOSPITAL], isEmpty: false })];
  assert.equal(chosenBy("CP-01", [full, places()])?.at, 1);
  assert.equal(chosenBy("CP-01", [{ ...full, isOwn: true }, places()])?.at, 0);
  assert.equal(chosenBy("H-02", [places(), other])?.at, 1);
  assert.deepEqual(chosenBy("H-02", [places({ isOwn: true }), other]), { at: 0, row: HOSPITAL, isOffered: false });
});

test("an item is chosen by its code, its barcode and its own label", () => {
  for (const text of ["fh01", "6901234567892", "FL:I:FH-01", "]E06901234567892"]) assert.equal(chosenBy(text, [places(), items])?.row, MASK, text);
});
