// @ts-check
// Nothing is waited for without end, and old browsers get the same: the store, a call, a press.
import assert from "node:assert/strict";
import { test } from "node:test";
import { TooSlow, untilAborted, within } from "../../webapp/static/js/outbox/limits.js";
import { keepingPatience, meaningOf } from "../../webapp/static/js/outbox/rules.js";
import { formData, press } from "../../webapp/static/js/submit.js";

const never = () => new Promise(() => {});
const here = /** @type {any} */ (globalThis);

test("work within its time gives what it gives, and its error", async () => {
  assert.equal(await within(1000, async () => 7), 7);
  await assert.rejects(within(1000, async () => { throw new Error("own"); }), /own/);
});

test("work that never ends is given up, and told so by its signal", async () => {
  /** @type {AbortSignal | undefined} */
  let given;
  await assert.rejects(within(5, (signal) => { given = signal; return never(); }), TooSlow);
  assert.equal(given?.aborted, true);
});

test("what was given up before it began is not waited for", async () => {
  const controller = new AbortController();
  controller.abort();
  await assert.rejects(untilAborted(controller.signal, never()), TooSlow);
});

test("a time limit needs no AbortSignal.timeout (Safari before 16, Chrome before 103)", async (t) => {
  const { timeout } = AbortSignal;
  t.after(() => { AbortSignal.timeout = timeout; });
  here.AbortSignal.timeout = undefined;
  here.fetch = async (/** @type {string} */ _path, /** @type {any} */ { signal }) => {
    assert.ok(signal instanceof AbortSignal);
    return new Response(JSON.stringify({ frontline: true, person: "p" }));
  };
  const { whoIsSignedIn } = await import("../../webapp/static/js/outbox/api.js");
  assert.equal(await whoIsSignedIn(), "p");
});

/** A store whose transactions never end, as WebKit's blocked one. */
function blockedStore() {
  const aborted = /** @type {string[]} */ ([]);
  const transaction = (/** @type {string[]} */ stores, /** @type {string} */ mode) => ({
    addEventListener() {}, abort: () => aborted.push(mode),
    objectStore: () => ({ get: () => ({}), getAll: () => ({}), put: () => ({}) }),
  });
  const base = { transaction, close() {} };
  here.indexedDB = { open: () => {
    const asked = /** @type {any} */ ({ result: base });
    queueMicrotask(() => asked.onsuccess());
    return asked;
  } };
  return aborted;
}

test("a blocked store is given up after some seconds, its transactions aborted", async (t) => {
  const aborted = blockedStore();
  const store = await import("../../webapp/static/js/outbox/store.js?blocked");
  await store.open();
  t.mock.timers.enable({ apis: ["setTimeout"] });
  const asked = [store.read("meta", "seq"), store.put("meta", { name: "seq" }), store.all("queue")].map((one) => one.then(() => "answered", (/** @type {any} */ error) => error.message));
  await new Promise((done) => setImmediate(done));
  t.mock.timers.tick(7999);
  assert.deepEqual(aborted, []);
  t.mock.timers.tick(1);
  assert.deepEqual(await Promise.all(asked), ["too slow", "too slow", "too slow"]);
  assert.deepEqual(aborted, ["readonly", "readwrite", "readonly"]);
});

test("a page that is left aborts what is under way, and nothing twice", async () => {
  const aborted = blockedStore();
  const store = await import("../../webapp/static/js/outbox/store.js?left");
  void store.put("meta", { name: "heard" }).catch(() => {});
  void store.read("meta", "seq").catch(() => {});
  await new Promise((done) => setImmediate(done));
  store.abortAll();
  store.abortAll();
  assert.deepEqual(aborted.sort(), ["readonly", "readwrite"]);
});

test("keeping waits some seconds, and longer for photos", () => {
  assert.equal(keepingPatience([]), 8000);
  assert.equal(keepingPatience([{ bytes: new ArrayBuffer(500_000) }, { bytes: new ArrayBuffer(1) }]), 9001);
});

test("only our own word settles a form's copy, whatever the status", () => {
  const said = (/** @type {string | null} */ receipt, /** @type {string | null} */ word) => meaningOf("ab-1", { receipt, word });
  assert.equal(said("AB-1 7", "page"), "received");
  assert.equal(said("ab-2 7", "page"), "none");
  assert.equal(said("ab-2 7", "refused"), "refused");
  assert.equal(said(null, "refused"), "refused");
  assert.equal(said(null, "page"), "none");
  assert.equal(said(null, null), "none");
  assert.equal(said("ab-12 7", null), "none");
});

/** Just enough of a page. */
class Element {
  /** @param {any} [own] */
  constructor(own = {}) { this.children = /** @type {any[]} */ ([]); this.pressed = 0; Object.assign(this, own); }
  /** @param {any} child */
  append(child) { this.children.push(child); child.parent = this; }
  remove() { const { parent } = /** @type {any} */ (this); parent.children.splice(parent.children.indexOf(this), 1); }
  removeAttribute() {}
  cloneNode() { return new Element({ ...this, isCopy: true, children: [] }); }
  click() { /** @type {any} */ (this).parent.said = { ...this }; }
}
here.document ??= { createElement: () => new Element() };
here.FormData = class { constructor(/** @type {any} */ form) { this.said = form.children.map((/** @type {any} */ one) => [one.name, one.value]); } };

test("the pressed button is in the form's data where FormData knows no submitter (Safari before 16.4)", () => {
  const form = new Element();
  const button = new Element({ name: "decision", value: "refuse" });
  const data = /** @type {any} */ (formData(/** @type {any} */ (form), /** @type {any} */ (button)));
  assert.deepEqual(data.said, [["decision", "refuse"]]);
  assert.deepEqual(form.children, [], "and nothing stays in the form");
  assert.deepEqual(/** @type {any} */ (formData(/** @type {any} */ (form), /** @type {any} */ (new Element()))).said, []);
});

test("a form is pressed where there is no requestSubmit (Safari before 16)", () => {
  const form = /** @type {any} */ (new Element());
  press(form, /** @type {any} */ (new Element({ name: "decision", value: "refuse", id: "b" })));
  assert.deepEqual([form.said.name, form.said.value, form.said.type, form.said.isCopy], ["decision", "refuse", "submit", true]);
  assert.deepEqual(form.children, []);
  press(form);
  assert.equal(form.said.type, "submit");
  press(null);
});

test("requestSubmit is used where it is there", () => {
  const said = /** @type {any[]} */ ([]);
  const form = /** @type {any} */ (new Element({ requestSubmit: (/** @type {any} */ submitter) => said.push(submitter) }));
  press(form, /** @type {any} */ ("the button"));
  press(form);
  assert.deepEqual(said, ["the button", null]);
});
