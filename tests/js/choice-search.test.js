import assert from "node:assert/strict";
import { test } from "node:test";
import { matching, stepped } from "../../webapp/static/js/choice-search.js";

const UNITS = ["—", "ZONE 经济开发区管委会", "EPB 生态环境局", "EPB-2 生态环境执法大队"].map((text, at) => ({ text, value: at ? `u${at}` : "" }));

test("what fits every word typed is offered, nothing before anything is typed, never the empty choice", () => {
  const found = (/** @type {string} */ typed) => matching(UNITS, typed).map(({ value }) => value);
  assert.deepEqual(["", "  ", "—", "epb", "ｅｐｂ 执法", "开发 zone", "水利"].map(found), [[], [], [], ["u2", "u3"], ["u3"], ["u1"], []]);
});

test("the arrows walk around the ends, from no mark to the first or the last", () => {
  assert.deepEqual([[-1, 1], [-1, -1], [0, 1], [2, 1], [0, -1]].map(([at, by]) => stepped(at, by, 3)), [0, 2, 1, 0, 2]);
  assert.equal(stepped(-1, 1, 0), -1);
});
