// @ts-check
// What the outbox decides and seals, on both sides of each limit.
import assert from "node:assert/strict";
import { webcrypto } from "node:crypto";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import * as agreement from "../../webapp/static/js/outbox/agree.js";
import { fromBase64, hex, toBase64, utf8 } from "../../webapp/static/js/outbox/bytes.js";
import * as clock from "../../webapp/static/js/outbox/clock.js";
import * as rules from "../../webapp/static/js/outbox/rules.js";
import * as seal from "../../webapp/static/js/outbox/seal.js";
import { additions, support } from "../../webapp/static/js/outbox/store.js";

globalThis.crypto ??= /** @type {any} */ (webcrypto);

/** @param {any} [changes] */
const row = (changes) => ({ uuid: "u", sha256: "h", seq: 1, state: "waiting", photos: [], ciphertext: new ArrayBuffer(300), ...changes });
/** @param {number} count */
const rows = (count) => Array.from({ length: count }, (_, at) => row({ seq: count - at }));

test("a failure waits longer each time, at most five minutes, any part of it", () => {
  assert.equal(rules.backOff(0, 0.5), 1000);
  assert.equal(rules.backOff(1, 0.5), 2000);
  assert.equal(rules.backOff(7, 0.999999), 255_999);
  assert.equal(rules.backOff(8, 0.999999), 299_999);
  assert.equal(rules.backOff(500, 0.5), 150_000);
  assert.equal(rules.backOff(5, 0), 0);
});

test("a photo of 400 kB has the time it takes at 50 kbit a second", () => {
  assert.equal(rules.patience(0), 30_000);
  assert.equal(rules.patience(400_000), 130_000);
  assert.ok(rules.patience(400_000) > 400_000 * 8 / 50);
  assert.ok(rules.patience(rules.BATCH_BYTES) > rules.BATCH_BYTES * 8 / 50);
});

test("a batch is the twenty oldest, oldest first", () => {
  assert.deepEqual(rules.batch(rows(19)).length, 19);
  const chosen = rules.batch(rows(21)).map((one) => one.seq);
  assert.deepEqual(chosen, Array.from({ length: 20 }, (_, at) => at + 1));
});

test("a batch stays below one megabyte, but a large one goes alone", () => {
  const half = row({ ciphertext: new ArrayBuffer(390_000) });
  const fits = { ...half, ciphertext: new ArrayBuffer(393_000 - 3072) };
  assert.equal(rules.batch([fits, fits]).length, 2);
  const over = { ...half, ciphertext: new ArrayBuffer(394_000) };
  assert.equal(rules.batch([over, over]).length, 1);
  assert.equal(rules.batch([row({ ciphertext: new ArrayBuffer(5_000_000) })]).length, 1);
});

test("an envelope held for its own form is left alone until the moment", () => {
  assert.equal(rules.isDue(row({ held_until: 1000 }), 999, true), false);
  assert.equal(rules.isDue(row({ held_until: 1000 }), 1000), true);
});

test("back-off holds until its moment, or until somebody presses", () => {
  assert.equal(rules.isDue(row({ next_at: 1000 }), 999), false);
  assert.equal(rules.isDue(row({ next_at: 1000 }), 1000), true);
  assert.equal(rules.isDue(row({ next_at: 1000 }), 1, true), true);
  assert.equal(rules.isDue(row({ state: "parked" }), 1, true), false);
  // The clock has been put back by days since: nobody waits for the old time to come again.
  assert.equal(rules.isDue(row({ next_at: 1000 + rules.LONGEST_WAIT_MS }), 1000), false);
  assert.equal(rules.isDue(row({ next_at: 1001 + rules.LONGEST_WAIT_MS }), 1000), true);
  assert.equal(rules.isDue(row({ held_until: 1000 + rules.HELD_MS }), 1000), false);
  assert.equal(rules.isDue(row({ held_until: 1001 + rules.HELD_MS }), 1000), true);
});

