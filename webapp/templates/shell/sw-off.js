// The switch that takes the service worker away (SERVICE_WORKER=no): its caches go, the queue of records is never touched.
self.addEventListener("install", () => self.skipWaiting());
self.addEventListener("activate", (event) => {
  const ours = (names) => names.filter((name) => name.startsWith("frontline-shell-"));
  event.waitUntil(
    caches.keys().then((names) => Promise.all(ours(names).map((name) => caches.delete(name)))).then(() => self.registration.unregister()),
  );
});
