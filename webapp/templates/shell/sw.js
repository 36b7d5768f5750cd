// The service worker. It keeps the shell (files that are the same for everybody), shows the offline page when a page
// cannot be had, and never touches anything but GET. No authenticated answer is ever kept.
const VERSION = {{ version|tojson }};
const FILES = {{ files|tojson }}; // the address of each, and the first digits of the SHA-256 of its content
const PAGES = {{ pages|tojson }};
const PATHS = new Set(PAGES.map((url) => url.split("?")[0]));
const SLOWEST_PAGE_MS = 12_000;
const OURS = "frontline-shell-";
const CACHE = OURS + VERSION;

/** Where a file lies, whatever its version. */
const place = (url) => new URL(url, self.location).pathname.replace(/^\/static\/(?:[0-9a-f]{12}\/)?/, "");
const PRESENT = new Map(Object.keys(FILES).map((url) => [place(url), url]));

const others = () => caches.keys().then((names) => names.filter((name) => name.startsWith(OURS) && name !== CACHE));

/** The answers that other versions keep, by place. */
async function earlier() {
  const kept = new Map();
  for (const name of await others()) {
    const cache = await caches.open(name);
    for (const request of await cache.keys()) kept.set(place(request.url), () => cache.match(request));
  }
  return kept;
}

async function digest(response) {
  const bytes = new Uint8Array(await crypto.subtle.digest("SHA-256", await response.clone().arrayBuffer()));
  return [...bytes.slice(0, 6)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** Without credentials: a kept answer must not be able to bring a cookie back. A missing one fails the install. */
async function fetched(url) {
  const response = await fetch(new Request(url, { credentials: "omit", cache: "reload" }));
  // A server says no-store of a file whose version is not its own: another host may not have this one yet.
  const isAnothers = url in FILES && /no-store/.test(response.headers.get("Cache-Control") ?? "");
  if (!response.ok || isAnothers) throw new Error(`${url}: ${response.status}`);
  return response;
}

async function fill() {
  const [cache, before] = await Promise.all([caches.open(CACHE), earlier()]);
  const keep = async (url) => {
    const old = await before.get(place(url))?.();
    const isSame = old && url in FILES && await digest(old) === FILES[url];
    await cache.put(url, isSame ? old : await fetched(url));
  };
  await Promise.all([...Object.keys(FILES), ...PAGES].map(keep));
}

self.addEventListener("install", (event) => {
  event.waitUntil(fill().catch((error) => caches.delete(CACHE).then(() => { throw error; })));
});

self.addEventListener("activate", (event) => {
  event.waitUntil(others().then((names) => Promise.all(names.map((name) => caches.delete(name)))));
});

self.addEventListener("message", (event) => {
  if (event.data === "SKIP_WAITING") self.skipWaiting();
});

/** What this version keeps, never another's: while one takes over from the other, both are there. */
const ours = (request) => caches.match(request, { cacheName: CACHE });

/** A page of the shell: ours first, so that it opens at once and fits its scripts; of its query only the language counts. */
function kept(request, url) {
  const query = url.searchParams.get("lang") === "en" ? "?lang=en" : "";
  return ours(url.pathname + query).then((answer) => answer ?? fetch(request));
}

/** A file: its address says which version, so it is right whichever cache has it; at worst ours of that place. */
async function file(request) {
  const kept = await caches.match(request);
  return kept ?? fetch(request).catch(() => ours(PRESENT.get(place(request.url)) ?? request)).then((answer) => answer ?? Response.error());
}

/** Any other page: the network's; the offline page when there is none, or none that answers. */
function page(request) {
  const late = new Promise((_done, failed) => setTimeout(failed, SLOWEST_PAGE_MS));
  return Promise.race([fetch(request), late]).catch(() => ours("/offline")).then((answer) => answer ?? Response.error());
}

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (request.method !== "GET" || url.origin !== self.location.origin) return;
  if (request.mode === "navigate") {
    event.respondWith(PATHS.has(url.pathname) ? kept(request, url) : page(request));
  } else if (url.pathname.startsWith("/static/")) {
    event.respondWith(file(request));
  }
});

{% include "shell/_push.js" %}
