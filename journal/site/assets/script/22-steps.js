/*
 * What the theme leaves undone: names for the boxes of task lists, the keyboard's way into tables that scroll, and
 * pictures that start where this entry stands.
 */
(() => {
  "use strict";
  const isWide = (box) => box.scrollWidth > box.clientWidth;

  /* The theme puts each author's table in a box that scrolls. */
  const reach = () => {
    for (const box of document.querySelectorAll(".md-typeset__scrollwrap")) {
      if (isWide(box) === box.hasAttribute("tabindex")) continue;
      for (const [name, value] of Object.entries({ tabindex: "0", role: "region", "aria-label": "Table" })) {
        box.toggleAttribute(name, isWide(box));
        if (isWide(box)) box.setAttribute(name, value);
      }
    }
  };

  /* In a narrow window the entry itself is in sight first, its neighbours to both sides. */
  const centre = (box) => {
    const own = box.querySelector(".here");
    if (!own || !isWide(box)) return;
    const [inner, outer] = [own.getBoundingClientRect(), box.getBoundingClientRect()];
    box.scrollLeft += inner.left + inner.width / 2 - outer.left - outer.width / 2;
  };

  addEventListener("resize", reach);
  document.addEventListener("toggle", reach, true);

  window.journal.ready((root) => {
    for (const box of root.querySelectorAll(".task-list-control input")) {
      box.setAttribute("aria-label", box.checked ? "done" : "to do");
    }
    requestAnimationFrame(() => {
      reach();
      root.querySelectorAll(".journal-lineage-scroll").forEach(centre);
    });
  });
})();
