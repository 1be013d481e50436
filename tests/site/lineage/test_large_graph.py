"""The graph of a journal that is too large to be drawn at once, in a real browser."""

from __future__ import annotations

import json
from importlib import resources
from typing import TYPE_CHECKING, Any

import pytest
from browsing import CHROMIUM, Window, started

from journal.document.published import Site
from journal.site.abstract import Abstract, CitedRun, RunAbstract
from journal.site.contents import Contents
from journal.site.lineage.graph import whole
from journal.site.lineage.whole import SCRIPT, script

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

pytestmark = [pytest.mark.browser, pytest.mark.skipif(CHROMIUM is None, reason="no chromium on the PATH")]
playwright: Any = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")

SIZES = {600: True, 1_400: False}
"""Entries of a journal, and whether its edges are led around nodes."""
PAGE = """<!doctype html><meta charset="utf-8"><title>Lineage</title>
<style>.journal-graph-view { height: 500px }</style>
<body><div class="journal-graph" data-graph="SCRIPT"></div><script src="../assets/journal.js"></script>"""

# Keeps how much of the graph there was when something of it was drawn first, and does what the test wants done then.
AT_FIRST = """
new MutationObserver((_, watching) => {
  const place = document.querySelector(".journal-graph");
  if (!place || !place.dataset.drawn) return;
  watching.disconnect();
  const cy = place.journalGraph;
  const { y1, y2 } = cy.extent();
  const inside = (node) => node.position("y") > y1 && node.position("y") < y2;
  window.first = { nodes: cy.nodes().length, seen: cy.nodes().filter(inside).length };
  THEN
}).observe(document, { subtree: true, attributes: true, attributeFilter: ["data-drawn"] });
"""


def an_entry(number: int) -> Abstract:
    """An entry that follows the one before it, or every tenth an earlier one, and cites a run of its own."""
    path, title = f"entries/e{number}.md", f"Entry {number}"
    follows = (f"e{max(0, number - (1 if number % 10 else 4))}",) if number else ()
    runs = (CitedRun(f"r{number}", "a", key=f"r{number}"),)
    return Abstract(f"e{number}", path, path, "s", title, "2026-03-01", "", number, follows=follows, runs=runs)


@pytest.fixture(scope="module", params=SIZES)
def graph(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, Any]]:
    """A page with the graph of a long thread, each entry with a run; and what its script says."""
    root, count = tmp_path_factory.mktemp("large"), request.param
    told = ("finished", None, None, None, 1, 0, (), None)
    runs = {f"r{at}": RunAbstract(f"r{at}", "s", f"r{at}", None, None, None, *told) for at in range(count)}
    entries = [an_entry(at) for at in range(count)]
    contents = Contents(None, "t", entries[::-1], None, runs=runs, site=Site())  # type: ignore[arg-type]
    written = script(whole(contents), contents)
    assets = resources.files("journal.site") / "assets"
    parts = sorted((part for part in (assets / "script").iterdir() if part.is_file()), key=lambda part: part.name)
    vendored = "assets/vendor/cytoscape.min.js"
    for path, raw in (
        ("assets/journal.js", b"\n".join(part.read_bytes() for part in parts)),
        (vendored, (assets / "vendor/cytoscape.min.js").read_bytes()),
        (SCRIPT, written),
        ("lineage/index.html", PAGE.replace("SCRIPT", SCRIPT).encode()),
    ):
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_bytes(raw)
    told = json.loads(written[written.index(b"{") : written.rindex(b"}") + 1])
    assert bool(told["route"]) == SIZES[count]
    return root / "lineage/index.html", told


@pytest.fixture(scope="module")
def chromium() -> Iterator[Any]:
    """One headless Chromium."""
    with started() as browser:
        yield browser


@pytest.fixture
def window(chromium: Any) -> Iterator[Window]:
    """A window that complains of nothing."""
    opened = Window(chromium, viewport={"width": 900, "height": 700})
    yield opened
    assert opened.end() == []


