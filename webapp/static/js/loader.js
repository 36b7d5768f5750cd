// @ts-check
// Runs before the page is drawn: sets the chosen theme, then loads htmx from the CDN with its integrity hash, or our own
// copy if the CDN is slow, fails or serves other bytes.
(() => {
  const me = /** @type {HTMLScriptElement} */ (document.currentScript);
  const { cdn, integrity, local } = me.dataset;
  let isLoaded = false;
  let hasFallenBack = false;

  try {
    const theme = localStorage.getItem("frontline.theme");
    if (theme === "light" || theme === "dark") document.documentElement.dataset.theme = theme;
  } catch {
    // Without storage the device's own setting applies.
  }

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