test("only an outcome with the same uuid and hash speaks of an entry", () => {
  assert.equal(rules.outcomeOf(row(), [{ uuid: "u", sha256: "x" }, { uuid: "x", sha256: "h" }, null]), undefined);
  assert.deepEqual(rules.outcomeOf(row(), [{ uuid: "u", sha256: "h" }]), { uuid: "u", sha256: "h" });
});

test("each outcome has its step, an unknown one lets nothing go", () => {
  for (const one of ["receipt", "same", "returned", "discrepancy", "conflict", "review", "purged"]) assert.equal(rules.step(one), "sent");
  assert.deepEqual(["photos", "malformed", "ok", ""].map(rules.step), ["photos", "parked", "wait", "wait"]);
});

test("a restored server is known by its epoch or a smaller number", () => {
  const known = { epoch: "a", newest_seq: 5 };
  assert.equal(rules.wasRestored(undefined, known), false);
  assert.equal(rules.wasRestored(known, { epoch: "a", newest_seq: 5 }), false);
  assert.equal(rules.wasRestored(known, { epoch: "a", newest_seq: 4 }), true);
  assert.equal(rules.wasRestored(known, { epoch: "b", newest_seq: 9 }), true);
});

test("storage warns at 70 and at 85 percent", () => {
  const level = (/** @type {number} */ usage) => rules.storageLevel({ usage, quota: 1000 });
  assert.deepEqual([699, 700, 849, 850].map(level), ["", "filling", "filling", "full"]);
  assert.equal(rules.storageLevel({}), "");
});

test("the oldest and the parked are told", () => {
  const kept = [row({ saved_at: "2026-01-02" }), row({ saved_at: "2026-01-01", state: "parked" })];
  assert.deepEqual(rules.summary(kept), { waiting: 2, parked: 1, oldest: "2026-01-01" });
  assert.deepEqual(rules.summary([]), { waiting: 0, parked: 0, oldest: null });
});

test("ages are told in the largest whole unit", () => {
  const told = [-5, 59 * 60_000, 60 * 60_000, 1439 * 60_000, 1440 * 60_000].map(rules.age);
  assert.deepEqual(told.map((one) => `${one.count} ${one.unit}`), ["0 minutes", "59 minutes", "1 hours", "23 hours", "1 days"]);
});

test("an entry is what the form says, without files, token and number", () => {
  const said = [["csrf_token", "t"], ["device_seq", "4"], ["note", "吃"], ["photo", {}], ["note", "2"]];
  assert.deepEqual(rules.entryFields(/** @type {any} */ (said)), [["note", "吃"], ["note", "2"]]);
});

test("a grant holds for its person until it ends", () => {
  const grant = { person: "p", expires_at: new Date(8 * 86_400_000).toISOString() };
  assert.equal(rules.holds(grant, "p", 86_400_000 - 1, 7), true);
  assert.equal(rules.holds(grant, "p", 86_400_000, 7), false);
  assert.equal(rules.holds(grant, "q", 0), false);
  assert.equal(rules.holds(undefined, "p", 0), false);
});

test("what is missing for working offline is named", () => {
  const SubmitEvent = { prototype: { submitter: null } };
  const here = { isSecureContext: true, indexedDB: {}, crypto: { subtle: {} }, navigator: { locks: {} }, AbortController, SubmitEvent };
  assert.equal(support(here), "");
  assert.equal(support({ ...here, isSecureContext: false }), "insecure");
  assert.equal(support({ ...here, indexedDB: undefined }), "no-database");
  assert.equal(support({ ...here, crypto: {} }), "no-crypto");
  assert.equal(support({ ...here, navigator: {} }), "no-locks");
  assert.equal(support({ ...here, AbortController: undefined }), "no-abort");
  assert.equal(support({ ...here, SubmitEvent: { prototype: {} } }), "no-submitter");
  assert.equal(support({ ...here, SubmitEvent: undefined }), "no-submitter");
});

