// @ts-check
// Loads htmx from the CDN with its integrity hash; from our own copy when the CDN is slow, refuses or serves other bytes.
(() => {
  const me = /** @type {HTMLScriptElement} */ (document.currentScript);
  const { cdn, integrity, local } = me.dataset;
  let settled = false;

  /** @param {string | undefined} url @param {string | undefined} hash @param {() => void} [next] */
  function load(url, hash, next) {
    if (!url) { if (next) next(); return; }
    const script = document.createElement("script");
    if (hash) { script.integrity = hash; script.crossOrigin = "anonymous"; }
    script.src = url;
    script.onload = () => { settled = true; };
    script.onerror = () => { if (next) next(); };
    document.head.append(script);
  }

  let fellBack = false;
  const fallBack = () => { if (!settled && !fellBack) { fellBack = true; load(local, ""); } };
  load(cdn, integrity, fallBack);
  if (cdn) setTimeout(fallBack, 1200);
})();
