/*
 * How long ago it was: pages are made without a clock, so only the reader's own can tell.
 *
 * Behind each <time data-age> stands, in whole days, how long ago that was. Times to come get nothing.
 */
(() => {
  "use strict";
  const DAY = 86400000;

  const words = (days) => {
    if (days < 1) return "today";
    return days === 1 ? "1 day" : `${days.toLocaleString("en")} days`;
  };

  const tell = (time) => {
    const days = Math.floor((Date.now() - Date.parse(time.dateTime)) / DAY);
    if (!(days >= 0) || time.querySelector(".journal-age")) return;
    const age = document.createElement("span");
    age.className = "journal-age";
    age.textContent = `(${words(days)})`;
    time.append(" ", age);
  };

  window.journal.ready((page) => page.querySelectorAll("time[data-age]").forEach(tell));
})();
