/** A push has title, body, url and tag; a test also names where it reports that it arrived, with a token. */
async function show({ title = "", body = "", url = "/alerts/", tag, arrived, token }) {
  const path = local(arrived);
  if (path) await fetch(path, { method: "POST", credentials: "omit", headers: { "Content-Type": "application/json" }, body: JSON.stringify({ token }) }).catch(() => {});
  await self.registration.showNotification(title, { body, tag, icon: PRESENT.get("icons/icon-192.png"), data: { url } });
}

/** A path of this application, else null. */
function local(path) {
  if (typeof path !== "string") return null;
  const url = new URL(path, self.location.origin);
  return url.origin === self.location.origin ? url.pathname + url.search : null;
}

self.addEventListener("push", (event) => {
  let message = {};
  try { message = event.data?.json() ?? {}; } catch { /* shown without words: a browser wants every push to be shown */ }
  event.waitUntil(show(message));
});

/** Opens the page of a notice in a window that is there, else in a new one. */
async function follow(path) {
  const [open] = await self.clients.matchAll({ type: "window", includeUncontrolled: true });
  if (!open) return self.clients.openWindow(path);
  await open.focus();
  return open.navigate(path).catch(() => self.clients.openWindow(path));
}

self.addEventListener("notificationclick", (event) => {
  event.notification.close();
  event.waitUntil(follow(local(event.notification.data?.url) ?? "/alerts/"));
});
