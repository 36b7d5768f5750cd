// The scripts keep to the types that their comments declare (tsconfig.json).
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import test from "node:test";

const root = fileURLToPath(new URL("../..", import.meta.url));

test("the scripts keep to their types", () => {
  const { stdout, error } = spawnSync("node_modules/.bin/tsc", { cwd: root, encoding: "utf8" });
  assert.equal(error, undefined);
  assert.equal(stdout, "");
});
