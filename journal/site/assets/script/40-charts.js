/*
 * Live charts in place of the pictures of curves, drawn by uPlot when they come into view.
 *
 * A figure says with `data-curves` which script holds its numbers and with `data-figure` which of them are its own.
 * That script calls window.journal.curves. Where anything is missing, the picture stays.
 */
(() => {
  "use strict";
  if (!window.journal || !window.IntersectionObserver || !window.ResizeObserver) return;
  const { journal } = window;
  const DRAWER = "assets/vendor/uPlot.iife.min.js";
  const DASHES = [[], [7, 3], [2, 2.5], [9, 3, 2, 3], [4, 2]];
  const FINEST = 1000;
  const DOTTED = 24;
  const known = new Map();
  let charts = [];

  journal.curves = (name, figures) => known.set(name, figures);

  /* --- numbers ------------------------------------------------------------------------------------------------ */

  const summed = (apart) => {
    let at = 0;
    return apart.map((each) => (at += each));
  };

  /* The power of ten that values are divided by, so that nothing overflows; 0 for common ones. */
  const powerOf = (largest) =>
    largest === 0 || (largest >= 1e-4 && largest < 1e6) ? 0 : Math.floor(Math.log10(largest));

  const divided = (value, by) => {
    const half = Math.floor(by / 2);
    return by ? value / 10 ** half / 10 ** (by - half) : value;
  };

  /* The moving average of journal/site/charts/smoothing.py. */
  const smoothed = (steps, values, rows, weight, since = -Infinity) => {
    const unit = Math.max(1, steps[steps.length - 1] - steps[0]) / Math.max(1, Math.min(rows, FINEST) - 1);
    let mean = 0;
    let total = 0;
    return values.map((value, place) => {
      if (steps[place] < since) return value;
      total = total * weight ** ((steps[place] - steps[Math.max(0, place - 1)]) / unit) + 1;
      mean += (value - mean) / total;
      return mean;
    });
  };

  const rounds = (low, high, most, whole) => {
    const raw = (high - low) / Math.max(1, most);
    const size = 10 ** Math.floor(Math.log10(raw));
    let step = [1, 2, 5, 10].map((each) => each * size).find((each) => each >= raw * 0.999);
    if (whole) step = Math.max(1, step);
    const found = [];
    for (let at = Math.ceil(low / step - 1e-9); at <= high / step + 1e-9 && found.length < 50; at++) found.push(at * step);
    return { found, step };
  };

  const exponent = (number, by) => {
    if (number === 0) return "0";
    const size = Math.floor(Math.log10(Math.abs(number)) + 1e-12);
    return `${Number((number / 10 ** size).toPrecision(12))}e${by + size}`;
  };

  const labels = (found, step, by) => {
    const decimals = Math.min(20, Math.max(0, -Math.floor(Math.log10(step) + 1e-9)));
    return found.map((at) => {
      const text = at.toFixed(decimals);
      return by === 0 ? (Number(text) === 0 ? "0" : text) : exponent(Number(text), by);
    });
  };

  /* Steps in words, all of an axis in one unit: thousands or millions where no digit is lost. */
  const stepLabels = (found) => {
    const most = Math.max(0, ...found);
    for (const [unit, sign] of [[1e9, ""], [1e6, "M"], [1e3, "k"]]) {
      if (most < Math.max(unit, 10000) || found.some((at) => (at * 100) % unit)) continue;
      return found.map((at) => (at === 0 ? "0" : sign ? `${at / unit}${sign}` : exponent(at, 0)));
    }
    return found.map(String);
  };

  const powerLabel = (digit, decade) =>
    decade >= -4 && decade < 6 ? String(Number((digit * 10 ** decade).toPrecision(3))) : `${digit}e${decade}`;

  /* Round numbers of a log axis: places are logarithms. */
  const logTicks = (bottom, top, most) => {
    const first = Math.ceil(bottom);
    const last = Math.floor(top);
    const found = [];
    if (top - bottom >= 2.2) {
      const stride = Math.max(1, Math.ceil((last - first + 1) / most));
      for (let at = first; at <= last; at += stride) found.push([at, powerLabel(1, at)]);
      return found;
    }
    for (let decade = first - 1; decade <= last; decade++) {
      for (const digit of [1, 2, 5]) {
        const at = Math.log10(digit) + decade;
        if (at >= bottom && at <= top) found.push([at, powerLabel(digit, decade)]);
      }
    }
    if (found.length > 2) return found;
    const by = Math.floor(top);
    const close = rounds(10 ** (bottom - by), 10 ** (top - by), most);
    const told = labels(close.found, close.step, by);
    return close.found.map((at, place) => [Math.log10(at) + by, by >= -4 && by < 6 ? String(Number((at * 10 ** by).toPrecision(9))) : told[place]]).filter(([at]) => Number.isFinite(at));
  };

  const nearest = (steps, at) => {
    let low = 0;
    let high = steps.length - 1;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (steps[middle] < at) low = middle + 1;
      else high = middle;
    }
    return low > 0 && at - steps[low - 1] <= steps[low] - at ? low - 1 : low;
  };

  /* --- pieces of the page ------------------------------------------------------------------------------------- */

  const make = (tag, style, text, attributes = {}) => {
    const element = document.createElement(tag);
    if (style) element.className = style;
    if (text) element.textContent = text;
    Object.entries(attributes).forEach(([name, value]) => element.setAttribute(name, value));
    return element;
  };

  const swatch = (line) => {
    const space = "http://www.w3.org/2000/svg";
    const picture = document.createElementNS(space, "svg");
    const stroke = document.createElementNS(space, "path");
    picture.setAttribute("viewBox", "0 0 20 8");
    picture.setAttribute("aria-hidden", "true");
    stroke.setAttribute("d", "M0 4h20");
    stroke.setAttribute("stroke-dasharray", DASHES[line.dash % DASHES.length].join(" "));
    stroke.style.stroke = `var(--journal-tone-${line.tone})`;
    picture.append(stroke);
    return picture;
  };

  const colours = () => {
    const style = getComputedStyle(document.body);
    return (name) => style.getPropertyValue(`--journal-${name}`).trim() || "#777";
  };

  /* --- one chart ---------------------------------------------------------------------------------------------- */

  class Chart {
    constructor(figure, told) {
      this.figure = figure;
      this.told = told;
      this.lines = told.lines.map((line) => ({ ...line, steps: summed(line.apart), shown: true }));
      this.log = told.log;
      this.weight = told.smooth;
      this.by = powerOf(this.lines.reduce((most, line) => line.values.reduce((found, value) => Math.max(found, Math.abs(value)), most), 0));
      this.colour = colours();
      const all = this.lines.filter((line) => line.steps.length);
      this.full = [Math.min(told.span[0], ...all.map((line) => line.steps[0])), Math.max(told.span[1], ...all.map((line) => line.steps[line.steps.length - 1]))];
      if (this.full[0] === this.full[1]) this.full[1] += 1;
      this.start = told.span[0] < told.span[1] ? told.span : this.full;
      this.build();
    }

    build() {
      const picture = this.figure.querySelector(".journal-figure__picture");
      const image = picture.querySelector("img");
      const height = image.getBoundingClientRect().height;
      this.root = make("div", "journal-live");
      const head = make("div", "journal-live__head");
      this.told_step = make("span", "journal-live__step");
      head.append(make("b", "", this.told.title), this.told_step);
      this.legend = make("div", "journal-live__legend");
      this.lines.forEach((line) => this.legend.append(this.entry(line)));
      this.canvas = make("div", "journal-live__chart", "", { role: "img", "aria-label": image.alt });
      this.root.append(head, this.legend, this.canvas, this.tools());
      picture.after(this.root);
      this.figure.classList.add("journal-figure--live");
      const around = this.root.getBoundingClientRect().height;
      this.height = Math.max(this.figure.closest(".journal-figures--small") ? 150 : 220, Math.round(height - around));
      this.draw();
      this.sizes = new ResizeObserver(() => {
        const width = Math.floor(this.canvas.clientWidth);
        if (width && width !== this.plot.width) this.plot.setSize({ width, height: this.height });
      });
      this.sizes.observe(this.canvas);
    }

    entry(line) {
      const button = make("button", "journal-live__run", "", { type: "button", "aria-pressed": "true", title: `Hide or show ${line.name}` });
      line.told = make("span", "journal-live__value");
      button.append(swatch(line), make("span", "", line.role && line.role !== line.name ? `${line.name} (${line.role})` : line.name), line.told);
      button.addEventListener("click", () => {
        line.shown = !line.shown;
        button.setAttribute("aria-pressed", String(line.shown));
        const place = 1 + 2 * this.lines.indexOf(line);
        this.plot.batch(() => [place, place + 1].forEach((each) => this.plot.setSeries(each, { show: line.shown })));
      });
      return button;
    }

    tools() {
      const bar = make("div", "journal-live__tools");
      const log = make("button", "", "Log", { type: "button", "aria-pressed": String(this.log), title: "Log scale" });
      log.addEventListener("click", () => {
        this.log = !this.log;
        log.setAttribute("aria-pressed", String(this.log));
        this.renew();
      });
      const label = make("label", "", "Smooth ");
      const slider = make("input", "", "", { type: "range", min: "0", max: "0.99", step: "0.01" });
      const shown = make("output", "", this.weight.toFixed(2));
      slider.value = this.weight;
      slider.addEventListener("input", () => {
        this.weight = Number(slider.value);
        shown.textContent = this.weight.toFixed(2);
        this.renew();
      });
      label.append(slider, shown);
      this.left_out = make("span", "journal-live__left", "", { role: "status" });
      const zoom = make("span", "journal-live__zoom", "", { role: "group", "aria-label": "Zoom" });
      for (const [word, name, turn] of [
        ["\u2212", "Zoom out", () => this.zoom(2, 0)],
        ["+", "Zoom in", () => this.zoom(0.5, 0)],
        ["\u2039", "Earlier steps", () => this.zoom(1, -0.5)],
        ["\u203a", "Later steps", () => this.zoom(1, 0.5)],
        ["Reset", "Reset zoom", () => this.look(...this.start)],
      ]) {
        const button = make("button", "", word, { type: "button", title: name, "aria-label": name });
        button.addEventListener("click", turn);
        zoom.append(button);
      }
      bar.append(log, label, this.left_out, zoom);
      return bar;
    }

    /* The columns that uPlot draws: for each line the raw values, then their moving average. */
    columns() {
      let below = 0;
      const tables = this.lines.map((line) => {
        const values = line.values.map((value) => divided(value, this.by));
        const mean = this.weight > 0 && values.length ? smoothed(line.steps, values, line.n, this.weight, this.told.span[0]) : values;
        const place = (value) => (this.log ? (value > 0 ? Math.log10(value) + this.by : null) : value);
        if (this.log) below += line.values.filter((value) => value <= 0).length;
        return [line.steps, values.map(place), mean.map(place)];
      });
      const told = [];
      if (below) told.push(`${below} point${below === 1 ? "" : "s"} at or below 0 left out`);
      if (this.weight > 0 && this.lines.some((line) => line.steps.length && line.steps.length < line.n)) told.push("smoothed from the points drawn");
      this.left_out.textContent = told.join("; ");
      return window.uPlot.join(tables);
    }

    renew() {
      this.restyle();
      this.plot.setData(this.columns(), false);
      this.look(...this.seen);
    }

    look(from, to) {
      const [first, last] = this.full;
      const length = Math.min(Math.max(1, to - from), last - first);
      const start = Math.min(Math.max(first, from), last - length);
      this.plot.setScale("x", { min: start, max: start + length });
    }

    zoom(by, shift) {
      const [from, to] = this.seen;
      const half = ((to - from) * by) / 2;
      const middle = (from + to) / 2 + (to - from) * shift;
      this.look(middle - half, middle + half);
    }

    /* --- drawing --- */

    /* For each line two: the raw values, and the moving average, which is not seen while nothing is smoothed. */
    series() {
      return this.lines.flatMap((line) => {
        const tone = () => this.colour(`tone-${line.tone}`);
        const faint = () => this.colour(`tone-${line.tone}${this.weight > 0 ? "-faint" : ""}`);
        const dots = { show: line.steps.length <= DOTTED, size: 5, fill: tone };
        return [
          { spanGaps: true, points: dots, stroke: faint },
          { spanGaps: true, width: 2, dash: DASHES[line.dash % DASHES.length], points: { show: false }, stroke: () => (this.weight > 0 ? tone() : "transparent") },
        ];
      });
    }

    /* Raw lines are thin and solid behind smoothed ones, and carry the dashes where they are alone. */
    restyle() {
      this.lines.forEach((line, number) => {
        const series = this.plot.series[1 + 2 * number];
        series.width = this.weight > 0 ? 1 : 1.4;
        series.dash = this.weight > 0 ? [] : DASHES[line.dash % DASHES.length];
      });
    }

    ranged(low, high) {
      if (low === null || high === null || low === undefined) return [0, 1];
      if (this.log) {
        const room = Math.max((high - low) * 0.05, 0.02);
        return [low - room, high + room];
      }
      const room = high - low <= 1e-12 * Math.max(Math.abs(low), Math.abs(high)) ? Math.abs(high) * 0.1 || 1 : (high - low) * 0.05;
      return [low - room, high + room];
    }

    axes() {
      const ink = () => this.colour("chart-ink");
      const grid = { stroke: () => this.colour("chart-grid"), width: 1 };
      const font = "12px system-ui, sans-serif";
      const most = () => Math.max(3, Math.floor(this.height / 45));
      const up = (low, high) => {
        if (this.log) return logTicks(low, high, most());
        const { found, step } = rounds(low, high, most());
        const told = labels(found, step, this.by);
        return found.map((at, place) => [at, told[place]]);
      };
      let told = [];
      return [
        {
          font,
          stroke: ink,
          grid: { show: false },
          ticks: { stroke: () => this.colour("chart-ink"), width: 1, size: 4 },
          border: { show: true, stroke: ink, width: 1 },
          size: 28,
          gap: 4,
          splits: (plot, _, low, high) => rounds(low, high, Math.max(2, Math.floor(plot.width / 100)), true).found,
          values: (_, splits) => stepLabels(splits),
        },
        {
          font,
          stroke: ink,
          grid,
          ticks: { show: false },
          gap: 7,
          size: (_, values) => 14 + Math.max(2, ...(values || []).map((text) => text.length)) * 7,
          splits: (_, __, low, high) => (told = up(low, high)).map(([at]) => at),
          values: () => told.map(([, text]) => text),
        },
      ];
    }

    draw() {
      this.seen = this.start;
      const options = {
        width: Math.max(120, Math.floor(this.canvas.clientWidth)),
        height: this.height,
        legend: { show: false },
        padding: [8, 12, 0, 0],
        scales: {
          x: { time: false, range: (_, low, high) => (low === null ? this.start : [low, high]) },
          y: { range: (_, low, high) => this.ranged(low, high) },
        },
        axes: this.axes(),
        series: [{}, ...this.series()],
        cursor: {
          y: false,
          points: { size: 7, show: true },
          drag: { x: true, y: false, uni: 8 },
          sync: { key: this.figure.dataset.curves, scales: ["x", null], setSeries: false, filters: { pub: (kind) => kind === "mousemove" || kind === "mouseleave" } },
          dataIdx: (plot, series, place) => this.near(plot, series, place),
        },
        hooks: {
          drawClear: [(plot) => this.shade(plot)],
          draw: [(plot) => this.mark(plot)],
          setCursor: [(plot) => this.tell(plot)],
          setScale: [(plot, name) => name === "x" && (this.seen = [plot.scales.x.min, plot.scales.x.max])],
        },
      };
      this.plot = new window.uPlot(options, this.columns(), this.canvas);
      this.restyle();
      this.look(...this.start);
    }

    near(plot, series, place) {
      if (series === 0) return place;
      const values = plot.data[series];
      for (let away = 0; away < values.length; away++) {
        if (values[place - away] !== undefined && values[place - away] !== null) return place - away;
        if (values[place + away] !== undefined && values[place + away] !== null) return place + away;
      }
      return place;
    }

    /* The windows that numbers of the entry used, behind the lines. */
    shade(plot) {
      const { ctx, bbox } = plot;
      ctx.save();
      ctx.setLineDash([]);
      for (const [first, last] of this.told.windows) {
        const from = Math.max(bbox.left, plot.valToPos(first, "x", true));
        const to = Math.min(bbox.left + bbox.width, plot.valToPos(last, "x", true));
        if (to < from) continue;
        ctx.fillStyle = this.colour("chart-shade");
        ctx.strokeStyle = this.colour("chart-edge");
        ctx.fillRect(from, bbox.top, Math.max(2, to - from), bbox.height);
        ctx.strokeRect(from, bbox.top, Math.max(2, to - from), bbox.height);
      }
      ctx.restore();
    }

    /* A cross on the axis for each row that is no number. */
    mark(plot) {
      const { ctx, bbox } = plot;
      const size = 3.5 * devicePixelRatio;
      const y = bbox.top + bbox.height;
      ctx.save();
      ctx.setLineDash([]);
      ctx.lineWidth = 1.8 * devicePixelRatio;
      for (const line of this.lines.filter((each) => each.shown)) {
        ctx.strokeStyle = this.colour(`tone-${line.tone}`);
        for (const step of line.broken) {
          const x = plot.valToPos(step, "x", true);
          if (x < bbox.left - 1 || x > bbox.left + bbox.width + 1) continue;
          ctx.beginPath();
          ctx.moveTo(x - size, y - size);
          ctx.lineTo(x + size, y + size);
          ctx.moveTo(x - size, y + size);
          ctx.lineTo(x + size, y - size);
          ctx.stroke();
        }
      }
      ctx.restore();
    }

    /* Step and values at the cursor: each run's nearest point, with its own step where that is another. */
    tell(plot) {
      const { left, idx } = plot.cursor;
      const away = left === undefined || left < 0 || idx === null || idx === undefined;
      const step = away ? null : plot.data[0][idx];
      this.told_step.textContent = away ? "" : `step ${step.toLocaleString("en")}`;
      for (const line of this.lines) {
        if (away || !line.steps.length) {
          line.told.textContent = "";
          continue;
        }
        const place = nearest(line.steps, step);
        const own = line.steps[place] === step ? "" : ` @ ${line.steps[place].toLocaleString("en")}`;
        line.told.textContent = `${line.values[place]}${own}`;
      }
    }

    recolour() {
      this.colour = colours();
      this.plot.redraw(false, false);
    }

    remove() {
      this.sizes.disconnect();
      this.plot.destroy();
    }
  }

  /* --- when ---------------------------------------------------------------------------------------------------- */

  const start = async (figure) => {
    const name = figure.dataset.curves;
    try {
      await Promise.all([journal.script(DRAWER), journal.script(name)]);
    } catch {
      return;
    }
    const told = (known.get(name) || [])[Number(figure.dataset.figure)];
    if (!told || !window.uPlot || !figure.isConnected || figure.querySelector(".journal-live")) return;
    charts.push(new Chart(figure, told));
  };

  const watcher = new IntersectionObserver(
    (seen) =>
      seen.forEach((each) => {
        if (!each.isIntersecting) return;
        watcher.unobserve(each.target);
        start(each.target);
      }),
    { rootMargin: "400px" },
  );

  journal.onScheme(() => charts.forEach((chart) => chart.recolour()));
  journal.ready((root) => {
    charts.filter((chart) => !chart.figure.isConnected).forEach((chart) => chart.remove());
    charts = charts.filter((chart) => chart.figure.isConnected);
    root.querySelectorAll(".journal-figure[data-curves]").forEach((figure) => figure.querySelector(".journal-live") || watcher.observe(figure));
  });
})();
