/*
 * The search box in the header of every page: results as one types. The keys / and s, and Ctrl or Cmd with K, go there.
 *
 * It stands in the place of the theme's own search, where there is one. Where the header is another, there is no box,
 * and the page of all entries searches alone.
 */
(() => {
  "use strict";
  const journal = window.journal;
  if (!journal || !journal.search) return;
  const { find, why, make, marked, badge, finish } = journal.search;

  const SHOWN = { entry: 8, run: 4, commit: 3, metric: 4, tag: 2, author: 2, page: 4 };
  const NOUNS = { entry: ["entry", "Entries"], page: ["page", "Pages"] };
  const heading = (kind) => (NOUNS[kind] || [kind, `${kind[0].toUpperCase()}${kind.slice(1)}s`])[1];
  const counted = ([kind, count]) => `${count.toLocaleString("en")} ${count === 1 ? kind : heading(kind).toLowerCase()}`;
  const LIST = "journal-search-list";
  const HINT = "Words, names of metrics, run ids, shas. The beginning of a word is enough; of several words all must be there.";
  const NOTHING = "No match. Search finds the beginnings of words and ids.";
  const GLASS =
    "M9.5 3A6.5 6.5 0 0 1 16 9.5c0 1.61-.59 3.09-1.56 4.23l.27.27h.79l5 5-1.5 1.5-5-5v-.79l-.27-.27A6.52 6.52 0 0 1 9.5 16 " +
    "6.5 6.5 0 0 1 3 9.5 6.5 6.5 0 0 1 9.5 3m0 2C7 5 5 7 5 9.5S7 14 9.5 14 14 12 14 9.5 12 5 9.5 5Z";

  const glass = () => {
    const picture = document.createElementNS("http://www.w3.org/2000/svg", "svg");
    picture.setAttribute("viewBox", "0 0 24 24");
    picture.setAttribute("aria-hidden", "true");
    const path = document.createElementNS("http://www.w3.org/2000/svg", "path");
    path.setAttribute("d", GLASS);
    picture.append(path);
    return picture;
  };

  const explorer = (index, text) =>
    `${finish(index ? index.folders : false, "entries/index")}${text ? `#${new URLSearchParams({ q: text })}` : ""}`;

  const entryOption = (index, asked, number) => {
    const row = index.row(number);
    const lead = make("span", { class: "journal-option__lead" }, row.day);
    const main = make("span", { class: "journal-option__main" }, ...marked(row.title, asked));
    why(index, asked, number).forEach(([words, name]) => main.append(make("span", { class: "journal-option__why" }, `${words} `, ...marked(name, asked))));
    return make("a", { href: row.address }, lead, main, make("span", { class: "journal-option__more" }, ...row.badges.map(badge)));
  };

  const otherOption = (asked, row) => {
    const name = row.kind === "commit" ? row.name.slice(0, 12) : row.name;
    const coded = ["run", "commit", "metric"].includes(row.kind) ? "code" : "span";
    const main = make(coded, { class: "journal-option__main" }, ...marked(name, asked));
    return make("a", { href: row.address }, main, make("span", { class: "journal-option__told" }, ...marked(row.told, asked)));
  };

  class Box {
    constructor() {
      this.input = make("input", {
        class: "journal-search__input",
        type: "text",
        role: "combobox",
        "aria-label": "Search",
        "aria-autocomplete": "list",
        "aria-expanded": "false",
        "aria-controls": LIST,
        autocomplete: "off",
        autocapitalize: "off",
        spellcheck: "false",
        enterkeyhint: "go",
        placeholder: "Search",
      });
      this.list = make("div", { class: "journal-search__list", id: LIST, role: "listbox", "aria-label": "Found" });
      this.told = make("p", { class: "journal-search__told", role: "status" });
      this.panel = make("div", { class: "journal-search__panel", hidden: "" }, this.told, this.list);
      this.button = make("button", { class: "journal-search__open md-header__button md-icon", type: "button", "aria-label": "Search" }, glass());
      this.close = make("button", { class: "journal-search__close", type: "button", "aria-label": "Close the search" }, "\u00d7");
      const field = make("div", { class: "journal-search__field" }, glass(), this.input, make("kbd", { "aria-hidden": "true" }, "/"), this.close);
      this.element = make("div", { class: "journal-search", role: "search", "aria-label": "Search the site" }, this.button, make("div", { class: "journal-search__box" }, field, this.panel));
      this.asking = 0;
      this.shown = "";
      this.active = -1;
      this.listen();
    }

    listen() {
      this.input.addEventListener("focus", () => this.begin());
      this.input.addEventListener("input", () => this.ask());
      this.input.addEventListener("keydown", (event) => this.press(event));
      this.button.addEventListener("click", () => this.show());
      this.close.addEventListener("click", () => this.hide());
      this.list.addEventListener("pointermove", (event) => {
        const option = event.target.closest("[role=option]");
        if (option) this.activate(this.options.indexOf(option));
      });
      document.addEventListener("pointerdown", (event) => {
        if (!this.element.contains(event.target)) this.hide(false);
      });
      this.element.addEventListener("focusout", (event) => {
        if (event.relatedTarget && !this.element.contains(event.relatedTarget)) this.hide(false);
      });
    }

    get options() {
      return [...this.list.querySelectorAll("[role=option]")];
    }

    show() {
      this.element.classList.add("journal-search--open");
      this.input.focus();
      this.input.select();
    }

    begin() {
      this.element.classList.add("journal-search--open");
      journal.search.open().catch(() => {}); /* asking tells what is wrong */
      this.ask();
    }

    hide(leave = true) {
      this.element.classList.remove("journal-search--open");
      this.panel.hidden = true;
      this.input.setAttribute("aria-expanded", "false");
      this.input.removeAttribute("aria-activedescendant");
      if (!leave) return;
      this.input.blur();
      this.button.focus(); /* only a phone shows it */
    }

    async ask() {
      const turn = (this.asking += 1);
      const text = this.input.value.trim();
      this.panel.hidden = false;
      if (!text) {
        this.tell(HINT);
        return;
      }
      if (!this.options.length) this.told.textContent = "Searching \u2026";
      try {
        const found = await find(text);
        if (turn === this.asking && !this.panel.hidden) this.fill(found);
      } catch (error) {
        if (turn === this.asking) this.tell(`The search cannot be loaded: ${error.message}`);
      }
    }

    tell(words) {
      this.shown = "";
      this.told.textContent = words;
      this.list.replaceChildren();
      this.activate(-1);
      this.input.setAttribute("aria-expanded", "false");
    }

    fill({ index, asked, entries, exact, others, near }) {
      const first = exact.map((row) => [row.kind, 1, [otherOption(asked, row)], "exact"]);
      const rest = others.map(([kind, rows]) => [kind, rows.filter((row) => !exact.includes(row))]);
      const groups = [...first, ["entry", entries.length, entries.slice(0, SHOWN.entry).map((number) => entryOption(index, asked, number))]];
      rest.forEach(([kind, rows]) => groups.push([kind, rows.length, rows.slice(0, SHOWN[kind]).map((row) => otherOption(asked, row))]));
      const held = groups.filter(([, count]) => count);
      if (!held.length) {
        this.tell(NOTHING);
        return;
      }
      this.list.replaceChildren(...held.map((group) => this.group(...group)), this.all(index, asked, entries.length));
      this.options.forEach((option, number) => {
        option.id = `${LIST}-${number}`;
        option.setAttribute("role", "option");
        option.tabIndex = -1;
      });
      const sums = new Map();
      held.forEach(([kind, count]) => sums.set(kind, (sums.get(kind) || 0) + count));
      const counts = [...sums].map(counted).join(", ");
      this.told.textContent = near.length ? `${counts}; taken for ${near.join(", ")}` : counts;
      this.shown = asked.text;
      this.input.setAttribute("aria-expanded", "true");
      this.activate(0);
    }

    group(kind, count, options, place = "found") {
      options.forEach((option) => option.setAttribute("role", "option"));
      const id = `${LIST}-${place}-${kind}`;
      const words = place === "exact" ? `This ${kind}` : heading(kind);
      const title = make("div", { class: "journal-search__heading", id, role: "presentation" }, words);
      return make("div", { role: "group", "aria-labelledby": id }, title, ...options);
    }

    all(index, asked, count) {
      const words = count ? `See all ${count.toLocaleString("en")} ${count === 1 ? "entry" : "entries"}` : "Search among all entries";
      return make("a", { class: "journal-search__all", role: "option", href: explorer(index, asked.text) }, words);
    }

    activate(number) {
      const options = this.options;
      this.active = options.length ? number : -1;
      options.forEach((option, place) => option.setAttribute("aria-selected", String(place === number)));
      const chosen = options[this.active];
      if (!chosen) {
        this.input.removeAttribute("aria-activedescendant");
        return;
      }
      this.input.setAttribute("aria-activedescendant", chosen.id);
    }

    move(step) {
      const count = this.options.length;
      if (!count) return;
      this.activate((this.active + step + count) % count);
      this.options[this.active].scrollIntoView({ block: "nearest" });
    }

    async press(event) {
      const steps = { ArrowDown: 1, ArrowUp: -1 };
      if (event.isComposing) return;
      if (event.key in steps) {
        event.preventDefault();
        this.move(steps[event.key]);
      } else if (event.key === "Escape") {
        event.preventDefault();
        event.stopPropagation();
        this.hide();
      } else if (event.key === "Enter") {
        event.preventDefault();
        await this.go(event.ctrlKey || event.metaKey);
      }
    }

    /* Opens what is chosen; while it is still searched, waits for that. */
    async go(inTab) {
      const text = this.input.value.trim();
      const { index } = await find(text);
      if (this.shown !== text) await this.ask();
      const chosen = this.options[this.active];
      const address = chosen ? chosen.href : explorer(index, text);
      if (inTab) window.open(address, "_blank", "noopener");
      else location.assign(address);
      this.hide();
    }
  }

  const isTyping = (target) => target.isContentEditable || ["INPUT", "TEXTAREA", "SELECT"].includes(target.tagName);

  let box = null;
  const listen = () =>
    window.addEventListener(
      "keydown",
      (event) => {
        const { key, ctrlKey, metaKey, altKey, target } = event;
        const isChord = (ctrlKey || metaKey) && !altKey && key.toLowerCase() === "k";
        const isKey = (key === "/" || key === "s" || key === "f") && !ctrlKey && !metaKey && !altKey && !isTyping(target);
        if (!box || !(isChord || isKey)) return;
        if (key === "f" && !document.querySelector(".md-search")) return;
        event.stopImmediatePropagation(); /* the theme's own search, which has the same keys, stays shut */
        if (key === "f") return;
        event.preventDefault();
        box.show();
      },
      true,
    );

  journal.ready((root) => {
    const header = root.querySelector(".md-header__inner");
    if (!header || header.querySelector(".journal-search")) return;
    if (!box) listen();
    box = new Box();
    const source = header.querySelector(".md-header__source");
    header.insertBefore(box.element, source && source.parentNode === header ? source : null);
    header.classList.add("journal-has-search");
  });
})();
