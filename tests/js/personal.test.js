// The device spells, checks and masks people's particulars as the server does: the same table of cases.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";

import { compared, isIdNumber, maskName, maskNumber, maskPhone, maskPlate, parsePhone, phoneKey } from "../../webapp/static/js/personal.js";

const table = JSON.parse(readFileSync(new URL("../personal/cases.json", import.meta.url), "utf8"));
const masks = { name: maskName, number: maskNumber, phone: maskPhone, plate: maskPlate };

for (const group of table.same) {
  test(`${group[0]} compares alike however it is written`, () => {
    for (const text of group) assert.equal(compared(text), compared(group[0]), text);
  });
}
for (const [one, other] of table.different) test(`${one} is not ${other}`, () => assert.notEqual(compared(one), compared(other)));
for (const [typed, phone] of table.phones) {
  test(`the phone ${JSON.stringify(typed)} is ${phone}`, () => {
    assert.equal(parsePhone(typed), phone);
    assert.equal(phoneKey(typed), phone ?? compared(typed));
  });
}
for (const [kind, number, isGood] of table.documents) {
  test(`${kind} ${JSON.stringify(number)}: ${isGood}`, () => assert.equal(isIdNumber(kind, number, table.on), isGood));
}
for (const [kind, rows] of Object.entries(table.masks)) {
  for (const [plain, masked] of rows) test(`the ${kind} ${plain} is shown as ${masked}`, () => assert.equal(masks[kind](plain), masked));
}