test("an upgrade only adds: a new database gets all stores, a present one none", () => {
  assert.deepEqual(additions(0).map(([name]) => name), ["queue", "photos", "sent", "reference", "keys", "drafts", "meta"]);
  assert.deepEqual(additions(1), []);
});

test("bytes survive base64 at every length", () => {
  for (const length of [0, 1, 2, 3, 8191, 8192, 8193]) {
    const bytes = new Uint8Array(length).map((_, at) => at * 7);
    assert.deepEqual(fromBase64(toBase64(bytes)), bytes);
  }
  assert.equal(toBase64(utf8("防线")), "6Ziy57q/");
});

const PROVED = { uuid: "11111111-1111-4111-8111-111111111111", author: "a", device: "d", seq: 7, captured_at: "2026-11-25T12:00:00.000Z", sha256: "ff" };

test("the author's proof is over exactly these lines", async () => {
  assert.equal(seal.proof(PROVED), "frontline.v1\n11111111-1111-4111-8111-111111111111\na\nd\n7\n2026-11-25T12:00:00.000Z\nff");
  const key = await seal.importGrantKey(toBase64(new Uint8Array(32)));
  assert.equal(key.extractable, false);
});

test("AES-256-GCM gives the published vector (NIST GCM, test case 14)", async () => {
  const key = await seal.importAes(new Uint8Array(32));
  const sealed = await seal.encrypt(key, new Uint8Array(12), new Uint8Array(16), "");
  assert.equal(hex(sealed), "cea7403d4d606b6e074ec5d3baf39d18d0d1c8a799996bf0265b98b5d48ab919");
});

test("a sealed entry is opened with the server's key, and by its uuid only", async () => {
  const pair = await crypto.subtle.generateKey({ name: "RSA-OAEP", modulusLength: 3072, publicExponent: new Uint8Array([1, 0, 1]), hash: "SHA-256" }, true, ["encrypt", "decrypt"]);
  const server = { key_id: "k", key: await seal.importServerKey(toBase64(await crypto.subtle.exportKey("spki", pair.publicKey))) };
  const grant = { id: "g", person: "a", key: await seal.importGrantKey(toBase64(new Uint8Array(32))) };
  const picture = new Uint8Array([1, 2, 3]).buffer;
  const { envelope, photos } = await seal.seal({
    ...PROVED, kind: "check", fields: [["note", "李雷"]], photos: [{ field: "p", bytes: picture }, { field: "q", bytes: picture }], tz: "Asia/Shanghai", app: "1",
  }, grant, server);
  const key = await seal.importAes(new Uint8Array(await crypto.subtle.decrypt("RSA-OAEP", pair.privateKey, envelope.wrapped_key)));
  const opened = await seal.decrypt(key, envelope.nonce, envelope.ciphertext, PROVED.uuid);
  assert.equal(await seal.sha256(opened), envelope.sha256);
  const said = JSON.parse(new TextDecoder().decode(opened));
  assert.deepEqual([said.kind, said.fields, said.photos.length, said.salt.length], ["check", [["note", "李雷"]], 2, 32]);
  await assert.rejects(seal.decrypt(key, envelope.nonce, envelope.ciphertext, "other"));
  assert.equal(photos.length, 1);
  assert.deepEqual(await seal.decrypt(key, photos[0].nonce, photos[0].ciphertext, `${PROVED.uuid}/${photos[0].sha256}`), picture);
  const wire = seal.toWire({ ...envelope, state: "waiting", tries: 3 });
  assert.equal(JSON.stringify(wire).includes("李雷"), false);
  assert.equal("state" in wire, false);
  assert.equal(typeof wire.photos[0].nonce, "string");
});

