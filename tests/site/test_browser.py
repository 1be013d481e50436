"""The site in a real browser; left out, with the reason, where Chromium or Playwright is missing."""

from __future__ import annotations

import fcntl
import os
import re
from typing import TYPE_CHECKING, Any

import pytest
from browsed_journal import ENTRY, HOSTILE, HOSTILE_ENTRY, SCRIPTS, built_journal
from browsing import CHROMIUM, PHONE, Window, search, serving, settled, shot, started
from site_journal import SHA

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    Visit = Callable[..., Any]

pytestmark = [pytest.mark.browser, pytest.mark.skipif(CHROMIUM is None, reason="no chromium on the PATH")]
playwright: Any = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")

NUMBER = ".journal-grid a.journal-number"
CARD = ".journal-card"
KINDS = {
    "home": "index.html",
    "explorer": "entries/index.html",
    "entry": ENTRY,
    "run": "runs/k3m9cand-*.html",
    "metric": "metrics/train-loss_*.html",
    "board": "boards/attention.html",
    "lineage": "lineage/index.html",
    "commit": f"commits/{SHA}.html",
    "chronicle": "chronicle/2026-02.html",
    "hostile": HOSTILE_ENTRY,
}
MORE = {
    "runs": "runs/index.html",
    "metrics": "metrics/index.html",
    "boards": "boards/index.html",
    "predictions": "boards/predictions.html",
    "corrections": "boards/corrections.html",
    "steps": "boards/next-steps.html",
    "chronicles": "chronicle/index.html",
    "tags": "tags/index.html",
    "authors": "authors/index.html",
    "pending": "entries/2026-02-19-waits.html",
    "superseded": "entries/2026-01-12-first.html",
    "hostile run": "runs/hostile-*.html",
    "hostile metric": "metrics/img-*.html",
    "hostile tag": "tags/img-*.html",
    "hostile author": "authors/img-*.html",
}


WANTED = {
    "facade ang": "2026-02-02-latin",
    "梯度": "2026-02-03-chinese",
    "градиенты": "2026-02-04-cyrillic",
    "انتباه": "2026-02-05-arabic",
    "हानि": "2026-02-06-hindi",
    "saturates": "2026-02-21-clamp",
    "train/loss": "metrics/train-loss",
    "attn/sat": "metrics/debug-attn-sat-frac",
    "k3m9cand": "runs/k3m9cand",
    "k3m9": "runs/k3m9cand",
    "clamp-sun": "2026-02-21-clamp",  # what a run is called
    SHA: f"commits/{SHA}",
    SHA[:8]: f"commits/{SHA}",
}


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The built site, which all processes of a run of the tests share: whoever comes first builds it."""
    base = tmp_path_factory.getbasetemp()
    root = (base.parent if "PYTEST_XDIST_WORKER" in os.environ else base) / "browsed"
    with root.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (root / "ready").exists():
            root.mkdir()
            built_journal(root)
            (root / "ready").touch()
    return root / "site"


@pytest.fixture(scope="module")
def chromium() -> Iterator[Any]:
    """One headless Chromium."""
    with started() as browser:
        yield browser


@pytest.fixture(scope="module")
def prefixed(site: Path) -> Iterator[str]:
    """The address of the site on a plain web server, below a path."""
    with serving(site, "/some/prefix/") as address:
        yield address


@pytest.fixture
def visit(chromium: Any, site: Path) -> Iterator[Visit]:
    """Opens a page by its place or address, from the folder unless told otherwise; complaints fail the test."""
    windows: list[Window] = []

    def go(place: str, base: str | None = None, **options: Any) -> Any:
        windows.append(Window(chromium, **{"reduced_motion": "reduce", **options}))
        return windows[-1].go((base or f"{site.as_uri()}/") + named(site, place))

    yield go
    complaints = [complaint for window in windows for complaint in window.end()]
    assert complaints == []


def named(site: Path, place: str) -> str:
    """The page that a pattern names."""
    return next(site.glob(place)).relative_to(site).as_posix() if "*" in place else place


def follow(page: Any, words: str, within: str = ".md-content") -> str:
    """Click a link in the text by its words; returns the heading of where it leads."""
    page.locator(within).get_by_role("link", name=words).first.click()
    page.wait_for_load_state()
    return heading(page)


def heading(page: Any) -> str:
    """The words of the page's heading."""
    return str(page.locator("h1").first.evaluate("all => all.firstChild.textContent")).strip()


