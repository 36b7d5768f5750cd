import assert from "node:assert/strict";
import test from "node:test";

import { faultOfDocument, faultsOf } from "../../webapp/static/js/checkpoints-faults.js";

const GOOD = { name: "王秀英", origin: "本区", phone: "13800138000", id_type: "", id_number: "", celsius: "36.5", companions: "" };
const BOUNDS = { lowest: "34.0", highest: "43.0", most: "60" };
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

test("what the server would send back is said at once, both sides of each limit", () => {
  for (const [change, faults] of [
    [{}, {}], [{ name: " " }, { name: "required" }], [{ origin: "" }, { origin: "required" }],
    [{ phone: "" }, { phone: "reachable" }], [{ phone: "", id_number: "11010519491231002X" }, {}],
    [{ phone: "1380013800" }, { phone: "phone" }], [{ phone: "12800138000" }, { phone: "phone" }], [{ phone: "１３８００１３８０００" }, {}], [{ phone: "+852 9123 4567" }, {}], [{ phone: "0086 138 0013 8000" }, {}], [{ phone: "+86 1380013800" }, { phone: "phone" }],
    [{ celsius: "" }, {}], [{ celsius: "33.9" }, { celsius: "celsius" }], [{ celsius: "34.0" }, {}], [{ celsius: "43.0" }, {}],
    [{ celsius: "43.1" }, { celsius: "celsius" }], [{ celsius: "hot" }, { celsius: "celsius" }],
    [{ companions: "60" }, {}], [{ companions: "61" }, { companions: "companions" }], [{ companions: "1.5" }, { companions: "companions" }],
    [{ companions: "-1" }, { companions: "companions" }], [{ companions: "２" }, {}], [{ celsius: "３６。５" }, {}], [{ celsius: "36.55" }, { celsius: "celsius" }],
  ]) assert.deepEqual(faultsOf({ ...GOOD, ...change }, BOUNDS, TODAY), faults, JSON.stringify(change));
});