test("a key is wrapped in version 2 as the table says", async () => {
  const { server, wrapped } = JSON.parse(readFileSync(new URL("../sync/wrapped_keys.json", import.meta.url), "utf8"));
  const known = { id: server.key_id, spki: server.spki };
  for (const { uuid, key, ephemeral, binding, wrapped_key } of wrapped) {
    const pair = {
      privateKey: await crypto.subtle.importKey("pkcs8", fromBase64(ephemeral.private), { name: "ECDH", namedCurve: "P-256" }, false, ["deriveBits"]),
      publicKey: await crypto.subtle.importKey("spki", fromBase64(ephemeral.spki), { name: "ECDH", namedCurve: "P-256" }, true, []),
    };
    assert.equal(agreement.binding(server.key_id, fromBase64(ephemeral.point), uuid), binding);
    assert.equal(toBase64(await agreement.agree(new Uint8Array(Buffer.from(key, "hex")), uuid, known, pair)), wrapped_key);
  }
});

test("version 1 is sealed where the server has no key for version 2 or the browser cannot do it", async (t) => {
  const spki = async (/** @type {any} */ about, /** @type {KeyUsage[]} */ uses) => toBase64(await crypto.subtle.exportKey(
    "spki", /** @type {CryptoKeyPair} */ (await crypto.subtle.generateKey(about, true, uses)).publicKey));
  const rsa = await spki({ name: "RSA-OAEP", modulusLength: 3072, publicExponent: new Uint8Array([1, 0, 1]), hash: "SHA-256" }, ["encrypt", "decrypt"]);
  const [p256, p384] = [await spki({ name: "ECDH", namedCurve: "P-256" }, ["deriveBits"]), await spki({ name: "ECDH", namedCurve: "P-384" }, ["deriveBits"])];
  const wrapped = async (/** @type {any} */ agreement_key) => {
    const { v, key_id, wrapped_key } = await seal.wrap(new Uint8Array(32), PROVED.uuid, { key_id: "one", key: await seal.importServerKey(rsa), agreement: agreement_key });
    return [v, key_id, wrapped_key.byteLength];
  };
  assert.deepEqual(await wrapped({ id: "two", spki: p256 }), [2, "two", 113]);
  for (const none of [undefined, null, { id: "two", spki: p384 }]) assert.deepEqual(await wrapped(none), [1, "one", 384]);
  t.mock.method(crypto.subtle, "deriveBits", () => Promise.reject(new Error("NotSupportedError")));
  assert.deepEqual(await wrapped({ id: "two", spki: p256 }), [1, "one", 384]);
});

test("drawing that many ask for runs once more for all who asked meanwhile, never beside itself", async () => {
  let [runs, beside, most] = [0, 0, 0];
  const draw = rules.calmly(async () => {
    runs += 1;
    beside += 1;
    most = Math.max(most, beside);
    await new Promise((done) => { setImmediate(done); });
    beside -= 1;
  }, 0);
  await Promise.all(Array.from({ length: 50 }, draw));
  assert.deepEqual([runs, most], [2, 1]);
  await draw();
  assert.equal(runs, 3);
});

test("work goes on abreast, at most so many at a time, begun in order", async () => {
  const [begun, ends] = [/** @type {number[]} */ ([]), /** @type {(() => void)[]} */ ([])];
  const all = rules.abreast([1, 2, 3, 4], 3, (one) => { begun.push(one); return new Promise((done) => { ends.push(done); }); });
  assert.deepEqual(begun, [1, 2, 3]);
  ends[1]();
  await new Promise(setImmediate);
  assert.deepEqual(begun, [1, 2, 3, 4]);
  ends.forEach((end) => end());
  await all;
  await rules.abreast([], 3, () => assert.fail("there is nothing to do"));
});

test("after a failure nothing is begun, and it is told when what was under way has ended", async () => {
  const begun = /** @type {number[]} */ ([]);
  let [end, isOver] = [() => {}, false];
  const all = rules.abreast([1, 2, 3], 2, (one) => {
    begun.push(one);
    return one === 1 ? Promise.reject(new Error("cut")) : new Promise((done) => { end = () => done(undefined); });
  }).finally(() => { isOver = true; });
  await new Promise(setImmediate);
  assert.deepEqual([begun, isOver], [[1, 2], false]);
  end();
  await assert.rejects(all, /cut/);
});

