/*
 * Names the boxes of task lists for those who hear a page: the theme draws them beside their words.
 */
(() => {
  "use strict";
  window.journal.ready((root) => {
    for (const box of root.querySelectorAll(".task-list-control input")) {
      box.setAttribute("aria-label", box.checked ? "done" : "to do");
    }
  });
})();
