// @ts-check
// Runs before the page is drawn: shows what needs scripts, so that nothing moves later; sets the chosen theme; notes the
// fields that are filled in before the modules are here; loads htmx from the CDN with its integrity hash, or our own copy
// if the CDN is slow, fails or serves other bytes.
(() => {
  const me = /** @type {HTMLScriptElement} */ (document.currentScript);
  const { cdn, integrity, local } = me.dataset;
  document.documentElement.dataset.scripted = "";
  let isLoaded = false;
  let hasFallenBack = false;

  try {
    const theme = localStorage.getItem("frontline.theme");
    if (theme === "light" || theme === "dark") document.documentElement.dataset.theme = theme;
  } catch {
    // Without storage the device's own setting applies.
  }

  /** @type {Set<EventTarget | null>} what a script, the server or the browser fills in is not among them */
  const early = new Set();
  const note = (/** @type {Event} */ event) => { if (event.isTrusted) early.add(event.target); };
  for (const kind of ["input", "change"]) document.addEventListener(kind, note);
  document.addEventListener("drafts:kept", () => { for (const kind of ["input", "change"]) document.removeEventListener(kind, note); });
  globalThis.filledEarly = early; // js/outbox/drafts.js takes it over

  /** @param {string} url @param {string | undefined} hash @param {() => void} failed */
  function load(url, hash, failed) {
    const script = document.createElement("script");
    if (hash) { script.integrity = hash; script.crossOrigin = "anonymous"; }
    script.src = url;
    script.onload = () => { isLoaded = true; };
    script.onerror = failed;
    document.head.append(script);
  }

  function fallBack() {
    if (isLoaded || hasFallenBack || !local) return;
    hasFallenBack = true;
    load(local, undefined, () => {});
  }

  if (!cdn) { fallBack(); return; }
  load(cdn, integrity, fallBack);
  setTimeout(fallBack, 1200);
})();