test("work that many ask for rests four times as long as it took", async (t) => {
  t.mock.timers.enable({ apis: ["setTimeout"] });
  const rests = t.mock.method(globalThis, "setTimeout", (/** @type {() => void} */ done) => { done(); });
  const times = [0, 10, 10, 20, 20, 320];
  t.mock.method(performance, "now", () => times.shift() ?? 0);
  /** @type {() => Promise<void>} */
  let again = async () => {};
  let left = 2;
  const work = rules.calmly(async () => { if (left-- > 0) void again(); }, 100);
  again = work;
  await work();
  assert.deepEqual(rests.mock.calls.map((call) => call.arguments[1]), [100, 100]);
  times.splice(0, times.length, 0, 300, 300, 300);
  left = 1;
  await work();
  assert.equal(rests.mock.calls.at(-1)?.arguments[1], 1200);
});

test("the clock is told by the quickest of several exchanges, and anew when it was changed", () => {
  const quick = clock.measure(1000, 1040, 6020);
  assert.deepEqual(quick, { skew_ms: 5000, way_ms: 40, at: 1040 });
  const slow = clock.measure(2000, 14_000, 18_000); // 12 s on its way, all of it there: 10 s would be told alone
  assert.deepEqual(slow, { skew_ms: 10_000, way_ms: 12_000, at: 14_000 });
  assert.equal(clock.better(quick, slow), quick);
  assert.equal(clock.better(slow, quick), quick);
  const changed = clock.measure(2000, 2100, 9050);
  assert.equal(clock.better(quick, changed), changed, "both cannot be true of one clock");
  const old = { ...quick, at: quick.at - 3_600_001 };
  assert.equal(clock.better(old, slow), slow, "clocks drift");
  assert.equal(clock.better(null, slow), slow);
  assert.equal(clock.better(quick, null), quick);
  assert.equal(clock.measure(2000, 1000, 5000), null);
  assert.equal(clock.measure(1000, 2000, NaN), null);
});

test("an entry is later than the one before it, whatever the clock says", () => {
  const [noon, ...others] = ["2026-11-24T12:00:00.000Z", "2026-11-24T12:00:00.001Z", "2026-11-24T11:00:00.000Z"];
  assert.equal(rules.later(noon, ""), noon);
  assert.equal(rules.later(others[0], noon), others[0]);
  assert.equal(rules.later(noon, noon), others[0]);
  assert.equal(rules.later(others[1], noon), others[0]);
});

test("what a generic blank form offers: the rows of its kinds, called by code and name", () => {
  const rows = [{ id: "1", kind: "hospital" }, { id: "2", kind: "gate" }, { id: "3" }];
  assert.deepEqual(rules.fitting(rows, "hospital ward").map((one) => one.id), ["1"]);
  assert.equal(rules.fitting(rows).length, 3);
  assert.equal(rules.called({ id: "1", code: "H-01", name: "三院" }, "en"), "H-01 三院");
  assert.equal(rules.called({ id: "1", zh: "口罩", en: "Mask" }, "en"), "Mask");
  assert.equal(rules.called({ id: "1", zh: "口罩", en: "Mask" }, "zh-CN"), "口罩");
  assert.equal(rules.called({ id: "1", zh: "口罩", en: "" }, "en"), "口罩");
});

test("a contact is signed over its path and its body, by a key that cannot be had out of the browser", async () => {
  const pair = await seal.deviceKeys();
  await assert.rejects(crypto.subtle.exportKey("pkcs8", pair.privateKey));
  const signature = await seal.signContact(pair.privateKey, "/sync/envelopes", '{"name":"王"}');
  assert.equal(signature.byteLength, 64);
  /** @param {string} said */
  const holds = (said) => crypto.subtle.verify({ name: "ECDSA", hash: "SHA-256" }, pair.publicKey, signature, utf8(said));
  assert.ok(await holds('frontline.contact.v1\n/sync/envelopes\n{"name":"王"}'));
  assert.ok(!await holds('frontline.contact.v1\n/sync/grants\n{"name":"王"}'));
});
