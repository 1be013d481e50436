"""How the site feels in a browser: search, curves and lineage in headless Chromium, and what an entry's page weighs.

    python benchmarks/in_browser.py [--entries N] [--rounds N]

The journal of N entries is that of `building.py`, made and built the first time it is asked for (in
`build/benchmarks`, some minutes at 5,000). Its peer are the same files of entries, built by MkDocs with Material and
its own search plugin. Needs Chromium on the PATH and Playwright. Each measurement has a window of its own, with nothing
cached; ratios are taken within a round, in which every way runs once.

**search** is the time from a key to the first hits in the list below the box in the header, as the page itself counts
it. **first** is the first query of a page, of one letter, a word, a metric or a run id: the box is chosen and the whole
query put in at once, so that this holds all loading. **later** is the same query again after the box was emptied. For
the peer, **first** counts from the start of its page, for its index is loaded with each page and the box cannot answer
before; `none` says that it has no hits, as for ids of runs, which stand in the front matter. It is asked over http
only: opened from a folder it finds nothing without further plugins.

**curves** and **lineage** count from the start of the page's loading until the last of three charts, or the graph, has
been drawn; the lineage is that of the N entries, their runs and commits. The peer of each is the same page with scripts
turned off, until it is loaded: its pictures and lists stand there then.

**weight** is of the page of an entry with three curves of three runs of 5,000 rows each: every file that the browser
asks for, uncompressed, except those that the theme brings. Data are the numbers that the charts are drawn from.
"""

import argparse
import os
import shutil
import statistics
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from building import MKDOCS, journal_of
from checking import run
from filling import JOURNAL, log
from playwright.sync_api import sync_playwright

ENTRIES, ROUNDS, ROWS = 5_000, 3, 5_000
BARS = {"all": 400_000, "data": 60_000}  # bytes of an entry's page
ANSWER = 300  # milliseconds from a key to the first hits
WAIT = 120_000
PEER = """site_name: Notes
theme: {name: material, font: false}
nav: [Home: index.md]
not_in_nav: /**/*.md
plugins: [search]
"""
QUERIES = {"one letter": "w", "a word": "gradient", "a metric": "grad_norm", "a run id": "small00042"}
THREE = """---
title: Three curves
created: 2026-02-21T19:01:15+08:00
runs:
  - {id: three0, as: base, role: baseline}
  - {id: three1, as: one}
  - {id: three2, as: two}
---

## Results

<!-- journal:table results
metrics: [loss, grad_norm, lr]
stats: [mean, last]
-->
<!-- /journal:table -->
"""

# Puts a query into a search box, and resolves with the milliseconds until its list holds hits, or -1 if there are none.
ASK = """([box, hits, none, query, since]) => new Promise(resolve => {
  const field = document.querySelector(box);
  const start = since === 0 ? 0 : performance.now();
  const look = () => {
    const told = document.querySelector(none.place);
    if (document.querySelector(hits)) resolve(performance.now() - start);
    else if (told && told.textContent.includes(none.words)) resolve(-1);
    else requestAnimationFrame(look);
  };
  field.focus();
  field.value = query;
  field.dispatchEvent(new Event("input", { bubbles: true }));
  field.dispatchEvent(new KeyboardEvent("keyup", { bubbles: true }));
  look();
})"""
FORGET = """([box, hits]) => new Promise(resolve => {
  const field = document.querySelector(box);
  field.value = "";
  field.dispatchEvent(new Event("input", { bubbles: true }));
  field.dispatchEvent(new KeyboardEvent("keyup", { bubbles: true }));
  const look = () => (document.querySelector(hits) ? requestAnimationFrame(look) : resolve());
  look();
})"""
OURS = (
    ".journal-search__input",
    ".journal-search__list a",
    {"place": ".journal-search__told", "words": "Nothing holds"},
)
THEIRS = (
    ".md-search__input",
    ".md-search-result__item a",
    {"place": ".md-search-result__meta", "words": "No matching"},
)
DRAWN = """count => new Promise(resolve => {
  const look = () => {
    document.querySelectorAll(".journal-figure[data-curves]").forEach(each => each.scrollIntoView());
    if (document.querySelectorAll(".journal-live canvas").length < count) requestAnimationFrame(look);
    else requestAnimationFrame(() => resolve(performance.now()));
  };
  look();
})"""
GRAPH = """() => new Promise(resolve => {
  const look = () => {
    if (document.querySelector(".journal-graph").dataset.drawn) resolve(performance.now());
    else requestAnimationFrame(look);
  };
  look();
})"""
LOADED = "performance.getEntriesByType('navigation')[0].loadEventEnd"