def switch(page: Any, scheme: str) -> None:
    """Choose light or dark in the header, whose button goes from one choice to the next."""
    name = "slate" if scheme == "dark" else "default"
    for _ in range(3):
        if page.evaluate("document.body.dataset.mdColorScheme") == name:
            return
        before = page.evaluate("document.body.dataset.mdColorMedia")
        page.locator("form.md-header__option label:visible").click()
        page.wait_for_function("before => document.body.dataset.mdColorMedia !== before", arg=before)
    raise AssertionError(f"no button makes the page {scheme}")


def is_wider(page: Any) -> bool:
    """Whether the page scrolls sideways."""
    return bool(page.evaluate("document.documentElement.scrollWidth > window.innerWidth"))


def test_links_lead_from_home_to_entries_runs_metrics_commits_boards_and_months_and_back(visit: Visit) -> None:
    page = visit("index.html")
    assert follow(page, "Clamp the logits") == "Clamp the logits"
    follow(page, "k3m9cand")
    assert "runs/k3m9cand" in page.url
    assert follow(page, "train/loss") == "train/loss"
    assert follow(page, "Clamp the logits") == "Clamp the logits"
    follow(page, SHA[:7])
    assert f"commits/{SHA}.html" in page.url
    assert follow(page, "Clamp the logits") == "Clamp the logits"
    follow(page, "Boards", ".md-tabs")
    assert follow(page, "Pending results") == "Pending results"
    assert follow(page, "It still waits") == "It still waits"
    follow(page, "Chronicle", ".md-tabs")
    assert "2026" in follow(page, "Feb")
    page.go_back()
    page.go_back()
    page.go_back()
    assert heading(page) == "Pending results"


@pytest.mark.parametrize("where", ["folder", "server"])
def test_the_box_in_the_header_finds_every_script_metrics_runs_and_commits(
    visit: Visit, prefixed: str, where: str
) -> None:
    page = visit("boards/pending.html", {"folder": None, "server": prefixed}[where])
    found = {words: search(page, words) for words in WANTED}
    assert [words for words, part in WANTED.items() if not any(part in each for each in found[words])] == []
    page.locator(".journal-search__list a[href*=commits]").click()
    page.wait_for_url("**/*721e94a*")


def test_what_a_search_finds_opens_by_keyboard_from_anywhere(visit: Visit) -> None:
    page = visit("index.html")
    page.keyboard.press("/")
    page.keyboard.type("saturates")
    page.keyboard.press("Enter")
    page.wait_for_url("**/2026-02-21-clamp.html*")
    assert heading(page) == "Clamp the logits"


def test_a_phone_has_the_search_behind_a_button(visit: Visit) -> None:
    page = visit("index.html", **PHONE)
    assert any("chinese" in each for each in search(page, "注意力"))
    assert not is_wider(page)
    page.keyboard.press("Escape")
    assert not page.locator(".journal-search__panel").is_visible()


def test_choices_among_the_entries_narrow_them_and_can_be_linked_and_undone(visit: Visit, site: Path) -> None:
    page = visit("entries/index.html")
    rows = page.locator(".journal-explorer__found li .journal-title")
    page.get_by_role("checkbox", name=re.compile("^attention")).check()
    rows.nth(1).wait_for()
    assert rows.count() == 2
    page.get_by_role("checkbox", name=re.compile("^concluded")).check()
    playwright.expect(rows).to_have_text(["Clamp the logits"])
    linked = visit(page.url.removeprefix(f"{site.as_uri()}/"))
    playwright.expect(linked.locator(".journal-explorer__found li .journal-title")).to_have_text(["Clamp the logits"])
    page.go_back()
    playwright.expect(rows).to_have_count(2)


def test_evidence_opens_when_a_number_is_pointed_at_and_stays_after_a_click(visit: Visit) -> None:
    page = visit(ENTRY)
    number = page.locator(NUMBER).first
    number.hover()
    page.locator(CARD).wait_for()
    page.mouse.move(2, 2)
    page.locator(CARD).wait_for(state="detached")
    number.click()
    card = page.locator(CARD)
    told = card.inner_text()
    assert all(part in told for part in ("train/loss", "base", "mean", "20..60"))
    card.hover()
    assert card.is_visible()
    card.get_by_role("link", name="Evidence row").click()
    assert page.locator(":target").is_visible()
    assert page.locator(CARD).count() == 0


def test_a_step_that_is_not_done_has_no_tick_and_a_hidden_button_no_focus(visit: Visit) -> None:
    page = visit(ENTRY)
    masks = page.locator(".task-list-indicator").evaluate_all(
        "all => all.map((each) => getComputedStyle(each, '::before').maskImage !== 'none')"
    )
    assert masks == [False, True]
    assert page.locator(".md-top").evaluate("each => each.hidden && getComputedStyle(each).visibility") == "hidden"


