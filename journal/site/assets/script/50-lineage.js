/*
 * The whole lineage as a graph to move about in. The picture or the lists on the page say the same without it.
 */
(() => {
  "use strict";
  const KINDS = ["entry", "commit", "run"];
  const PLURAL = ["entries", "commits", "runs"];
  const TONES = {
    concluded: "green",
    running: "blue",
    blocked: "amber",
    invalid: "red",
    superseded: "violet",
    planned: "violet",
  };

  const make = (tag, values = {}, ...inside) => {
    const element = document.createElement(tag);
    for (const [name, value] of Object.entries(values)) element.setAttribute(name, value);
    element.append(...inside);
    return element;
  };

  /* Colours as numbers: the canvas knows no variables. */
  const colours = () => {
    const probe = document.body.appendChild(make("span", { hidden: "" }));
    const found = (name) => {
      probe.style.color = `var(${name})`;
      return getComputedStyle(probe).color;
    };
    const seen = Object.fromEntries(
      ["green", "blue", "amber", "red", "violet", "grey"].map((name) => [name, found(`--journal-${name}`)]),
    );
    seen.text = journal.dark() ? "#e3e8ef" : "#1d2733";
    seen.paper = journal.dark() ? "#1c222b" : "#ffffff";
    seen.accent = found("--md-accent-fg-color");
    probe.remove();
    return seen;
  };

  /* Where an edge begins and ends is told from the middles of its nodes, its bends from the line between both ends. */
  const straight = { "curve-style": "straight", "source-endpoint": "data(from)", "target-endpoint": "data(to)" };
  const bent = {
    selector: "edge.bent",
    style: {
      "curve-style": "round-segments",
      "edge-distances": "endpoints",
      "segment-weights": "data(along)",
      "segment-distances": "data(aside)",
      "segment-radii": 5,
    },
  };

  const style = (many, routed) => {
    const c = colours();
    const edge = (relation, more) => ({ selector: `edge.${relation}`, style: more });
    return [
      {
        selector: "node",
        style: {
          ...(many ? {} : { label: "data(label)" }),
          color: c.text,
          "font-size": 10.5,
          "font-family": getComputedStyle(document.body).fontFamily,
          "min-zoomed-font-size": 6.5,
          "text-valign": "center",
          "background-color": c.paper,
          "border-width": many ? 0 : 1.2,
          "border-color": c.grey,
          "overlay-opacity": 0,
        },
      },
      {
        selector: "node.entry",
        style: {
          shape: "round-rectangle",
          width: 152,
          height: 40,
          "text-wrap": "wrap",
          "text-max-width": 140,
          ...(many ? { "background-color": mixed(c.grey, c.paper, 0.5) } : {}),
        },
      },
      ...Object.entries(TONES).map(([word, tone]) => ({
        selector: `node.entry.${word}`,
        style: {
          "border-color": c[tone],
          "border-width": many ? 0 : 1.8,
          "background-color": mixed(c[tone], c.paper, many ? 0.6 : 0.12),
        },
      })),
      { selector: "node.superseded, node.invalid", style: many ? { shape: "cut-rectangle" } : { "border-style": "dashed", "text-opacity": 0.7 } },
      { selector: "node.commit, node.run", style: { "font-size": 7, width: 42, height: 12 } },
      {
        selector: "node.commit",
        style: { shape: "ellipse", width: 9, height: 9, "background-color": c.grey, "border-width": 0, "text-halign": "right", "text-margin-x": 2 },
      },
      {
        selector: "node.run",
        style: { shape: "round-rectangle", "corner-radius": 6, "border-color": c.blue, "text-wrap": "ellipsis", "text-max-width": 38 },
      },
      ...(many ? named(c) : []),
      {
        selector: "edge",
        style: !routed
          ? { "curve-style": "haystack", width: 1.2, "line-color": c.grey, opacity: 0.6 }
          : { ...straight, width: 1.4, "line-color": c.grey, "target-arrow-color": c.grey, "source-arrow-color": c.grey, "source-arrow-shape": "triangle", "arrow-scale": 0.7, opacity: 0.8 },
      },
      ...(routed ? [bent] : [{ selector: "edge.home", style: { display: "none" } }]),
      edge("commit, edge.run", { width: 0.8, opacity: 0.5, "source-arrow-shape": "none" }),
      edge("results", { "line-color": c.green, "source-arrow-color": c.green, width: 2.2 }),
      edge("supersedes", { "line-color": c.violet, "source-arrow-color": c.violet, "line-style": "dashed" }),
      edge("invalidates", { "line-color": c.red, "source-arrow-color": c.red, "line-style": "dashed" }),
      edge("related", { "line-style": "dotted", "source-arrow-shape": "none" }),
      { selector: ".faint", style: { opacity: 0.18 } },
      { selector: ".near", style: { opacity: 1 } },
      { selector: "node.at", style: { "border-color": c.accent, "border-width": 3, "border-style": "solid" } },
      { selector: ".off", style: { display: "none" } },
    ];
  };

  /* Of many nodes, those that are near enough to be read get their dress and their words. */
  const named = (c) => [
    { selector: "node.run", style: { "background-color": mixed(c.blue, c.paper, 0.6) } },
    { selector: "node.named", style: { label: "data(label)" } },
    { selector: "node.run.named", style: { "background-color": c.paper, "border-width": 1.2 } },
    { selector: "node.entry.named", style: { "background-color": c.paper, "border-width": 1.2, "border-color": c.grey } },
    ...Object.entries(TONES).map(([word, tone]) => ({
      selector: `node.entry.named.${word}`,
      style: { "border-color": c[tone], "border-width": 1.8, "background-color": mixed(c[tone], c.paper, 0.12) },
    })),
    { selector: "node.named.superseded, node.named.invalid", style: { shape: "round-rectangle", "border-style": "dashed" } },
  ];

  const mixed = (tone, paper, share) => {
    const parts = (colour) =>
      colour[0] === "#"
        ? [1, 3, 5].map((at) => parseInt(colour.slice(at, at + 2), 16))
        : colour.match(/[\d.]+/g).slice(0, 3).map(Number);
    const [a, b] = [parts(tone), parts(paper)];
    return `rgb(${a.map((value, at) => Math.round(share * value + (1 - share) * b[at])).join(",")})`;
  };

  const WIDE = /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6\u{1f300}-\u{1faff}\u{20000}-\u{3fffd}]/u;
  const MOST = 46; /* letters of a title; wide ones are two */

  const shortened = (text) => {
    let room = MOST;
    let end = 0;
    for (const letter of text) {
      room -= WIDE.test(letter) ? 2 : 1;
      if (room >= 1) end += letter.length;
      if (room < 0) return `${text.slice(0, end).trimEnd()}…`;
    }
    return text;
  };

  /* The canvas breaks lines at blanks alone: invisible ones go where East Asian scripts and long words may be broken. */
  const HAN = "\\p{Script=Han}\\p{Script=Hiragana}\\p{Script=Katakana}\\p{Script=Hangul}\\u3000-\\u303f\\uff00-\\uff60";
  const CLOSING = "、。，．：；！？）」』】〉》ーっゃゅょッャュョ…";
  const BREAKS = new RegExp(`[${HAN}](?![${CLOSING}\\s]|$)`, "gu");
  const LONG = /(?:[^\s\u200b]\p{M}*){18}(?![\s\u200b\u200d]|$)/gu;
  const breakable = (text) => text.replace(BREAKS, "$&\u200b").replace(LONG, "$&\u200b");

  /* What the styles above want to know of an edge along these points. */
  const led = (points, source, target) => {
    const [x, y, x2, y2] = [...points.slice(0, 2), ...points.slice(-2)];
    const way = { from: `${x - source.x} ${y - source.y}`, to: `${x2 - target.x} ${y2 - target.y}` };
    if (points.length < 6) return way;
    const [wide, high] = [x2 - x, y2 - y];
    const length = Math.hypot(wide, high);
    Object.assign(way, { along: [], aside: [] });
    for (let at = 2; at < points.length - 2; at += 2) {
      const [right, down] = [points[at] - x, points[at + 1] - y];
      way.along.push((right * wide + down * high) / length ** 2);
      way.aside.push((down * wide - right * high) / length);
    }
    return way;
  };

  /* The pill of a run has room for few letters: runs whose names begin alike are told by their ids. */
  const PILL = 7;
  const pills = (names, ids) => {
    const seen = new Map();
    for (const name of names) seen.set(name.slice(0, PILL), (seen.get(name.slice(0, PILL)) || 0) + 1);
    return names.map((name, at) => (name.length > PILL && seen.get(name.slice(0, PILL)) > 1 && ids[at]) || name);
  };

  const elements = (graph) => {
    const runs = graph.kind.flatMap((kind, at) => (KINDS[kind] === "run" ? [at] : []));
    const pill = new Map(pills(runs.map((at) => graph.label[at]), runs.map((at) => graph.note[at])).map((name, place) => [runs[place], name]));
    const nodes = graph.key.map((key, at) => {
      const kind = KINDS[graph.kind[at]];
      const word = kind === "entry" ? graph.standings[graph.standing[at]] : "";
      const shift = kind === "commit" ? -15 : 0;
      const words = shortened(pill.get(at) || graph.label[at] || key);
      return {
        data: { id: String(at), label: kind === "entry" ? breakable(words) : words },
        position: { x: graph.place[2 * at] + shift, y: graph.place[2 * at + 1] },
        classes: `${kind} ${word}`,
      };
    });
    const edges = [];
    const beside = new Set(); /* what stands beside the first entry that names it needs no line among many */
    for (let at = 0; at < graph.edge.length; at += 3) {
      const word = graph.relations[graph.edge[at + 2]];
      const style = { "is about": "commit", cites: "run" }[word] || word.split(" ")[0];
      const end = graph.edge[at + 1];
      const home = graph.kind[end] !== 0 && !beside.has(end) ? beside.add(end) && " home" : "";
      const way = graph.route ? led(graph.route[at / 3], nodes[graph.edge[at]].position, nodes[end].position) : {};
      edges.push({
        data: { source: String(graph.edge[at]), target: String(end), ...way },
        classes: style + home + (way.along ? " bent" : ""),
      });
    }
    return { nodes, edges };
  };

  const tools = (graph) => {
    const search = make("input", { type: "search", placeholder: "Find an entry, commit or run", "aria-label": "Find an entry, commit or run" });
    const kinds = PLURAL.map((word, at) => {
      const box = make("input", { type: "checkbox" });
      box.checked = true;
      return { box, label: make("label", {}, box, word), at };
    });
    const words = [...new Set(graph.kind.flatMap((kind, at) => (kind === 0 ? [graph.standings[graph.standing[at]]] : [])))];
    const status = make("select", { "aria-label": "Status" }, make("option", { value: "*" }, "any status"));
    words.sort().forEach((word) => status.append(make("option", { value: word }, word || "no status")));
    const [closer, farther, fit] = [["+", "Closer"], ["−", "Farther"], ["All", "Show all of it"]].map(([word, label]) =>
      make("button", { type: "button", "aria-label": label, title: label }, word),
    );
    const bar = make("div", { class: "journal-graph-tools" }, search, ...kinds.map((kind) => kind.label), status, closer, farther, fit);
    return { bar, search, kinds, status, closer, farther, fit };
  };

  const matches = (graph, words) => {
    const wanted = words.toLowerCase().trim();
    if (!wanted) return [];
    const found = [];
    for (let at = 0; at < graph.key.length; at += 1) {
      if (`${graph.key[at]} ${graph.label[at]} ${graph.note[at]}`.toLowerCase().includes(wanted)) found.push(at);
    }
    return found;
  };

  /* Corners of a box around nodes (and all edges, around all nodes), from their places: asking the canvas for all of
     them takes most of a second. */
  const around = (graph, list) => {
    const found = [Infinity, Infinity, -Infinity, -Infinity];
    list.forEach((at) => {
      const [x, y] = [graph.place[2 * at], graph.place[2 * at + 1]];
      const [wide, high] = graph.kind[at] === 0 ? [78, 24] : [23, 10];
      found[0] = Math.min(found[0], x - wide);
      found[1] = Math.min(found[1], y - high);
      found[2] = Math.max(found[2], x + wide);
      found[3] = Math.max(found[3], y + high);
    });
    if (list.length < graph.key.length || !graph.route) return found;
    graph.route.flat().forEach((each, at) => {
      const side = at % 2; /* x and y take turns, and each route has whole points */
      found[side] = Math.min(found[side], each - 2);
      found[side + 2] = Math.max(found[side + 2], each + 2);
    });
    return found;
  };

  const NEWEST = 40; /* entries that are shown at first */
  const READABLE = 0.75; /* zoom; a phone is held nearer, but shows less around */
  const NEAREST = 1.6; /* zoom at most, of the whole of a small journal */
  const NARROW = 600;
  const MARGIN = 60; /* for the months */
  const EDGE = 12;

  /* Width and height for the graph in a window onto it. */
  const room = (wide, high) => [wide - MARGIN - EDGE, high - 2 * EDGE];
  const zoomTo = (graph, list, [wide, high]) => {
    const [x1, y1, x2, y2] = around(graph, list);
    return Math.min(list.length < graph.key.length ? 1 : NEAREST, wide / (x2 - x1), high / (y2 - y1));
  };

  /* What is shown at first: all of a small journal, in a window that is no higher than that needs. */
  const first = (view, graph, least) => {
    const all = graph.key.map((_, at) => at);
    const [wide, high] = room(view.clientWidth, view.clientHeight);
    const small = zoomTo(graph, all, [wide, high]) >= least;
    const list = small ? all : all.filter((at) => graph.kind[at] === 0).slice(-NEWEST);
    const [, top, , bottom] = around(graph, list);
    const needed = Math.max(least, zoomTo(graph, list, [wide, Infinity])) * (bottom - top);
    if (needed < high) view.style.height = `${Math.ceil(needed) + 2 * EDGE + 2}px`;
    return list;
  };

  /* Shows a box; where it would be too small to be read, as much of the newest entries as there is room for. */
  const show = (cy, graph, list, least = 0) => {
    const [wide, high] = room(cy.width(), cy.height());
    const [x1, y1, x2, y2] = around(graph, list);
    const whole = zoomTo(graph, list, [wide, high]);
    if (whole >= least) {
      const [x, y] = [(wide - whole * (x2 - x1)) / 2, (high - whole * (y2 - y1)) / 2];
      cy.viewport({ zoom: whole, pan: { x: MARGIN + x - whole * x1, y: EDGE + y - whole * y1 } });
      return;
    }
    const seen = list.filter((at) => graph.place[2 * at + 1] > y2 - high / least);
    const lefts = seen.map((at) => graph.place[2 * at] - 80);
    const held = (left) => seen.filter((at) => graph.place[2 * at] - 80 >= left && graph.place[2 * at] + 80 <= left + wide / least).length;
    const left = lefts.reduce((best, each) => (held(each) > held(best) ? each : best), lefts[lefts.length - 1]);
    cy.viewport({ zoom: least, pan: { x: MARGIN - least * left, y: high + EDGE - least * y2 } });
  };

  const APART = 16; /* pixels between months */

  /* Months at the left edge, wherever one has moved; of those that would lie on each other the older goes. */
  const months = (cy, graph, view) => {
    const place = view.appendChild(make("div", { class: "journal-graph-months", "aria-hidden": "true" }));
    const marks = graph.marks.map(([y, word]) => ({ y: y + 20, element: place.appendChild(make("span", {}, word)) }));
    const set = () => {
      const [zoom, { y }] = [cy.zoom(), cy.pan()];
      let below = cy.height();
      let over = false;
      for (let at = marks.length - 1; at >= 0; at -= 1) {
        const { element } = marks[at];
        const top = Math.max(8, marks[at].y * zoom + y);
        element.hidden = over || top > below - (below === cy.height() ? 8 : APART);
        element.style.top = `${top}px`;
        if (!element.hidden) below = top;
        over ||= marks[at].y * zoom + y <= 8;
      }
    };
    let waiting = 0;
    cy.on("viewport resize", () => {
      cancelAnimationFrame(waiting);
      waiting = requestAnimationFrame(set);
    });
    set();
  };

  /* Whether a place is in view, or so near that a part of its node may be. */
  const inView = (cy) => {
    const seen = cy.extent();
    return ({ x, y }) => x > seen.x1 - 90 && x < seen.x2 + 90 && y > seen.y1 - 30 && y < seen.y2 + 30;
  };

  /* The other ends of a node's edges. */
  const joined = (graph, index) => {
    const found = new Set();
    for (let at = 0; at < graph.edge.length; at += 3) {
      if (graph.edge[at] === index) found.add(graph.edge[at + 1]);
      else if (graph.edge[at + 1] === index) found.add(graph.edge[at]);
    }
    return [...found];
  };

  const CHEAP = 800; /* edges; more of them, and their nodes, are drawn in the cheapest way */
  const AT_ONCE = 500; /* nodes that are put in before the page answers again */

  /* Puts nodes into the graph when they are wanted, and each edge once both of its ends are there: all of a large
     journal at once take seconds, in which nothing is seen and the page does not answer. */
  const growing = (cy, { nodes, edges }) => {
    const there = new Set();
    let waiting = edges;
    const put = (some) => {
      const now = some.filter((node) => !there.has(node.data.id));
      if (!now.length) return;
      now.forEach((node) => there.add(node.data.id));
      const whole = ({ data }) => there.has(data.source) && there.has(data.target);
      const ready = waiting.filter(whole);
      waiting = waiting.filter((edge) => !whole(edge));
      cy.add({ nodes: now, edges: ready });
    };
    const rest = (done) => {
      const left = nodes.filter((node) => !there.has(node.data.id)).sort((a, b) => a.position.y - b.position.y);
      const more = () => {
        put(left.splice(-AT_ONCE)); /* the newest first */
        if (left.length) setTimeout(more, 0);
        else done();
      };
      if (left.length) setTimeout(more, 0); /* what was drawn is shown before */
      else done();
    };
    return {
      put: (list) => put(list.map((at) => nodes[at])),
      seen: () => {
        const near = inView(cy);
        put(nodes.filter((node) => near(node.position)));
      },
      all: () => put(nodes),
      rest,
    };
  };

  const asked = () => {
    try {
      return decodeURIComponent(location.hash).replace(/^#entry-/, "");
    } catch {
      return ""; /* broken percent signs */
    }
  };

  const draw = (place, graph) => {
    const began = performance.now();
    const routed = Boolean(graph.route);
    const many = graph.edge.length > 3 * CHEAP;
    const bar = tools(graph);
    const view = make("div", {
      class: "journal-graph-view",
      tabindex: "0",
      role: "application",
      "aria-label": "Graph of entries, commits and runs. Arrow keys walk to neighbours, Enter opens the page, plus and minus zoom.",
    });
    const said = make("p", { class: "journal-graph-said", "aria-live": "polite" });
    place.replaceChildren(bar.bar, view, said);
    const least = view.clientWidth < NARROW ? 1 : READABLE;
    const shownFirst = first(view, graph, least);
    const still = matchMedia("(prefers-reduced-motion: reduce)").matches || many;
    const cy = window.cytoscape({
      container: view,
      style: style(many, routed),
      minZoom: 0.01,
      maxZoom: 3,
      textureOnViewport: many,
      hideEdgesOnViewport: many,
      pixelRatio: many ? 1 : "auto",
      autoungrabify: true,
      boxSelectionEnabled: false,
    });
    const grown = growing(cy, elements(graph));
    let at = null;
    let lit = cy.collection();

    const told = (node) => {
      const index = Number(node.id());
      const word = graph.standings[graph.standing[index]];
      const kind = KINDS[graph.kind[index]];
      const near = node.neighborhood("node").length;
      return [`${kind}: ${graph.label[index]}`, graph.note[index], word, `${near} ${near === 1 ? "neighbour" : "neighbours"}`]
        .filter(Boolean)
        .join(" · ");
    };
    const light = (node) => {
      if (node) grown.put(joined(graph, Number(node.id())));
      cy.batch(() => {
        lit.removeClass("near at");
        cy.elements(".faint").removeClass("faint");
        if (!node) return;
        lit = node.closedNeighborhood();
        if (!many) cy.elements().not(lit).addClass("faint");
        lit.addClass("near");
        (many ? lit.nodes() : node).addClass("at");
      });
      said.textContent = node ? told(node) : "";
    };
    const go = (index, zoom) => {
      grown.put([index]);
      at = cy.getElementById(String(index));
      light(at);
      const view = { center: { eles: at }, zoom: Math.max(cy.zoom(), zoom || 0) };
      if (still) {
        cy.zoom(view.zoom);
        cy.center(at);
      } else cy.animate({ ...view, duration: 180 });
    };
    const open = (node) => {
      const page = graph.page[Number(node.id())];
      if (page) location.href = journal.base + page;
    };
    const found = { words: "", list: [], next: 0 };
    const shown = (at) => !cy.getElementById(String(at)).hasClass("off");
    const hide = () => {
      found.words = "";
      grown.all();
      const off = new Set(bar.kinds.filter((kind) => !kind.box.checked).map((kind) => kind.at));
      const word = bar.status.value;
      cy.batch(() =>
        cy.nodes().forEach((node) => {
          const index = Number(node.id());
          const other = word !== "*" && graph.kind[index] === 0 && graph.standings[graph.standing[index]] !== word;
          node.toggleClass("off", off.has(graph.kind[index]) || other);
        }),
      );
    };
    const all = graph.key.map((_, at) => at);

    const find = (words) => {
      if (words !== found.words) Object.assign(found, { words, list: matches(graph, words).filter(shown), next: 0 });
      if (!found.list.length) {
        light(null);
        said.textContent = words.trim() ? "Nothing found" : "";
        return;
      }
      const place = found.next % found.list.length;
      found.next = place + 1;
      go(found.list[place], 0.9);
      said.textContent = `${place + 1} of ${found.list.length} · ${said.textContent}`;
    };
    let waiting = 0;
    bar.search.addEventListener("input", () => {
      clearTimeout(waiting);
      waiting = setTimeout(() => find(bar.search.value), 150);
    });
    bar.search.addEventListener("keydown", (event) => {
      if (event.key !== "Enter") return;
      event.preventDefault();
      clearTimeout(waiting);
      find(bar.search.value);
    });
    bar.kinds.forEach((kind) => kind.box.addEventListener("change", hide));
    bar.status.addEventListener("change", hide);

    const zoomed = (factor) => cy.zoom({ level: cy.zoom() * factor, renderedPosition: { x: cy.width() / 2, y: cy.height() / 2 } });
    bar.closer.addEventListener("click", () => zoomed(1.4));
    bar.farther.addEventListener("click", () => zoomed(1 / 1.4));
    bar.fit.addEventListener("click", () => show(cy, graph, all));

    const WAYS = { ArrowRight: [1, 0], ArrowLeft: [-1, 0], ArrowDown: [0, 1], ArrowUp: [0, -1] };
    const walk = (way) => {
      if (!at) {
        const newest = all.filter((each) => graph.kind[each] === 0 && shown(each)).pop();
        if (newest !== undefined) go(newest, 0.6);
        return;
      }
      const here = at.position();
      let best = null;
      let least = Infinity;
      at.neighborhood("node").not(".off").forEach((node) => {
        const [x, y] = [node.position("x") - here.x, node.position("y") - here.y];
        const along = x * way[0] + y * way[1];
        if (along <= 0) return;
        const far = Math.hypot(x, y) * (2 - along / Math.hypot(x, y));
        if (far < least) [best, least] = [node, far];
      });
      if (best) go(Number(best.id()), 0.6);
    };
    view.addEventListener("keydown", (event) => {
      if (event.ctrlKey || event.metaKey || event.altKey) return;
      if (WAYS[event.key]) walk(WAYS[event.key]);
      else if (event.key === "Enter" && at) open(at);
      else if (event.key === "+" || event.key === "=") zoomed(1.4);
      else if (event.key === "-") zoomed(1 / 1.4);
      else if (event.key === "0") show(cy, graph, all);
      else if (event.key === "Escape") light((at = null));
      else return;
      event.preventDefault();
    });
    cy.on("tap", "node", (event) => open(event.target));
    cy.on("mouseover", "node", (event) => {
      view.style.cursor = "pointer";
      light(event.target);
    });
    cy.on("mouseout", "node", () => {
      view.style.cursor = "";
      light(at);
    });
    let naming = 0;
    const name = () => {
      const near = cy.zoom() > 0.45;
      const seen = inView(cy);
      if (near) grown.seen();
      cy.batch(() => {
        cy.nodes(".named").removeClass("named");
        if (near) cy.nodes().filter((node) => seen(node.position())).addClass("named");
      });
    };
    if (many) {
      cy.on("viewport", () => {
        clearTimeout(naming);
        naming = setTimeout(name, 120);
      });
    }
    journal.onScheme(() => cy.style(style(many, routed)));
    show(cy, graph, shownFirst, least);
    months(cy, graph, view);
    if (!many) grown.all();
    const wanted = asked() ? graph.key.indexOf(asked()) : -1;
    if (wanted >= 0) go(wanted, 0.9);
    if (many) name();
    const since = () => String(Math.round(performance.now() - began));
    cy.one("render", () => {
      place.dataset.drawn = since();
      grown.rest(() => {
        if (many) name();
        place.dataset.whole = since();
      });
    });
    place.journalGraph = cy;
  };

  journal.ready((root) => {
    const place = root.querySelector(".journal-graph[data-graph]");
    if (!place || place.dataset.begun) return;
    place.dataset.begun = "yes";
    Promise.all([journal.script("assets/vendor/cytoscape.min.js"), journal.script(place.dataset.graph)]).then(
      () => {
        draw(place, window.journalLineage);
        const lists = root.querySelector(".journal-threads");
        if (lists) lists.open = false;
      },
      () => {}, /* the page says it without the graph */
    );
  });
})();
