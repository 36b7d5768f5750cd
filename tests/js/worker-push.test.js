// The service worker's part of web push: a notice is shown, a test reports back, a press opens a page of ours.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { createContext, runInContext } from "node:vm";

const text = readFileSync(new URL("../../webapp/templates/shell/_push.js", import.meta.url), "utf8");

function worker() {
  const done = { shown: [], posted: [], opened: [], handlers: {} };
  const self = {
    location: { origin: "https://here.example" },
    addEventListener: (name, act) => { done.handlers[name] = act; },
    registration: { showNotification: async (title, options) => { done.shown.push({ title, ...options }); } },
    clients: { matchAll: async () => [], openWindow: async (path) => { done.opened.push(path); } },
  };
  const fetch = async (path, { body, credentials }) => { done.posted.push({ path, credentials, ...JSON.parse(body) }); };
  runInContext(text, createContext({ self, fetch, URL, PRESENT: new Map() }));
  done.fire = async (name, event) => {
    let work;
    done.handlers[name]({ waitUntil: (promise) => { work = promise; }, ...event });
    await work;
  };
  return done;
}

const push = (message) => ({ data: { json: () => message } });

test("a notice is shown with its words and its page", async () => {
  const done = worker();
  await done.fire("push", push({ title: "【防线】警告：超期", body: "请打开查看", url: "/alerts/1", tag: "m" }));
  assert.equal(done.shown[0].title, "【防线】警告：超期");
  assert.equal(done.shown[0].data.url, "/alerts/1");
  assert.equal(done.shown[0].tag, "m");
  assert.deepEqual(done.posted, []);
});

test("a test reports its token to us and to nobody else", async () => {
  const done = worker();
  await done.fire("push", push({ title: "x", arrived: "/alerts/devices/1/arrived", token: "t" }));
  await done.fire("push", push({ title: "x", arrived: "https://elsewhere.example/", token: "t" }));
  assert.deepEqual(done.posted, [{ path: "/alerts/devices/1/arrived", credentials: "omit", token: "t" }]);
  assert.equal(done.shown.length, 2);
});

test("a push that cannot be read is shown all the same", async () => {
  const done = worker();
  await done.fire("push", { data: { json: () => { throw new SyntaxError(); } } });
  assert.equal(done.shown.length, 1);
});

test("a press opens the page, and only one of ours", async () => {
  const done = worker();
  for (const url of ["/alerts/1", "https://elsewhere.example/", undefined]) {
    await done.fire("notificationclick", { notification: { close() {}, data: { url } } });
  }
  assert.deepEqual(done.opened, ["/alerts/1", "/alerts/", "/alerts/"]);
});
