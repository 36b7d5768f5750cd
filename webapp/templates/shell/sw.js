// The service worker. It keeps the shell (files that are the same for everybody), shows the offline page when a page
// cannot be had, and never touches anything but GET. No authenticated answer is ever kept.
const VERSION = {{ version|tojson }};
const SHELL = {{ urls|tojson }};
const PATHS = new Set(SHELL.map((url) => url.split("?")[0]));
const CACHE = `frontline-shell-${VERSION}`;

self.addEventListener("install", (event) => {
  // Without credentials: a kept answer must not be able to bring a cookie back. A missing file fails the install.
  const requests = SHELL.map((url) => new Request(url, { credentials: "omit", cache: "reload" }));
  event.waitUntil(caches.open(CACHE).then((cache) => cache.addAll(requests)));
});

self.addEventListener("activate", (event) => {
  const old = (names) => names.filter((name) => name.startsWith("frontline-shell-") && name !== CACHE);
  event.waitUntil(caches.keys().then((names) => Promise.all(old(names).map((name) => caches.delete(name)))));
});

self.addEventListener("message", (event) => {
  if (event.data === "SKIP_WAITING") self.skipWaiting();
});

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (request.method !== "GET" || url.origin !== self.location.origin) return;
  if (request.mode === "navigate") {
    event.respondWith(fetch(request).catch(() => caches.match("/offline").then((page) => page ?? Response.error())));
  } else if (SHELL.includes(url.pathname + url.search)) {
    event.respondWith(caches.match(request).then((kept) => kept ?? fetch(request)));
  } else if (!url.search && PATHS.has(url.pathname)) {
    // A module imported by a module has no content hash in its address: the network's is newer, ours works without it.
    event.respondWith(fetch(request).catch(() => caches.match(request, { ignoreSearch: true }).then((kept) => kept ?? Response.error())));
  }
});