def test_evidence_opens_and_closes_by_keyboard_and_gives_the_focus_back(visit: Visit) -> None:
    page = visit(ENTRY)
    number = page.locator(NUMBER).first
    number.focus()
    page.keyboard.press("Enter")
    assert page.locator(CARD).evaluate("card => card === document.activeElement")
    page.keyboard.press("Tab")
    assert page.locator(CARD).evaluate("card => card.contains(document.activeElement)")
    page.keyboard.press("Escape")
    assert page.locator(CARD).count() == 0
    assert number.evaluate("each => each === document.activeElement")
    page.keyboard.press("ArrowRight")
    assert page.locator(NUMBER).nth(1).evaluate("each => each === document.activeElement")


def test_evidence_opens_by_a_tap_inside_a_phone_s_window(visit: Visit) -> None:
    page = visit(ENTRY, has_touch=True, **PHONE)
    page.locator(NUMBER).first.tap()
    box = page.locator(CARD).bounding_box()
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= 360
    page.locator(CARD).get_by_role("button", name="Close").tap()
    assert page.locator(CARD).count() == 0


def test_without_scripts_a_number_leads_to_its_row_inside_opened_evidence(visit: Visit) -> None:
    page = visit(ENTRY, java_script_enabled=False)
    page.locator(NUMBER).first.click()
    row = page.locator(":target")
    playwright.expect(row).to_be_in_viewport()
    assert "train/loss" in row.inner_text()
    assert page.locator(".journal-figure__picture img").first.is_visible()
    assert page.locator(".journal-live").count() == 0


INK = """chart => {
  const drawn = chart.querySelector("canvas");
  const copy = Object.assign(document.createElement("canvas"), { width: drawn.width, height: drawn.height });
  const context = copy.getContext("2d", { willReadFrequently: true });
  context.drawImage(drawn, 0, 0);
  const { data } = context.getImageData(0, 0, drawn.width, drawn.height);
  const tones = new Map();
  for (let at = 0; at < data.length; at += 4) {
    if (data[at + 3] < 250) continue;
    const tone = `${data[at]},${data[at + 1]},${data[at + 2]}`;
    tones.set(tone, (tones.get(tone) || 0) + 1);
  }
  return Object.fromEntries(tones);
}"""


def ink(chart: Any) -> dict[str, int]:
    """How many pixels of each colour are drawn."""
    return dict(chart.evaluate(INK))


def colour(page: Any, name: str) -> str:
    """A colour of the style sheet as `ink` names it."""
    tone = page.evaluate("name => getComputedStyle(document.body).getPropertyValue(name)", name).strip()
    return ",".join(str(int(tone[place : place + 2], 16)) for place in (1, 3, 5))


def live(page: Any) -> Any:
    """The first chart that a script drew."""
    page.locator(".journal-figure[data-curves]").first.scroll_into_view_if_needed()
    page.locator(".journal-live canvas").first.wait_for()
    page.wait_for_function("new Promise(done => requestAnimationFrame(() => requestAnimationFrame(() => done(true))))")
    return page.locator(".journal-live").first


def after(page: Any, chart: Any, act: Callable[[], object]) -> dict[str, int]:
    """What a chart is drawn in once something has changed it."""
    before = chart.evaluate(f"chart => JSON.stringify(({INK})(chart))")
    act()
    page.wait_for_function(
        f"([chart, before]) => JSON.stringify(({INK})(chart)) !== before", arg=[chart.element_handle(), before]
    )
    return ink(chart)


def test_charts_are_drawn_in_the_colours_of_the_page_and_follow_them(visit: Visit) -> None:
    page = visit(ENTRY, color_scheme="light")
    chart = live(page)
    light = ink(chart)
    dark = after(page, chart, lambda: switch(page, "dark"))
    back = after(page, chart, lambda: switch(page, "light"))
    most = [max(each, key=each.__getitem__) for each in (light, dark, back)]
    assert sum(light.values()) > 500
    assert most[0] == most[2] != most[1]