class Quiet(SimpleHTTPRequestHandler):
    """A server that keeps no log."""

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        """Say nothing."""


@contextmanager
def serving(site: Path) -> Iterator[str]:
    """The address of a site, without a slash at its end."""
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(site))) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


def site_of(entries: int) -> Path:
    """The site of the journal of so many entries."""
    root = journal_of(entries)
    if not (root / "site/index.html").exists():
        run([JOURNAL, "build"], root)
    return root / "site"


def peer_of(entries: int) -> Path:
    """The same entries as plain pages, with the theme's own search."""
    root = journal_of(entries)
    peer = root.parent / f"{root.name}-searched"
    if not (peer / "ready").exists():
        shutil.rmtree(peer, ignore_errors=True)
        shutil.copytree(root / "entries", peer / "docs/entries")
        (peer / "docs/index.md").write_text("# Notes\n")
        (peer / "mkdocs.yml").write_text(PEER)
        run([MKDOCS, "build", "--quiet"], peer)
        (peer / "ready").touch()  # last: what was interrupted is made anew
    return peer / "site"


@contextmanager
def three_curves() -> Iterator[Path]:
    """The site of a journal with one entry: three metrics of three runs."""
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        run(["git", "init", "-q"], root)
        run([JOURNAL, "init"], root)
        for number in range(3):
            place = root / "wandb" / f"run-20260225_00000{number}-three{number}"
            place.mkdir(parents=True)
            (place / f"run-three{number}.wandb").write_bytes(log(f"three{number}", ROWS))
        (root / "entries").mkdir(exist_ok=True)
        (root / "entries/2026-02-21-three.md").write_text(THREE)
        run([JOURNAL, "fill-results"], root)
        run([JOURNAL, "build"], root)
        yield root / "site"


class Chromium:
    """A headless browser; each page gets a window of its own."""

    def __init__(self, browser: Any) -> None:
        self._browser = browser

    @contextmanager
    def page(self, address: str, **options: Any) -> Iterator[Any]:
        """A page on its way to an address."""
        context = self._browser.new_context(**options)
        context.set_default_timeout(WAIT)
        page = context.new_page()
        page.goto(address, wait_until="commit")
        yield page
        context.close()

    def first_and_later(self, address: str, place: Sequence[Any], query: str, *, at_once: bool) -> tuple[float, float]:
        """Milliseconds to the hits of a page's first query, and to those of the same query again."""
        with self.page(address) as page:
            page.wait_for_selector(place[0], state="attached")
            if not at_once:
                page.wait_for_load_state()
            first = page.evaluate(ASK, [*place, query, 0 if at_once else 1])
            page.evaluate(FORGET, list(place[:2]))
            return first, page.evaluate(ASK, [*place, query, 1])

    def until(self, address: str, drawn: str, *arguments: object) -> float:
        """Milliseconds from the start of a page until a script finds it drawn."""
        with self.page(address) as page:
            page.wait_for_load_state("domcontentloaded")
            return float(page.evaluate(drawn, *arguments))

    def plain(self, address: str) -> float:
        """Milliseconds from the start of a page until it is loaded, with scripts turned off."""
        with self.page(address, java_script_enabled=False) as page:
            page.wait_for_load_state()
            return float(page.evaluate(LOADED))

    def asked_for(self, address: str) -> Mapping[str, int]:
        """What a page asks for while its charts are drawn: bytes by path."""
        found: dict[str, int] = {}
        context = self._browser.new_context()
        page = context.new_page()
        page.on("response", lambda answer: found.update({urlsplit(answer.url).path: len(answer.body())}))
        page.goto(address)
        page.evaluate(DRAWN, 3)
        page.wait_for_load_state("networkidle")
        context.close()
        return found


