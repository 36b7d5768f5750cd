// @ts-check
// The page that stands in for every page without a network: shows the forms this device's person may fill now, and
// opens the one that stands for the address that was asked for.

/** What the device keeps under a name in the store `keys`; undefined when there is nothing. @param {string} name @returns {Promise<any>} */
function kept(name) {
  return new Promise((done) => {
    const opening = indexedDB.open("frontline");
    opening.onerror = () => done(undefined);
    opening.onsuccess = () => {
      const base = opening.result;
      const close = (/** @type {any} */ value) => { base.close(); done(value); };
      if (!base.objectStoreNames.contains("keys")) { close(undefined); return; }
      const asked = base.transaction("keys").objectStore("keys").get(name);
      asked.onsuccess = () => close(asked.result);
      asked.onerror = () => close(undefined);
    };
  });
}

/** The address that was asked for, less the language. */
const wanted = () => new URLSearchParams(location.search).get("for") ?? location.pathname;

/** English kept by the person, but this page is Chinese: the English one opens instead. */
function switchLanguage() {
  if (localStorage.getItem("frontline.language") !== "en" || document.documentElement.lang === "en") return false;
  location.replace(`/offline?lang=en&for=${encodeURIComponent(wanted())}`);
  return true;
}

async function show() {
  const grant = await kept("grant").catch(() => undefined);
  const isLive = grant && Date.parse(grant.expires_at) > Date.now();
  const nobody = document.querySelector("[data-no-grant]");
  if (nobody instanceof HTMLElement) nobody.hidden = Boolean(isLive);
  if (!isLive) return;
  for (const item of document.querySelectorAll("[data-forms] > li")) {
    if (!(item instanceof HTMLElement)) continue;
    item.hidden = !(item.dataset.roles ?? "").split(" ").some((role) => grant.roles.includes(role));
    const stands = item.dataset.standsFor;
    const link = item.querySelector("a");
    if (!item.hidden && stands && link && wanted().startsWith(stands)) { location.replace(link.href); return; }
  }
}

const retry = document.querySelector("[data-retry]");
if (retry instanceof HTMLAnchorElement) retry.href = wanted();
if (!switchLanguage()) show();
