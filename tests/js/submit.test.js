// @ts-check
// A press on a form is answered by named steps in the order of one list, whichever script was loaded first.
import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";

const here = /** @type {any} */ (globalThis);
let fresh = 0;
/** @type {typeof import("../../webapp/static/js/submit.js")} */
let submit;
/** @type {string[]} */
let asked;
/** @type {any[][]} */
let errors;
const { error } = console;

beforeEach(async () => {
  submit = await import(`../../webapp/static/js/submit.js?${fresh += 1}`);
  [asked, errors] = [[], []];
  console.error = (...words) => errors.push(words);
});

/** @param {any} form */
function press(form = {}) {
  const event = { target: form, submitter: null, prevented: 0, stopped: 0, preventDefault() { this.prevented += 1; }, stopImmediatePropagation() { this.stopped += 1; } };
  try { submit.pressed(/** @type {any} */ (event)); } finally { console.error = error; }
  return [event.prevented, event.stopped];
}

/** A step that answers so. @param {any} name @param {any} [answer] */
const step = (name, answer = "go") => submit.onSubmit(name, () => { asked.push(name); return answer; });

for (const [how, names] of Object.entries({ first: (/** @type {any} */ all) => all, last: (/** @type {any} */ all) => all.toReversed() })) {
  test(`steps are asked in their order when the ${how} one is loaded first`, () => {
    for (const name of names([...submit.ORDER])) step(name);
    assert.deepEqual(press(), [0, 0]);
    assert.deepEqual(asked, ["jump", "photos", "checks", "keep", "sign-out", "counter", "once"]);
  });
}

for (const answer of ["hold", "done"]) {
  test(`"${answer}" stops the form and asks nobody further`, () => {
    step("once");
    step("keep", answer);
    step("photos");
    assert.deepEqual(press(), [1, 1]);
    assert.deepEqual(asked, ["photos", "keep"]);
  });
}

test("a step that throws says so and lets the form go on to the others", () => {
  submit.onSubmit("checks", () => { throw new Error("broken"); });
  step("once");
  assert.deepEqual(press(), [0, 0]);
  assert.deepEqual(asked, ["once"]);
  assert.equal(errors[0][0], "submit: checks");
  assert.equal(errors[0][1].message, "broken");
});

test("what a broken step says stands on the page", () => {
  const place = { replaceChildren(/** @type {any} */ words) { this.words = words; }, scrollIntoView() {}, words: "" };
  here.HTMLTemplateElement = class { content = { cloneNode: () => "a part of this page did not run" }; };
  here.document = { getElementById: (/** @type {string} */ id) => (id === "messages" ? place : id === "step-failed" ? new here.HTMLTemplateElement() : null) };
  try {
    submit.onSubmit("photos", () => { throw new Error("broken"); });
    assert.deepEqual(press(), [0, 0]);
    assert.equal(place.words, "a part of this page did not run");
  } finally {
    delete here.document;
    delete here.HTMLTemplateElement;
  }
});

test("a step that throws does not let a form past one that stops it", () => {
  submit.onSubmit("photos", () => { throw new Error("broken"); });
  step("keep", "hold");
  assert.deepEqual(press(), [1, 1]);
});

test("several steps of one name are all asked until one stops the form", () => {
  const [one, other] = [{}, {}];
  submit.onSubmit("checks", (form) => (form === one ? "done" : "go"));
  submit.onSubmit("checks", (form) => (form === other ? "done" : "go"));
  assert.deepEqual([press(one), press(other), press()], [[1, 1], [1, 1], [0, 0]]);
});

test("a step that stands in no list is refused", () => {
  assert.throws(() => submit.onSubmit(/** @type {any} */ ("later"), () => "go"), RangeError);
});
