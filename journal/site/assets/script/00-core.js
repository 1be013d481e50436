/*
 * What the scripts of the journal's pages share. Pages say all that matters without them.
 *
 * window.journal.base      address of the site's root, with a slash at the end; right behind any path prefix and on file://
 * window.journal.ready     calls a function with the page's root element now, and again after each change of page
 * window.journal.script    loads a script of the site once; a promise of it
 * window.journal.dark      whether the page is dark now
 * window.journal.onScheme  calls a function whenever that changes
 */
(() => {
  "use strict";
  const own = document.currentScript.src;
  const base = new URL("..", own).href;
  const loading = new Map();
  const watchers = [];

  const script = (path) => {
    if (!loading.has(path)) {
      loading.set(
        path,
        new Promise((resolve, reject) => {
          const element = document.createElement("script");
          element.src = base + path;
          element.onload = () => resolve();
          element.onerror = () => reject(new Error(`cannot be loaded: ${path}`));
          document.head.append(element);
        }),
      );
    }
    return loading.get(path);
  };

  const ready = (start) => {
    const begin = () => start(document.body);
    /* Material tells of each change of page; it may be that the theme is another, or that its script never ran. */
    if (window.document$ && window.document$.subscribe) window.document$.subscribe(begin);
    else if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", begin, { once: true });
    else begin();
  };

  const dark = () => {
    const scheme = document.body && document.body.getAttribute("data-md-color-scheme");
    return scheme ? scheme === "slate" : matchMedia("(prefers-color-scheme: dark)").matches;
  };

  const watch = () => {
    let before = dark();
    const look = () => {
      if (dark() === before) return;
      before = !before;
      watchers.forEach((tell) => tell(before));
    };
    new MutationObserver(look).observe(document.body, { attributeFilter: ["data-md-color-scheme"] });
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", look);
  };

  const onScheme = (tell) => watchers.push(tell);

  window.journal = { base, ready, script, dark, onScheme };
  if (document.body) watch();
  else document.addEventListener("DOMContentLoaded", watch, { once: true });
})();
