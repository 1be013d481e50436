/*
 * The page of all entries: a search among them, with tags, authors, runs and the like to choose by.
 *
 * What is asked for stands in the address behind #, so that a search can be linked, and the back button undoes a choice.
 * Before anything is asked, and without this script, the page lists the newest entries as it was built.
 */
(() => {
  "use strict";
  const journal = window.journal;
  if (!journal || !journal.search) return;
  const { find, why, make, marked, badge, FACETS } = journal.search;

  const PAGE = 50;
  const FEW = 6;
  const LABELS = { status: "Status", outcome: "Outcome", tag: "Tag", author: "Author", run: "Run", metric: "Metric", year: "Year" };
  const KINDS = { run: "Runs", commit: "Commits", metric: "Metrics", tag: "Tags", author: "Authors", page: "Pages" };
  const OTHERS = 6;

  /* What is asked for, as the address has it. */
  const read = () => {
    const said = new URLSearchParams(location.hash.slice(1));
    const picks = Object.fromEntries(FACETS.map((facet) => [facet, new Set(said.getAll(facet))]));
    return { text: said.get("q") || "", picks, newest: said.get("sort") === "newest" };
  };

  const write = ({ text, picks, newest }) => {
    const said = new URLSearchParams();
    if (text) said.set("q", text);
    FACETS.forEach((facet) => picks[facet].forEach((word) => said.append(facet, word)));
    if (newest) said.set("sort", "newest");
    return said.toString();
  };

  const isAsking = ({ text, picks }) => text.trim() !== "" || FACETS.some((facet) => picks[facet].size);

  /* For each facet the numbers of the words that were chosen; words that no entry has choose nothing. */
  const chosen = (index, picks) =>
    FACETS.filter((facet) => picks[facet].size).map((facet) => {
      const numbers = new Set([...picks[facet]].map((word) => index.words[facet].indexOf(word)));
      return [facet, (entry) => index.columns[facet][entry].some((number) => numbers.has(number))];
    });

  /* Entries that every facet but one lets through, by that one; under "" those that all do. */
  const sieve = (entries, tests) => {
    const held = Object.fromEntries(["", ...FACETS].map((facet) => [facet, []]));
    entries.forEach((entry) => {
      const failed = tests.filter(([, test]) => !test(entry)).map(([facet]) => facet);
      if (!failed.length) Object.values(held).forEach((list) => list.push(entry));
      else if (failed.length === 1) held[failed[0]].push(entry);
    });
    return held;
  };

  const counted = (index, facet, entries) => {
    const counts = new Int32Array(index.words[facet].length);
    entries.forEach((entry) => index.columns[facet][entry].forEach((number) => (counts[number] += 1)));
    return counts;
  };

  const plural = (count, word, words) => `${count.toLocaleString("en")} ${count === 1 ? word : words}`;

  class Explorer {
    constructor(root) {
      this.root = root;
      this.built = root.querySelector(".journal-explorer__built");
      this.unfolded = new Set();
      this.state = read();
      this.turn = 0;
      this.input = make("input", {
        class: "journal-explorer__input",
        type: "search",
        id: "journal-explorer-input",
        autocomplete: "off",
        spellcheck: "false",
        placeholder: "Words, metrics, ids \u2026",
      });
      this.sort = make("select", { "aria-label": "Order" }, make("option", { value: "" }, "best first"), make("option", { value: "newest" }, "newest first"));
      this.status = make("p", { class: "journal-explorer__status", role: "status" });
      this.facets = make("div", { class: "journal-explorer__facets" });
      this.choices = make("div", { class: "journal-explorer__choices" });
      this.others = make("div", { class: "journal-explorer__others" });
      this.found = make("div", { class: "journal-explorer__found" });
      this.fold = make("details", { class: "journal-explorer__fold" }, make("summary", {}, "Choose by status, tag, run \u2026"), this.facets);
      this.build();
    }

    build() {
      const label = make("label", { for: this.input.id }, "Search entries");
      const bar = make("div", { class: "journal-explorer__bar", role: "search", "aria-label": "Search entries" }, label, this.input, this.sort);
      const main = make("div", { class: "journal-explorer__main" }, this.status, this.choices, this.others, this.found);
      this.built.before(bar, make("div", { class: "journal-explorer__columns" }, this.fold, main));
      main.append(this.built);
      const wide = matchMedia("(min-width: 60em)");
      const unfold = () => (this.fold.open = wide.matches);
      wide.addEventListener("change", unfold);
      unfold();
      this.input.addEventListener("input", () => this.change({ text: this.input.value }, true));
      this.sort.addEventListener("change", () => this.change({ newest: this.sort.value === "newest" }));
      this.facets.addEventListener("change", (event) => this.choose(event.target));
      this.root.classList.add("journal-explorer--live");
      this.input.value = this.state.text;
      this.render();
    }

    /* A choice is a step that the back button undoes; typing is none. */
    change(state, isTyping = false) {
      this.state = { ...this.state, ...state };
      const address = `${location.pathname}${location.search}#${write(this.state)}`;
      if (isTyping) history.replaceState(null, "", address);
      else history.pushState(null, "", address);
      this.render();
    }

    choose(box) {
      const picks = { ...this.state.picks };
      picks[box.name] = new Set(picks[box.name]);
      if (box.checked) picks[box.name].add(box.value);
      else picks[box.name].delete(box.value);
      this.change({ picks });
    }

    follow() {
      this.state = read();
      if (this.input.value.trim() !== this.state.text.trim()) this.input.value = this.state.text;
      this.render();
    }

    async render() {
      const turn = (this.turn += 1);
      const state = this.state;
      this.sort.value = state.newest ? "newest" : "";
      try {
        const told = await find(state.text);
        if (turn === this.turn) this.show(told, state);
      } catch (error) {
        if (turn !== this.turn) return;
        this.status.textContent = `The search cannot be loaded: ${error.message}`;
        this.built.hidden = false;
      }
    }

    show(told, state) {
      const { index, near } = told;
      const held = sieve(told.entries, chosen(index, state.picks));
      const entries = state.newest ? held[""].slice().sort((one, other) => other - one) : held[""];
      const asking = isAsking(state);
      this.built.hidden = asking;
      this.showFacets(index, held, state);
      this.showChoices(index, state);
      this.showOthers(told, asking);
      this.found.replaceChildren();
      if (!asking) {
        this.status.textContent = "";
        return;
      }
      this.status.textContent = entries.length
        ? plural(entries.length, "entry", "entries") + (near.length ? `; taken for ${near.join(", ")}` : "")
        : this.nothing(told);
      if (entries.length) this.showEntries(told, entries);
    }

    nothing({ entries, others, asked }) {
      if (entries.length) return `No entry has all of this. Without the choices below there ${entries.length === 1 ? "is 1" : `are ${entries.length.toLocaleString("en")}`}.`;
      if (!asked.terms.length) return "There is no letter or digit in this to look for.";
      return `${others.length ? "No entry matches" : "No match"}. Search finds the beginnings of words and ids.`;
    }

    showEntries({ index, asked }, entries) {
      const list = make("ul", { class: "journal-rows" });
      const more = make("button", { type: "button", class: "journal-explorer__more" });
      let shown = 0;
      const add = () => {
        const next = entries.slice(shown, shown + PAGE).map((number) => this.row(index, asked, number));
        list.append(...next);
        shown += next.length;
        more.hidden = shown >= entries.length;
        more.textContent = `Show ${Math.min(PAGE, entries.length - shown)} more of ${plural(entries.length - shown, "entry", "entries")}`;
        return next[0];
      };
      add();
      more.addEventListener("click", () => add().querySelector("a").focus());
      this.found.replaceChildren(list, more);
    }

    row(index, asked, number) {
      const row = index.row(number);
      const title = make("a", { class: "journal-title", href: row.address }, ...marked(row.title, asked));
      const main = make("div", { class: "journal-row__main" }, title, ...row.badges.flatMap((word) => [" ", badge(word)]));
      why(index, asked, number).forEach(([words, name]) => main.append(make("p", { class: "journal-row__first" }, `${words} `, ...marked(name, asked))));
      if (row.first) main.append(make("p", { class: "journal-row__first" }, ...marked(row.first, asked)));
      if (row.tags.length) main.append(make("div", { class: "journal-row__more" }, ...row.tags.map((tag) => this.tag(tag))));
      const lead = make("div", { class: "journal-row__lead" }, make("time", { datetime: row.day }, row.day));
      return make("li", {}, lead, main);
    }

    tag(tag) {
      return make("a", { class: "journal-tag", href: `#${new URLSearchParams({ tag })}` }, tag);
    }

    showChoices(index, state) {
      const all = FACETS.flatMap((facet) => [...state.picks[facet]].map((word) => [facet, word]));
      const buttons = all.map(([facet, word]) => {
        const button = make("button", { type: "button", class: "journal-explorer__choice", "aria-label": `Without ${facet} ${word}` }, `${LABELS[facet]}: ${word}`, make("span", { "aria-hidden": "true" }, "\u00d7"));
        button.addEventListener("click", () => this.choose({ name: facet, value: word, checked: false }));
        return button;
      });
      if (all.length > 1) {
        const clear = make("button", { type: "button", class: "journal-explorer__clear" }, "Clear all");
        clear.addEventListener("click", () => this.change({ picks: Object.fromEntries(FACETS.map((facet) => [facet, new Set()])) }));
        buttons.push(clear);
      }
      this.choices.replaceChildren(...buttons);
    }

    showOthers({ others, asked }, asking) {
      const lines = (asking ? others : []).map(([kind, rows]) => {
        const links = rows.slice(0, OTHERS).map((row) => {
          const name = kind === "commit" ? row.name.slice(0, 12) : row.name;
          return make("li", {}, make("a", { href: row.address, title: row.told || null }, ...marked(name, asked)));
        });
        if (rows.length > OTHERS) links.push(make("li", { class: "journal-aside" }, `and ${plural(rows.length - OTHERS, "more", "more")}`));
        return make("div", {}, make("h2", {}, KINDS[kind]), make("ul", {}, ...links));
      });
      this.others.replaceChildren(...lines);
    }

    showFacets(index, held, state) {
      const before = document.activeElement && document.activeElement.closest(".journal-facet input, .journal-facet button");
      const mark = before && [before.name, before.value];
      this.facets.replaceChildren(...FACETS.map((facet) => this.facet(index, facet, held[facet], state.picks[facet])).filter(Boolean));
      if (!mark) return;
      const same = [...this.facets.querySelectorAll("input, button")].find((each) => each.name === mark[0] && each.value === mark[1]);
      if (same) same.focus();
    }

    facet(index, facet, entries, picks) {
      const counts = counted(index, facet, entries);
      const words = index.words[facet];
      const order = facet === "year" ? (one, other) => (words[other] > words[one] ? 1 : -1) : (one, other) => counts[other] - counts[one] || (words[one] > words[other] ? 1 : -1);
      const numbers = words.map((_, number) => number).filter((number) => counts[number] || picks.has(words[number]));
      if (!numbers.length) return null;
      numbers.sort((one, other) => picks.has(words[other]) - picks.has(words[one]) || order(one, other));
      const most = this.unfolded.has(facet) ? 200 : FEW;
      const lines = numbers.slice(0, most).map((number) => this.line(index, facet, words[number], counts[number], picks));
      const box = make("fieldset", { class: "journal-facet" }, make("legend", {}, LABELS[facet]), ...lines);
      if (numbers.length > FEW) box.append(this.unfolder(facet, numbers.length, most));
      return box;
    }

    line(index, facet, word, count, picks) {
      const input = make("input", { type: "checkbox", name: facet, value: word });
      input.checked = picks.has(word);
      const name = (facet === "run" && index.runs.get(word)) || "";
      const shown = make("span", { class: "journal-facet__word", title: name || word }, facet === "status" && word === "none" ? "no status" : word, name ? make("small", {}, name) : "");
      return make("label", {}, input, shown, make("span", { class: "journal-facet__count" }, count.toLocaleString("en")));
    }

    unfolder(facet, count, most) {
      const words = most > FEW ? (count > most ? `Fewer; ${count - most} not shown` : "Fewer") : `${count - FEW} more`;
      const button = make("button", { type: "button", class: "journal-facet__more", name: facet, value: "", "aria-label": `${LABELS[facet]}: ${words}` }, words);
      button.addEventListener("click", () => {
        if (!this.unfolded.delete(facet)) this.unfolded.add(facet);
        this.render();
      });
      return button;
    }
  }

  let explorer = null;
  const follow = () => explorer && explorer.root.isConnected && explorer.follow();
  window.addEventListener("hashchange", follow);
  window.addEventListener("popstate", follow);

  journal.ready((root) => {
    const place = root.querySelector(".journal-explorer:not(.journal-explorer--live)");
    if (place) explorer = new Explorer(place);
  });
})();
