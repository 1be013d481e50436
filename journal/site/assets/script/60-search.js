/*
 * The search: finds entries by words, and other pages by their names, in what journal/site/search made of them.
 *
 * Nothing is loaded before somebody searches; then the rows of all pages, and of the word index the shards that hold
 * words with the typed beginnings. All of it are scripts of this site, so that it works on a site opened from a folder.
 *
 * journal.search.find     finds what a query asks for; a promise of {asked, entries, exact, others, near}
 * journal.search.why      why an entry was found, where its title and first words do not show it
 * journal.search.marked   a text with the words of a query marked, as nodes
 */
(() => {
  "use strict";
  const journal = window.journal;
  if (!journal || !journal.words) return;

  const { cut, folded, isDense, placed, question, terms, whole } = journal.words;
  const HEX = /^[0-9a-f]{8,64}$/;

  /* --- what is loaded ----------------------------------------------------------------------------------------------- */

  const taken = new Map();
  const take = (name, value) => taken.set(name, value);
  const load = (name) => journal.script(`search/${name}.js`).then(() => taken.get(name));

  const shards = new Map();
  const shard = (number) => {
    if (!shards.has(number)) {
      const name = `words-${number.toString(16).padStart(2, "0")}`;
      const opened = load(name).then((told) => ({ terms: told.terms.split(" "), hits: told.hits.split(" ") }));
      shards.set(number, opened);
    }
    return shards.get(number);
  };

  const finish = (folders, page, anchor) => {
    const path = folders ? `${page.replace(/(^|\/)index$/, "$1")}` : `${page}.html`;
    const tail = folders && path && !path.endsWith("/") ? "/" : "";
    return journal.base + path.split("/").map(encodeURIComponent).join("/") + tail + (anchor ? `#${encodeURIComponent(anchor)}` : "");
  };

  const FACETS = ["status", "outcome", "tag", "author", "run", "metric", "year"];

  const entriesOf = (told) => {
    const { entries, words, places } = told;
    const day = (number) => entries.day[number] || entries.id[number].slice(0, 10);
    const years = [...new Set(entries.id.map((_, number) => day(number).slice(0, 4)))];
    const codes = new Map(years.map((year, code) => [year, code]));
    entries.year = entries.id.map((_, number) => [codes.get(day(number).slice(0, 4))]);
    const row = (number) => ({
      title: entries.title[number],
      first: entries.first[number],
      day: day(number),
      address: finish(told.folders, places[entries.folder[number]].concat(entries.id[number])),
      badges: [
        ...new Set([
          ...entries.status[number].map((code) => words.status[code]).filter((word) => word !== "none"),
          ...entries.outcome[number].map((code) => words.outcome[code]),
          entries.review[number],
        ]),
      ].filter(Boolean),
      tags: entries.tag[number].map((code) => words.tag[code]),
    });
    const over = new Set(["superseded", "invalid"].map((word) => words.status.indexOf(word)));
    entries.over = entries.status.map((codes) => codes.some((code) => over.has(code)));
    return { size: entries.id.length, columns: entries, words: { ...words, year: years }, shards: told.shards, row };
  };

  const inLine = (parts) => parts.filter(Boolean).join(" \u00b7 ");

  const otherOf = (folders, kind) => {
    const place = { page: "", author: "authors" }[kind] ?? `${kind}s`;
    return ([name, page, told, count, anchor, words]) => ({
      kind,
      name,
      told: inLine([told, count ? `${count.toLocaleString("en")} ${count === 1 ? "entry" : "entries"}` : ""]),
      address: finish(folders, page || `${place}/${name}`, anchor),
      own: ` ${cut(folded(name)).join(" ")} `,
      held: ` ${cut(folded(`${name} ${told}`)).join(" ")} ${words || ""} `,
    });
  };

  /* A run's row tells its display name and its project apart. */
  const joined = ([id, page, told, ...rest]) => [id, page, inLine(told), ...rest];

  /* What is told of each id: of all runs where two projects share it. */
  const toldOf = (runs) => {
    const found = new Map();
    runs.forEach(([id, , told]) => found.set(id, [found.get(id), told].filter(Boolean).join(", ")));
    return found;
  };

  /* The terms of a name, as the word index has them of every other name. */
  const ofName = (name) => {
    const parts = name.split("/");
    return [...terms(name), ...parts.map((_, start) => whole(parts.slice(start).join("/"))).filter(Boolean)];
  };

  /* For each run that entries use the terms of its display names, which are many where two projects share an id. */
  const calledOf = (ids, runs) => {
    const found = new Map(ids.map((id) => [id, []]));
    runs.forEach(([id, , [name]]) => {
      if (name && found.has(id)) found.get(id).push(...ofName(name));
    });
    return [...found.values()];
  };

  let opened = null;
  const open = () => {
    opened ??= Promise.all([load("rows"), load("others")])
      .then(([rows, { run = [], ...rest }]) => {
        const runs = run.map(joined);
        return {
          ...entriesOf(rows),
          runs: toldOf(runs),
          called: calledOf(rows.words.run, run),
          others: Object.entries({ ...(run.length && { run: runs }), ...rest }).map(([kind, found]) => [kind, found.map(otherOf(rows.folders, kind))]),
        };
      })
      .catch((error) => {
        opened = null;
        throw error;
      });
    return opened;
  };

  /* --- finding ------------------------------------------------------------------------------------------------------ */

  const POINTS = [1, 3, 6, 10]; // text, first words, names, title
  const NAMES = 2;
  const WHOLE = 9; // a name as it was typed
  const MORE = 26;
  const VALUES = new Int16Array(128).fill(-1);
  for (let code = 35, value = 0; code < 127; code += 1) {
    if (code !== 60 && code !== 92) {
      VALUES[code] = value;
      value += 1;
    }
  }

  /* Tells each entry of a list with its field. */
  const decode = (list, tell) => {
    let entry = -1;
    let number = 0;
    for (let place = 0; place < list.length; place += 1) {
      const value = VALUES[list.charCodeAt(place)];
      if (value < MORE) {
        number = number * MORE + value;
      } else {
        number = number * 64 + value - MORE;
        entry += (number >> 2) + 1;
        tell(entry, number & 3);
        number = 0;
      }
    }
  };

  const lowest = (sorted, text) => {
    let start = 0;
    let end = sorted.length;
    while (start < end) {
      const middle = (start + end) >> 1;
      if (sorted[middle] < text) start = middle + 1;
      else end = middle;
    }
    return start;
  };

  const shardsOf = (index, start) => {
    const first = Math.max(0, lowest(index.shards, `${start}\u0000`) - 1);
    const behind = lowest(index.shards, `${start}\uffff`);
    return Promise.all(Array.from({ length: behind - first }, (_, number) => shard(first + number)));
  };

  /*
   * An entry is found by the display names of its runs too. The word index leaves them out: they are told with the runs
   * already, and change without the entry.
   */
  const byRun = (index, start, points, best) => {
    const of = index.called.map((held) => held.reduce((most, term) => (term.startsWith(start) ? Math.max(most, points + (term === start ? 1 : 0)) : most), 0));
    if (!of.some(Boolean)) return;
    index.columns.run.forEach((runs, entry) => {
      for (const run of runs) best[entry] = Math.max(best[entry], of[run]);
    });
  };

  /* The best points of every entry for terms that begin so. */
  const beginning = async (index, term, points) => {
    const best = new Uint8Array(index.size);
    byRun(index, term, points[NAMES], best);
    for (const held of await shardsOf(index, term)) {
      for (let place = lowest(held.terms, term); place < held.terms.length && held.terms[place].startsWith(term); place += 1) {
        const more = held.terms[place] === term ? 1 : 0;
        decode(held.hits[place], (entry, field) => {
          best[entry] = Math.max(best[entry], points[field] + more);
        });
      }
    }
    return best;
  };

  /* A sha that an entry shortened is found by the full one. */
  const shortened = async (index, term, best) => {
    for (let length = 7; length < term.length; length += 1) {
      const start = term.slice(0, length);
      for (const held of await shardsOf(index, start)) {
        const place = lowest(held.terms, start);
        if (held.terms[place] !== start) continue;
        decode(held.hits[place], (entry, field) => {
          best[entry] = Math.max(best[entry], POINTS[field]);
        });
      }
    }
  };

  /* Whether one letter was left out, put in, changed, or changed places with its neighbour. */
  const isNear = (word, other) => {
    if (Math.abs(word.length - other.length) > 1) return false;
    let same = 0;
    while (same < word.length && word[same] === other[same]) same += 1;
    const rest = (text, skipped) => text.slice(same + skipped);
    return (
      rest(word, 1) === rest(other, 1) ||
      rest(word, 0) === rest(other, 1) ||
      rest(word, 1) === rest(other, 0) ||
      (word[same] === other[same + 1] && word[same + 1] === other[same] && rest(word, 2) === rest(other, 2))
    );
  };

  const LONG = 5;
  const near = async (index, term) => {
    const words = [];
    if (term.length < LONG || !/^\p{L}+$/u.test(term)) return words;
    for (const held of await shardsOf(index, term.slice(0, 2))) {
      words.push(...held.terms.filter((word) => word.startsWith(term.slice(0, 2)) && isNear(term, word)));
    }
    return words;
  };

  const pointsOf = async (index, term) => {
    const best = await beginning(index, term, POINTS);
    if (HEX.test(term)) await shortened(index, term, best);
    if (best.some(Boolean)) return { best, instead: [] };
    const instead = await near(index, term);
    for (const word of instead) {
      const found = await beginning(index, word, [1, 1, 1, 1]);
      found.forEach((points, entry) => {
        best[entry] = Math.max(best[entry], points);
      });
    }
    return { best, instead };
  };

  const SURE = 1000; // an entry's id as a whole
  const MANY = 1000; // hits; of more, titles are not read
  const ranked = (index, asked, all, wholes) => {
    const { id, title, over } = index.columns;
    const inRow = asked.terms.length > 1;
    const typed = asked.text.toLowerCase();
    const scored = [];
    for (let entry = 0; entry < index.size; entry += 1) {
      if (!all.every((best) => best[entry])) continue;
      let score = all.reduce((sum, best) => sum + best[entry], 0);
      score += wholes.reduce((sum, best) => sum + best[entry], 0);
      if (asked.wholes.some((name) => id[entry].startsWith(name))) score += WHOLE;
      if (id[entry].toLowerCase() === typed) score += SURE;
      scored.push({ entry, score, last: over[entry] ? 1 : 0 });
    }
    if (inRow && scored.length <= MANY) {
      for (const hit of scored) {
        if (` ${cut(folded(title[hit.entry])).join(" ")}`.includes(asked.row)) hit.score += WHOLE;
        else if (` ${cut(folded(index.columns.first[hit.entry])).join(" ")}`.includes(asked.row)) hit.score += POINTS[1];
      }
    }
    return scored.sort((one, other) => other.score - one.score || one.last - other.last || other.entry - one.entry).map((hit) => hit.entry);
  };

  const named = (index, asked) => {
    if (!asked.terms.length) return [];
    const held = asked.terms.map((term) => ` ${isDense([...term][0]) ? [...term].join(" ") : term}`);
    const weight = (row) => {
      if (row.own === `${asked.row} `) return 4;
      if (row.own.startsWith(asked.row)) return 3;
      if (row.own.includes(asked.row)) return 2;
      return held.every((term) => row.own.includes(term)) ? 1 : 0;
    };
    const isFull = (row) => row.kind === "commit" && asked.terms.length === 1 && asked.terms[0].startsWith(row.name);
    return index.others
      .map(([kind, rows]) => {
        const found = rows.filter((row) => isFull(row) || held.every((term) => row.held.includes(term)));
        return [kind, found.map((row) => [weight(row), row]).sort((one, other) => other[0] - one[0]).map(([, row]) => row)];
      })
      .filter(([, rows]) => rows.length);
  };

  /* The run, commit and metric that are called just what was typed; a commit also by a part of its sha that no other has. */
  const exactly = (asked, others) => {
    const typed = asked.text.toLowerCase();
    const isSha = HEX.test(typed) || /^[0-9a-f]{7}$/.test(typed);
    return others.flatMap(([kind, rows]) => {
      if (!["run", "commit", "metric"].includes(kind)) return [];
      if (kind !== "commit") return rows.filter((row) => row.name.toLowerCase() === typed);
      const found = isSha ? rows.filter((row) => row.name.startsWith(typed) || typed.startsWith(row.name)) : [];
      return found.length === 1 ? found : [];
    });
  };

  const SAID = { run: "uses run", metric: "cites metric", tag: "has the tag", author: "by" };

  /**
   * Why an entry was found, where neither its title nor its first words show it: what it uses or is marked with.
   *
   * A word that stands only in its text is told by nothing here.
   */
  const why = (index, { text, terms }, entry) => {
    const has = (words, term) => words.some((word) => word.startsWith(term));
    const shown = cut(folded(`${index.columns.title[entry]} ${index.columns.first[entry]}`));
    const hidden = terms.filter((term) => !isDense([...term][0]) && !has(shown, term));
    if (!hidden.length) return [];
    if (has([index.columns.id[entry].toLowerCase()], text.toLowerCase())) return [];
    const said = Object.entries(SAID).flatMap(([facet, words]) => {
      const names = index.columns[facet][entry].map((code) => index.words[facet][code]);
      const called = (name) => (facet === "run" && index.runs.get(name)) || "";
      const holding = (wanted) => names.find((name) => wanted.every((term) => has(cut(folded(`${name} ${called(name)}`)), term)));
      const typed = names.find((name) => name.toLowerCase() === text.toLowerCase());
      const found = typed ?? holding(terms) ?? holding(hidden);
      return found === undefined ? [] : [[words, found]];
    });
    if (said.length || hidden.length > 1 || !HEX.test(hidden[0].padEnd(8, "0"))) return said.slice(0, 1);
    const commits = (index.others.find(([kind]) => kind === "commit") || ["", []])[1];
    const commit = hidden[0].length > 3 && commits.find((row) => row.name.startsWith(hidden[0]) || hidden[0].startsWith(row.name));
    return commit ? [["names commit", commit.name.slice(0, 12)]] : [];
  };

  /**
   * Finds what a query asks for.
   *
   * exact    other pages that are called just what was typed
   * entries  numbers of entries, the best first; all of them for an empty query, the newest first
   * others   for each kind of other page the rows found
   * near     words that were taken for one that nothing holds
   */
  const find = async (text) => {
    const index = await open();
    const asked = question(text);
    if (!asked.terms.length) {
      const none = asked.text !== "";
      const entries = none ? [] : Array.from({ length: index.size }, (_, number) => index.size - 1 - number);
      return { index, asked, entries, exact: [], others: [], near: [] };
    }
    const [found, wholes] = await Promise.all([
      Promise.all(asked.terms.map((term) => pointsOf(index, term))),
      Promise.all(asked.wholes.map((name) => beginning(index, name, POINTS.map(() => WHOLE)))),
    ]);
    const instead = found.flatMap((each) => each.instead);
    const others = named(index, asked);
    return {
      index,
      asked: { ...asked, terms: [...asked.terms, ...instead] },
      entries: ranked(index, asked, found.map((each) => each.best), wholes),
      exact: exactly(asked, others),
      others,
      near: instead,
    };
  };

  /* --- showing ------------------------------------------------------------------------------------------------------ */

  /* An element; children are nodes or plain text, which is never read as HTML. */
  const make = (tag, attributes = {}, ...children) => {
    const element = document.createElement(tag);
    Object.entries(attributes).forEach(([name, value]) => {
      if (value !== null && value !== undefined) element.setAttribute(name, value);
    });
    element.append(...children.filter((child) => child !== null && child !== ""));
    return element;
  };

  const hits = (words, asked) => {
    const marked = words.map(({ word }) => asked.some((term) => word.startsWith(term)));
    words.slice(1).forEach(({ word }, number) => {
      const pair = words[number].word + word;
      if (isDense(word) && asked.some((term) => term === pair)) marked[number] = marked[number + 1] = true;
    });
    return marked;
  };

  const marked = (text, asked) => {
    const nodes = [];
    let end = 0;
    const words = placed(text);
    hits(words, asked.terms).forEach((isHit, number) => {
      const word = words[number];
      if (!isHit || word.start < end) return;
      nodes.push(text.slice(end, word.start), make("mark", {}, text.slice(word.start, word.end)));
      end = word.end;
    });
    return [...nodes, text.slice(end)];
  };

  const badge = (word) => make("span", { class: `journal-badge journal-badge--${word}` }, word);

  journal.search = { take, open, find, why, finish, make, marked, badge, FACETS };
})();
