// The service worker. It keeps the shell (files that are the same for everybody), shows the offline page when a page
// cannot be had, and never touches anything but GET. No authenticated answer is ever kept.
const VERSION = {{ version|tojson }};
const SHELL = {{ urls|tojson }};
const PATHS = new Set(SHELL.map((url) => url.split("?")[0]));
const SLOWEST_PAGE_MS = 12_000;
const CACHE = `frontline-shell-${VERSION}`;

self.addEventListener("install", (event) => {
  // Without credentials: a kept answer must not be able to bring a cookie back. A missing file fails the install.
  const requests = SHELL.map((url) => new Request(url, { credentials: "omit", cache: "reload" }));
  const fill = caches.open(CACHE).then((cache) => cache.addAll(requests));
  event.waitUntil(fill.catch((error) => caches.delete(CACHE).then(() => { throw error; })));
});

self.addEventListener("activate", (event) => {
  const old = (names) => names.filter((name) => name.startsWith("frontline-shell-") && name !== CACHE);
  event.waitUntil(caches.keys().then((names) => Promise.all(old(names).map((name) => caches.delete(name)))));
});

self.addEventListener("message", (event) => {
  if (event.data === "SKIP_WAITING") self.skipWaiting();
});

/** What this version keeps, never another's: while one takes over from the other, both are there. */
const ours = (request, options) => caches.match(request, { cacheName: CACHE, ...options });

/** A page of the shell: ours first, so that it opens at once and fits its scripts; of its query only the language counts. */
function kept(request, url) {
  const query = url.searchParams.get("lang") === "en" ? "?lang=en" : "";
  return ours(url.pathname + query).then((found) => found ?? fetch(request));
}

/** Any other page: the network's; the offline page when there is none, or none that answers. */
function page(request) {
  const late = new Promise((_done, failed) => setTimeout(failed, SLOWEST_PAGE_MS));
  return Promise.race([fetch(request), late]).catch(() => ours("/offline")).then((found) => found ?? Response.error());
}

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (request.method !== "GET" || url.origin !== self.location.origin) return;
  if (request.mode === "navigate") {
    event.respondWith(PATHS.has(url.pathname) ? kept(request, url) : page(request));
  } else if (SHELL.includes(url.pathname + url.search)) {
    event.respondWith(ours(request).then((found) => found ?? fetch(request)));
  } else if (!url.search && PATHS.has(url.pathname)) {
    // A module imported by a module has no content hash in its address: the network's is newer, ours works without it.
    event.respondWith(fetch(request).catch(() => ours(request, { ignoreSearch: true }).then((found) => found ?? Response.error())));
  }
});