def test_smoothing_keeps_the_raw_line_log_has_its_scale_and_the_legend_hides_a_run(visit: Visit) -> None:
    page = visit(ENTRY)
    chart = live(page)
    slider = chart.get_by_role("slider")
    tones = [colour(page, name) for name in ("--journal-tone-1", "--journal-tone-1-faint")]
    smooth = after(page, chart, lambda: slider.fill("0.9"))
    assert [tone for tone in tones if not smooth.get(tone)] == []  # the mean, and the raw line behind it
    raw = after(page, chart, lambda: slider.fill("0"))
    assert [bool(raw.get(tone)) for tone in tones] == [True, False]
    log = chart.get_by_role("button", name="Log", exact=True)
    pressed = log.get_attribute("aria-pressed")
    after(page, chart, log.click)
    assert log.get_attribute("aria-pressed") != pressed
    whole = ink(chart)
    run = chart.locator(".journal-live__run", has_text="clamp").first
    fewer = after(page, chart, run.click)
    assert run.get_attribute("aria-pressed") == "false"
    assert sum(fewer.values()) < sum(whole.values())


def test_print_shows_the_pictures_in_place_of_live_charts(visit: Visit) -> None:
    page = visit(ENTRY, color_scheme="dark")
    chart = live(page)
    page.emulate_media(media="print")
    assert page.locator(".journal-figure__picture").first.is_visible()
    assert not chart.is_visible()
    assert not page.locator(".md-header").is_visible()


def test_everything_works_from_a_server_below_a_path(visit: Visit, prefixed: str) -> None:
    page = visit(ENTRY, prefixed)
    assert live(page).is_visible()
    page.locator(NUMBER).first.click()
    assert page.locator(CARD).is_visible()
    page.goto(f"{prefixed}lineage/index.html")
    page.locator(".journal-graph[data-drawn]").wait_for()
    page.goto(f"{prefixed}index.html")
    assert follow(page, "Clamp the logits") == "Clamp the logits"


def test_the_lineage_is_drawn_and_a_node_leads_to_its_page(visit: Visit) -> None:
    page = visit("lineage/index.html")
    page.locator(".journal-graph[data-drawn]").wait_for()
    find = page.get_by_role("searchbox", name="Find an entry, commit or run")
    find.fill("2026-02-21-clamp")
    find.press("Enter")
    where = page.evaluate("""() => {
        const node = document.querySelector(".journal-graph").journalGraph.nodes(".at")[0];
        const { left, top } = document.querySelector(".journal-graph-view").getBoundingClientRect();
        const { x, y } = node.renderedPosition();
        return [left + x, top + y];
    }""")
    page.mouse.click(*where)
    page.wait_for_url("**/2026-02-21-clamp.html*")
    assert heading(page) == "Clamp the logits"


def test_the_lineage_s_edges_are_drawn_along_their_routes(visit: Visit) -> None:
    page = visit("lineage/index.html")
    page.locator(".journal-graph[data-drawn]").wait_for()
    told, drawn = page.evaluate("""() => [
        window.journalLineage.route,
        document.querySelector(".journal-graph").journalGraph.edges().map((edge) => {
            const bends = edge.segmentPoints() || [];
            const points = [...bends, edge.target().position()];
            return [edge.sourceEndpoint(), ...points].flatMap(({ x, y }) => [x, y]);
        }),
    ]""")
    bent = [(each, shown) for each, shown in zip(told, drawn, strict=True) if len(each) > 4]
    assert bent
    for each, shown in bent:
        assert shown[2:-2] == pytest.approx(each[2:-2], abs=0.01)
        assert shown[:2] == pytest.approx(each[:2], abs=8)  # the arrow takes the rest


def test_a_lineage_of_one_entry_is_drawn_large_in_a_low_window_with_its_title_inside_its_box(visit: Visit) -> None:
    page = visit("lineage/index.html")
    page.add_init_script("""Object.defineProperty(window, "journalLineage", {
        get: () => window.oneEntry,
        set: (told) => {
            const columns = ["key", "kind", "note", "page", "standing"].map((name) => [name, told[name].slice(0, 1)]);
            const rest = { place: told.place.slice(0, 2), edge: [], route: [], marks: told.marks.slice(0, 1) };
            window.oneEntry = { ...told, ...rest, ...Object.fromEntries(columns), label: ["注意力饱和".repeat(9)] };
        },
    })""")
    page.reload()
    page.locator(".journal-graph[data-drawn]").wait_for()
    zoom, wide, high = page.evaluate("""() => {
        const cy = document.querySelector(".journal-graph").journalGraph;
        const { w, h } = cy.nodes()[0].boundingBox({ includeLabels: true });
        return [cy.zoom(), w, h];
    }""")
    assert zoom == pytest.approx(1.6)
    assert (wide < 165, high < 50) == (True, True)  # the box alone is 152 by 40, and has a border
    assert page.locator(".journal-graph-view").bounding_box()["height"] < 250