def drawn(window: Window, page: Path, hash_: str = "", then: str = "") -> Any:
    """The page once all of its graph is there; `then` is done as soon as something of it is drawn."""
    window.page.add_init_script(AT_FIRST.replace("THEN", then))
    window.go(page.as_uri() + hash_)
    window.page.locator(".journal-graph[data-whole]").wait_for()
    return window.page


def test_what_is_in_view_is_drawn_before_the_rest_and_nothing_is_left_out(
    window: Window, graph: tuple[Path, dict[str, Any]]
) -> None:
    page, told = graph
    shown = drawn(window, page)
    first = shown.evaluate("window.first")
    assert 0 < first["seen"] <= first["nodes"] < len(told["key"]) / 4
    found = shown.evaluate(
        """() => {
            const cy = document.querySelector(".journal-graph").journalGraph;
            const { y1, y2 } = cy.extent();
            return {
                seen: cy.nodes().filter((node) => node.position("y") > y1 && node.position("y") < y2).length,
                places: cy.nodes().map((node) => [Number(node.id()), node.position("x"), node.position("y")]),
                edges: cy.edges().map((edge) => [Number(edge.data("source")), Number(edge.data("target"))]),
            };
        }"""
    )
    assert found["seen"] == first["seen"]
    places = told["place"]
    assert sorted(found["places"]) == [[at, places[2 * at], places[2 * at + 1]] for at in range(len(told["key"]))]
    edges = told["edge"]
    assert sorted(found["edges"]) == sorted([edges[at], edges[at + 1]] for at in range(0, len(edges), 3))


def test_an_old_entry_that_the_address_names_is_drawn_first_with_its_neighbours(
    window: Window, graph: tuple[Path, dict[str, Any]]
) -> None:
    page, told = graph
    then = 'window.lit = cy.nodes(".near").map((node) => node.id());'
    shown = drawn(window, page, "#entry-e3", then)
    assert shown.evaluate("window.first.nodes") < len(told["key"]) / 4
    assert {"2", "3", "4"} < set(shown.evaluate("window.lit"))
    assert "3 neighbours" in shown.locator(".journal-graph-said").inner_text()


def test_kinds_that_are_hidden_before_all_is_there_stay_hidden(
    window: Window, graph: tuple[Path, dict[str, Any]]
) -> None:
    page, told = graph
    then = 'document.querySelectorAll(".journal-graph-tools [type=checkbox]")[2].click();'
    shown = drawn(window, page, then=then)
    visible = 'document.querySelector(".journal-graph").journalGraph.nodes(".KIND:visible").length'
    assert shown.evaluate(visible.replace("KIND", "run")) == 0
    assert shown.evaluate(visible.replace("KIND", "entry")) == told["kind"].count(0)


def test_arrow_keys_begin_at_the_newest_entry_and_walk_to_its_neighbour(
    window: Window, graph: tuple[Path, dict[str, Any]]
) -> None:
    page, told = graph
    newest = told["kind"].count(0) - 1
    shown = drawn(window, page)
    shown.locator(".journal-graph-view").press("ArrowUp")
    assert f"Entry {newest} " in shown.locator(".journal-graph-said").inner_text()
    shown.locator(".journal-graph-view").press("ArrowUp")
    assert f"Entry {newest - 1} " in shown.locator(".journal-graph-said").inner_text()


def test_edges_are_led_around_nodes_where_the_script_says_how(
    window: Window, graph: tuple[Path, dict[str, Any]]
) -> None:
    page, told = graph
    shown = drawn(window, page)
    edges = 'document.querySelector(".journal-graph").journalGraph.edges()'
    styles = set(shown.evaluate(f'{edges}.map((edge) => edge.style("curve-style"))'))
    assert styles == ({"straight", "round-segments"} if told["route"] else {"haystack"})
