/*
 * Opens the evidence of a number in a card beside it: by pointing at it, by a click or tap, or by Enter and Space.
 * Escape closes the card and goes back to the number; arrow keys go from number to number in a table.
 *
 * A number is a link to its evidence's row further down, which works without this script. The card reads all it says
 * from that row.
 */
(() => {
  "use strict";
  const NUMBERS = "a.journal-number, a.journal-value";
  const NOTHING = "\u2014";
  const OPENS = 300;
  const CLOSES = 250;
  const GAP = 6;
  let card = null;
  let number = null;
  let pinned = false;
  let timer = 0;

  const make = (tag, style, ...inside) => {
    const element = document.createElement(tag);
    if (style) element.className = style;
    element.append(...inside);
    return element;
  };

  const copied = (cell) => Array.from(cell.childNodes, (node) => node.cloneNode(true));

  /* What a row says, by the headings of its table. */
  const facts = (row) => {
    const heads = row.closest("table").querySelectorAll("thead th");
    return Array.from(heads, (head, index) => [head.textContent, row.cells[index]]);
  };

  const source = (fold, run) => {
    const rows = Array.from(fold.querySelectorAll(".journal-sources tbody tr"));
    return rows.find((row) => row.cells[0].textContent === run);
  };

  /* What the lines of a number tell run by run, where it is made of several: whose is whose. */
  const APART = ["run", "source SHA-256"];

  const listed = (row) => {
    const list = make("dl");
    const fold = row.closest("details");
    const add = (name, cell) => list.append(make("dt", "", name), make("dd", "", ...copied(cell)));
    const all = facts(row);
    const value = all.findIndex(([name]) => name === "value");
    const { run, "made of": made } = Object.fromEntries(all);
    const several = run && made && made.textContent !== NOTHING && !source(fold, run.textContent);
    for (const [name, cell] of all.slice(value + 1)) {
      if (cell.textContent !== NOTHING && !(several && APART.includes(name))) add(name, cell);
      const read = name === "run" && source(fold, cell.textContent);
      if (read) add("read from", read.cells[1]);
    }
    return list;
  };

  /* A commit by all its digits. */
  const inFull = (words) => {
    for (const sha of words.querySelectorAll("code[title]")) sha.textContent = sha.title;
    return words;
  };

  const write = (text) => {
    if (navigator.clipboard) return navigator.clipboard.writeText(text);
    const field = make("textarea", "", text);
    card.append(field);
    field.select();
    const done = document.execCommand("copy");
    field.remove();
    return done ? Promise.resolve() : Promise.reject(new Error("not copied"));
  };

  const copier = (text) => {
    const button = make("button", "", "Copy expression");
    const said = make("span", "journal-card__said");
    button.type = "button";
    said.setAttribute("role", "status");
    const tell = (words) => () => {
      said.textContent = words;
      button.focus();
    };
    button.addEventListener("click", () => write(text).then(tell("copied"), tell("not copied")));
    return [button, said];
  };

  const leading = (text, id) => {
    const link = make("a", "", text);
    link.href = `#${encodeURIComponent(id)}`;
    link.addEventListener("click", () => {
      const fold = document.getElementById(id).closest("details");
      if (fold) fold.open = true;
      close(false);
    });
    return link;
  };

  const actions = (row) => {
    const told = Object.fromEntries(facts(row));
    const [button, said] = copier(told.expression.textContent);
    const bar = make("p", "journal-card__actions", button, leading("Evidence row", row.id));
    const curve = told.metric && `curve.${told.metric.textContent}`;
    if (curve && document.getElementById(curve)) bar.append(leading("Curve", curve));
    bar.append(said);
    return bar;
  };

  const drawn = (row) => {
    const all = facts(row);
    const value = all.findIndex(([name]) => name === "value");
    const title = all.slice(0, value).map(([name, cell]) => (value > 1 ? cell.textContent : `${name} ${cell.textContent}`));
    const shut = make("button", "journal-card__close", "Close");
    shut.type = "button";
    shut.addEventListener("click", () => close(true));
    const head = make("p", "journal-card__head", make("span", "", title.join(" \u00b7 ")), shut);
    const sum = make("p", "journal-card__value", ...copied(all[value][1]));
    const made = make("div", "journal-card md-typeset", head, sum, listed(row));
    const recorded = row.closest("details").querySelector(".journal-recorded");
    if (recorded) made.append(inFull(recorded.cloneNode(true)));
    made.append(actions(row));
    made.tabIndex = -1;
    made.setAttribute("role", "dialog");
    made.setAttribute("aria-label", `Evidence of ${number.textContent}`);
    return made;
  };

  /* Below the number or above it, inside the window; on a phone the style sheet lays it along the lower edge. */
  const put = () => {
    const at = number.getBoundingClientRect();
    const rooms = [innerHeight - at.bottom, at.top].map((room) => room - 2 * GAP);
    const below = card.offsetHeight <= rooms[0] || rooms[0] >= rooms[1];
    card.style.setProperty("--journal-room", `${Math.max(...rooms)}px`);
    const left = Math.max(GAP, Math.min(at.left, document.documentElement.clientWidth - card.offsetWidth - GAP));
    card.style.left = `${left + scrollX}px`;
    card.style.top = `${(below ? at.bottom + GAP : at.top - GAP - card.offsetHeight) + scrollY}px`;
    const hidden = at.bottom + GAP - card.getBoundingClientRect().top;
    if (getComputedStyle(card).position === "fixed" && hidden > 0) scrollBy(0, hidden);
  };

  const close = (back) => {
    clearTimeout(timer);
    if (!card) return;
    card.remove();
    number.setAttribute("aria-expanded", "false");
    if (back) number.focus();
    card = null;
    pinned = false;
  };

  const open = (link, stays) => {
    const row = document.getElementById(decodeURIComponent(link.hash.slice(1)));
    if (!row || !row.cells) return false;
    close(false);
    number = link;
    pinned = stays;
    card = drawn(row);
    document.body.append(card);
    put();
    number.setAttribute("aria-expanded", "true");
    if (stays) card.focus({ preventScroll: true });
    return true;
  };

  const soon = (act, delay) => {
    clearTimeout(timer);
    timer = setTimeout(act, delay);
  };

  const neighbour = (link, key) => {
    const cell = link.closest("td, th");
    if (!cell) return null;
    const within = (other) => other && other.querySelector(NUMBERS);
    const { cells, parentElement: body, sectionRowIndex: line } = cell.parentElement;
    const step = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -1, ArrowDown: 1 }[key];
    const across = key === "ArrowLeft" || key === "ArrowRight";
    const at = (index) => (across ? cells[index] : body.rows[index] && body.rows[index].cells[cell.cellIndex]);
    for (let index = (across ? cell.cellIndex : line) + step; at(index); index += step) {
      if (within(at(index))) return within(at(index));
    }
    return null;
  };

  /* Behind the last control of the card, and before the first, comes the number again. */
  const leaves = (event) => {
    const all = Array.from(card.querySelectorAll("a[href], button"));
    const end = event.shiftKey ? [card, all[0]] : [all[all.length - 1]];
    if (!end.includes(document.activeElement)) return;
    event.preventDefault();
    close(true);
  };

  const onKey = (event) => {
    if (card && event.key === "Escape") {
      close(pinned || card.contains(document.activeElement));
      event.stopPropagation();
      return;
    }
    if (card && event.key === "Tab" && card.contains(document.activeElement)) leaves(event);
    const link = event.target.closest && event.target.closest(NUMBERS);
    if (!link) return;
    if (event.key === " ") {
      event.preventDefault();
      link.click();
    } else if (event.key.startsWith("Arrow") && !event.altKey && !event.ctrlKey && !event.metaKey) {
      const next = neighbour(link, event.key);
      if (!next) return;
      event.preventDefault();
      close(false);
      next.focus();
    }
  };

  const onClick = (event) => {
    const link = event.target.closest(NUMBERS);
    if (!link || event.defaultPrevented || event.button || event.ctrlKey || event.metaKey || event.shiftKey) return;
    if (card && pinned && link === number) close(true);
    else if (!open(link, true)) return;
    event.preventDefault();
  };

  const onOver = (event) => {
    if (event.pointerType !== "mouse" || pinned) return;
    const link = event.target.closest(NUMBERS);
    if (card && (link === number || card.contains(event.target))) clearTimeout(timer);
    else if (link) soon(() => open(link, false), OPENS);
    else soon(() => close(false), CLOSES);
  };

  const isOutside = (target) => card && !card.contains(target) && !number.contains(target);

  document.addEventListener("keydown", onKey, true);
  document.addEventListener("click", onClick);
  document.addEventListener("pointerover", onOver);
  document.addEventListener("pointerdown", (event) => isOutside(event.target) && close(false));
  document.addEventListener("scroll", (event) => event.target !== document && isOutside(event.target) && close(false), true);
  addEventListener("resize", () => close(false));

  window.journal.ready((root) => {
    close(false);
    for (const link of root.querySelectorAll(NUMBERS)) {
      link.setAttribute("aria-haspopup", "dialog");
      link.setAttribute("aria-expanded", "false");
    }
  });
})();