def test_an_entry_s_own_graph_leads_to_its_neighbours(visit: Visit) -> None:
    page = visit(ENTRY, java_script_enabled=False)
    page.locator('svg a[href*="2026-02-03-chinese"]').first.click()
    assert heading(page) == SCRIPTS["chinese"][0]


def test_hostile_text_stays_text(visit: Visit, site: Path) -> None:
    page = visit("index.html")
    for place in [place for kind, place in {**KINDS, **MORE}.items() if "hostile" in kind]:
        page.goto(f"{site.as_uri()}/{named(site, place)}")
        assert "<script>window.pwned=1</script>" in page.locator(".md-content").text_content(), place
        live = page.locator("img[src='x'], [onerror], script:not([type='application/json'])")
        made = live.evaluate_all(
            "all => all.filter(each => !each.src || each.matches('img')).map(each => each.outerHTML)"
        )
        assert [each for each in made if "pwned" in each] == [], place
        assert page.evaluate("window.pwned") is None


def test_hostile_text_stays_text_where_scripts_write_it(visit: Visit) -> None:
    page = visit("entries/index.html")
    page.get_by_role("checkbox", name=HOSTILE).first.check()
    page.locator(".journal-explorer__found li").first.wait_for()
    assert len(search(page, "zebra")) >= 4
    page.goto(page.url.partition("#")[0].replace("index.html", "2026-02-20-zebra.html"))
    page.locator(NUMBER).first.click()
    assert page.locator(CARD).is_visible()
    assert live(page).is_visible()
    page.goto(page.url.partition("entries/")[0] + "lineage/index.html")
    page.locator(".journal-graph[data-drawn]").wait_for()
    page.get_by_role("searchbox", name="Find an entry, commit or run").fill("zebra")
    playwright.expect(page.locator(".journal-graph-said")).to_contain_text("1 of")


def test_no_page_scrolls_sideways_on_a_phone_and_none_complains(visit: Visit, site: Path) -> None:
    page = visit("index.html", **PHONE)
    wide = []
    for kind, place in {**KINDS, **MORE}.items():
        page.goto(f"{site.as_uri()}/{named(site, place)}")
        if is_wider(page):
            wide.append(kind)
        if kind == "home":
            assert page.locator(".journal-tally").bounding_box()["height"] < 20  # a thin bar, as wide as it may be
        if kind in KINDS:
            shot(page, f"{kind}-phone")
    assert wide == []


SCHEMES = {
    "light": ("default", ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]),
    "dark": ("slate", ["color-contrast", "link-in-text-block"]),  # the rest is the same in any colours
}
"""What the page calls each, and the rules of axe that are looked at in it."""


def barriers(page: Any, kind: str, pictures: str = "") -> list[str]:
    """What axe finds on a page that follows the system, in light and in dark.

    Args:
        page: The page.
        kind: What it is called.
        pictures: What pictures of it are called; none are kept without.
    """
    axe = pytest.importorskip("axe_playwright_python.sync_playwright", reason="axe-playwright-python is not installed")
    page.evaluate(axe.Axe().axe_script)
    found = []
    for scheme, (name, rules) in SCHEMES.items():
        page.emulate_media(color_scheme=scheme)
        page.wait_for_function("name => document.body.dataset.mdColorScheme === name", arg=name)
        settled(page)
        if pictures:
            shot(page, f"{pictures}-{scheme}")
        options = {"runOnly": rules, "resultTypes": ["violations"], "preload": False}
        for each in page.evaluate("options => axe.run(options)", options)["violations"]:
            told = [f"{node['html']} {node['failureSummary']}" for node in each["nodes"]]
            found += [f"{kind}, {scheme}: {each['id']}: {node}" for node in told]
    return found


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind != "hostile"])
def test_axe_finds_nothing_in_light_and_dark(visit: Visit, kind: str) -> None:
    page = visit(KINDS[kind])
    if kind == "lineage":
        page.locator(".journal-graph[data-drawn]").wait_for()
    assert barriers(page, kind, kind) == []


def test_axe_finds_nothing_in_what_a_search_shows_nor_on_lists(visit: Visit, site: Path) -> None:
    page = visit("index.html")
    search(page, "clamp")
    found = barriers(page, "search")
    for kind in ("runs", "tags", "authors", "superseded"):
        page.goto(f"{site.as_uri()}/{named(site, MORE[kind])}")
        found += barriers(page, kind)
    assert found == []