def told(name: str, times: Sequence[float], peer: Sequence[float] = (), bar: float | None = None) -> str:
    """A line: the median, the range, and the ratio to the peer within a round."""
    line = f"  {name:34}{statistics.median(times):9.0f} ms, {min(times):.0f} to {max(times):.0f}"
    if peer and min(peer) < 0:
        line += "; peer: none"
    elif peer:
        ratios = [ours / max(0.1, theirs) for ours, theirs in zip(times, peer, strict=True)]
        line += f"; {statistics.median(ratios):.3f} x peer ({statistics.median(peer):.0f} ms)"
    if bar is not None:
        line += f"; bar {bar:.0f} ms: {'held' if statistics.median(times) <= bar else 'MISSED'}"
    return line


def measure_search(chromium: Chromium, entries: int, rounds: int) -> None:
    """Print how long the search takes, over http and from a folder."""
    site, searched = site_of(entries), peer_of(entries)
    print(f"search, {entries} entries")
    with serving(site) as ours, serving(searched) as theirs:
        for name, query in QUERIES.items():
            taken: dict[str, list[tuple[float, float]]] = {"http": [], "folder": [], "peer": []}
            for _ in range(rounds):
                ask = partial(chromium.first_and_later, query=query)
                taken["http"].append(ask(f"{ours}/index.html", OURS, at_once=False))
                taken["folder"].append(ask((site / "index.html").as_uri(), OURS, at_once=False))
                taken["peer"].append(ask(f"{theirs}/index.html", THEIRS, at_once=True))
            for place, word in enumerate(("first", "later")):
                peer = [times[place] for times in taken["peer"]]
                for way in ("http", "folder"):
                    print(told(f"{name}, {word}, {way}", [times[place] for times in taken[way]], peer, ANSWER))


def measure_drawing(chromium: Chromium, name: str, address: str, drawn: Callable[[], float], rounds: int) -> None:
    """Print how long something takes to be drawn, against the same page without scripts."""
    pairs = [(drawn(), chromium.plain(address)) for _ in range(rounds)]
    print(told(name, [ours for ours, _ in pairs], [plain for _, plain in pairs]))


def measure_weight(chromium: Chromium, address: str) -> None:
    """Print what an entry's page weighs beside the theme."""
    kinds = dict.fromkeys(("html", "data", "pictures", "scripts", "styles"), 0)
    theme = 0
    for path, size in chromium.asked_for(address).items():
        if path.startswith(("/assets/javascripts/", "/assets/stylesheets/", "/assets/images/")):
            theme += size
        else:
            kinds[_kind(path)] += size
    listed = ", ".join(f"{kind} {size}" for kind, size in kinds.items())
    print(f"weight of an entry with three curves, bytes: {listed}; the theme {theme}")
    for name, size in (("all", sum(kinds.values())), ("data", kinds["data"])):
        held = "held" if size <= BARS[name] else "MISSED"
        print(f"  {name} {size}: {size / theme:.3f} x the theme; bar {BARS[name]}: {held}")


def _kind(path: str) -> str:
    if path.endswith(".curves.js"):
        return "data"
    return {".js": "scripts", ".css": "styles", ".svg": "pictures", ".html": "html"}.get(Path(path).suffix, "pictures")


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--entries", type=int, default=ENTRIES)
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    options = parser.parse_args()
    program = shutil.which("chromium") or shutil.which("google-chrome") or sys.exit("no chromium on the PATH")
    site_of(options.entries), peer_of(options.entries)
    with sync_playwright() as driver, three_curves() as three, serving(three) as small:
        browser = driver.chromium.launch(executable_path=program, args=["--no-sandbox", "--disable-gpu"])
        chromium = Chromium(browser)
        page = f"{small}/entries/2026-02-21-three.html"
        measure_weight(chromium, page)
        measure_drawing(chromium, "curves drawn", page, lambda: chromium.until(page, DRAWN, 3), options.rounds)
        with serving(site_of(options.entries)) as large:
            page = f"{large}/lineage/index.html"
            measure_drawing(chromium, "lineage drawn", page, lambda: chromium.until(page, GRAPH), options.rounds)
        measure_search(chromium, options.entries, options.rounds)
        print(f"{browser.version}, load {os.getloadavg()[0]:.2f}")
        browser.close()


if __name__ == "__main__":
    main()
