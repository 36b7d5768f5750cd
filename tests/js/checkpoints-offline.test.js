import assert from "node:assert/strict";
import test from "node:test";

import { faultOfDocument, faultsOf, hasGoodChecksum, masked } from "../../webapp/static/js/checkpoints-offline.js";

const GOOD = { name: "王秀英", origin: "本区", phone: "13800138000", id_type: "", id_number: "", celsius: "36.5", companions: "" };

test("the number of the standard is good, and any one wrong digit is noticed", () => {
  const number = "11010519491231002X";
  assert.ok(hasGoodChecksum(number));
  for (let at = 0; at < 17; at += 1) {
    const wrong = number.slice(0, at) + ((Number(number[at]) + 1) % 10) + number.slice(at + 1);
    assert.ok(!hasGoodChecksum(wrong), wrong);
  }
});

test("documents by their kinds", () => {
  for (const [kind, number, fault] of [
    ["", "11010519491231002x", ""], ["", "E12345678", "id_type"], ["resident_id", "110105194912310021", "id_number"],
    ["resident_id", "1101 0519 4912 3100 2X", ""], ["passport", "E12345678", ""], ["passport", "E1", "id_number"],
    ["travel_permit", "H12345678", ""], ["travel_permit", "K12345678", "id_number"], ["passport", "", ""],
    ["foreign_resident", "ABC123456789012", ""], ["foreign_resident", "ABC12345678901", "id_number"],
  ]) assert.equal(faultOfDocument(kind, number), fault, `${kind} ${number}`);
});

test("what the server would send back is said at once, both sides of each limit", () => {
  for (const [change, faults] of [
    [{}, {}], [{ name: " " }, { name: "required" }], [{ origin: "" }, { origin: "required" }],
    [{ phone: "" }, { phone: "reachable" }], [{ phone: "", id_number: "11010519491231002X" }, {}],
    [{ phone: "1380013800" }, { phone: "phone" }], [{ phone: "12800138000" }, { phone: "phone" }], [{ phone: "１３８００１３８０００" }, {}],
    [{ celsius: "" }, {}], [{ celsius: "33.9" }, { celsius: "celsius" }], [{ celsius: "34.0" }, {}], [{ celsius: "43.0" }, {}],
    [{ celsius: "43.1" }, { celsius: "celsius" }], [{ celsius: "hot" }, { celsius: "celsius" }],
    [{ companions: "60" }, {}], [{ companions: "61" }, { companions: "companions" }], [{ companions: "1.5" }, { companions: "companions" }],
  ]) assert.deepEqual(faultsOf({ ...GOOD, ...change }), faults, JSON.stringify(change));
});

test("names are masked as with a network", () => {
  assert.equal(masked("王秀英"), "王**");
  assert.equal(masked("王"), "王*");
  assert.equal(masked(""), "");
});
