import assert from "node:assert/strict";
import test from "node:test";

import { faultOf, faultOfDocument } from "../../webapp/static/js/checkpoints-offline.js";

const GOOD = { name: "王秀英", origin: "本区", phone: "13800138000", id_type: "", id_number: "" };
const TODAY = "2026-11-24";

test("documents by their kinds", () => {
  for (const [kind, number, fault] of [
    ["", "11010519491231002x", ""], ["", "E12345678", "id_type"], ["resident_id", "110105194912310021", "id_number"],
    ["resident_id", "1101 0519 4912 3100 2X", ""], ["passport", "E12345678", ""], ["passport", "E1", "id_number"],
    ["travel_permit", "H12345678", ""], ["travel_permit", "K12345678", "id_number"], ["passport", "", ""],
    ["foreign_resident", "ABC123456789012", ""], ["foreign_resident", "ABC12345678901", "id_number"], ["resident_id", "110105194913310021", "id_number"], ["", "990105194912310023", "id_type"],
    ["resident_id", "110105203203071239", "id_number"], ["driver", "E12345678", "id_type"],
  ]) assert.equal(faultOfDocument(kind, number, TODAY), fault, `${kind} ${number}`);
});

test("what the server would send back of a field is said at once", () => {
  for (const [change, faults] of [
    [{}, {}], [{ phone: "" }, { phone: "reachable" }], [{ phone: "", id_number: "11010519491231002X" }, {}],
    [{ phone: "1380013800" }, { phone: "phone" }], [{ phone: "12800138000" }, { phone: "phone" }], [{ phone: "１３８００１３８０００" }, {}], [{ phone: "+852 9123 4567" }, {}], [{ phone: "0086 138 0013 8000" }, {}], [{ phone: "+86 1380013800" }, { phone: "phone" }],
    [{ id_number: "E12345678" }, { id_type: "id_type" }], [{ id_type: "passport", id_number: "E1" }, { id_number: "id_number" }],
  ]) {
    const entry = { ...GOOD, ...change };
    const found = Object.keys(entry).map((name) => [name, faultOf(name, entry, TODAY)]).filter(([, fault]) => fault);
    assert.deepEqual(Object.fromEntries(found), faults, JSON.stringify(change));
  }
});

test("who leaves is said at a gate", () => {
  assert.equal(faultOf("who", { who: "13800138000", place: "" }, TODAY), "gate");
  assert.equal(faultOf("who", { who: "13800138000", place: "1" }, TODAY), "");
});
