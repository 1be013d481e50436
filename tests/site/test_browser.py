"""The site in a real browser; left out, with the reason, where Chromium or Playwright is missing."""

from __future__ import annotations

import re
import shutil
import threading
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any

import pytest
from site_journal import TABLE, SiteJournal, make_run

from journal.site.build import build

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
OPTIONS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
PAYLOAD = "<img src=x onerror=window.pwned=1> </title><script>window.pwned=1</script> zebra"

pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="no chromium on the PATH")
playwright: Any = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The built site of a journal with a filled entry and a hostile one."""
    lab = SiteJournal(tmp_path_factory.mktemp("browser"))
    lab.with_runs(make_run("r1", {"train/trans_loss": [3.0, 0.123456789, 0.25], PAYLOAD: [1.0]}, name=PAYLOAD))
    runs = [{"id": "r1", "as": "base", "label": PAYLOAD}]
    table = TABLE.replace("train/loss", "train/trans_loss")
    lab.fill(lab.entry("2026-02-21-clamp", f"## Results\n\nThe softmax saturates.\n\n{table}", runs=runs))
    lab.entry(
        "2026-02-20-zebra",
        f"{PAYLOAD.replace('<', '&lt;')}\n",
        title=PAYLOAD,
        authors=[PAYLOAD],
        tags=[PAYLOAD],
        files=["a/" + "long" * 40 + ".py"],
        commits=[{"sha": "abcdef0", "note": PAYLOAD, "origin": PAYLOAD}],
        runs=[{"id": PAYLOAD}],
        updates=[{"at": "2026-02-22T10:00+08:00", "by": "long" * 40, "status": "inconclusive", "section": PAYLOAD}],
        corrections=[{"was": "long" * 40, "now": PAYLOAD, "reason": PAYLOAD, "by": PAYLOAD}],
        reviews=[{"by": PAYLOAD, "verdict": "verified", "method": "long" * 40, "evidence": "0123abcd"}],
    )
    lab.judge("2026-02-20-zebra", {PAYLOAD: ("contradicted", PAYLOAD, "long" * 40)})
    lab.with_mkdocs()
    return build(lab.journal, strict=True).page.parent


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    """One headless Chromium."""
    with playwright.sync_playwright() as driver:
        chromium = driver.chromium.launch(executable_path=CHROMIUM, args=list(OPTIONS))
        yield chromium
        chromium.close()


@pytest.fixture(scope="module")
def served(site: Path) -> Iterator[str]:
    """The address of the site on a plain web server."""

    class Quiet(SimpleHTTPRequestHandler):
        def log_message(self, format: str, *args: object) -> None:  # noqa: A002  (the base class's name)
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(site))) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


class Visit:
    """A page in a browser window, and what went wrong on it.

    Attributes:
        page: Playwright's page.
        complaints: Errors on the console, and requests to other hosts.
    """

    def __init__(self, browser: Any, address: str, **options: Any) -> None:
        self.complaints: list[str] = []
        self.page = browser.new_context(**options).new_page()
        self.page.on("console", lambda message: self._hear(message.type, message.text))
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.on("request", lambda request: self._watch(request.url, address))
        self.page.goto(address)

    def _hear(self, kind: str, text: str) -> None:
        if kind in {"error", "warning"}:
            self.complaints.append(text)

    def _watch(self, url: str, address: str) -> None:
        own = re.match(r"\w+://[^/]*/", address)
        if own and not url.startswith((own[0], "data:", "blob:", "about:")):
            self.complaints.append(url)

    def search(self, words: str) -> list[str]:
        """Addresses that the search finds."""
        self.page.locator(".md-search__input").click()
        self.page.locator(".md-search__input").press_sequentially(words)
        results = self.page.locator(".md-search-result__item a.md-search-result__link")
        results.first.wait_for(timeout=10_000)
        return self._settled(results)

    def _settled(self, links: Any) -> list[str]:
        """Where the links lead, once the list has stopped changing under the words that are still being typed."""
        found: list[str] = []
        for _ in range(50):
            before, found = found, links.evaluate_all("links => links.map(link => link.getAttribute('href'))")
            if found and found == before:
                break
            self.page.wait_for_timeout(100)
        return found


def test_a_filled_entry_reads_well_from_a_folder(browser: Any, site: Path) -> None:
    visit = Visit(browser, (site / "entries/2026-02-21-clamp.html").as_uri())
    cells = visit.page.locator(".journal-block tbody :is(th, td)").all_inner_texts()
    assert cells == ["first", "3", "mean", "1.12", "last", "0.250"]
    evidence = visit.page.locator("details.journal-evidence")
    evidence.locator("summary").focus()
    visit.page.keyboard.press("Enter")
    row = evidence.locator("tr", has_text="last(train/trans_loss)@base")
    assert row.is_visible()
    assert row.locator("td").all_inner_texts()[1] == "0.25"
    assert row.locator("td").nth(1).evaluate("cell => getComputedStyle(cell).textAlign") == "right"
    assert (
        visit.page.locator(".journal-block td").nth(0).evaluate("cell => getComputedStyle(cell).textAlign") == "right"
    )
    assert visit.complaints == []


@pytest.mark.parametrize("words", ["saturates", "train/trans_loss", "trans_loss"])
def test_search_finds_words_and_metric_names_from_a_folder_and_from_a_server(
    browser: Any, site: Path, served: str, words: str
) -> None:
    for address in ((site / "index.html").as_uri(), f"{served}/index.html"):
        visit = Visit(browser, address)
        assert "entries/2026-02-21-clamp.html" in visit.search(words)[0]
        assert visit.complaints == []


def test_hostile_text_stays_text_on_the_page_and_among_what_the_search_finds(browser: Any, served: str) -> None:
    for start in ("entries/2026-02-20-zebra.html", "entries/2026-02-21-clamp.html", "index.html", "entries/index.html"):
        visit = Visit(browser, f"{served}/{start}")
        assert visit.search("zebra")
        visit.page.wait_for_timeout(200)
        assert visit.page.evaluate("window.pwned") is None
        assert visit.complaints == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [390, 1280])
def test_no_page_is_wider_than_the_window(browser: Any, site: Path, scheme: str, width: int) -> None:
    entries = ("entries/2026-02-21-clamp.html", "entries/2026-02-20-zebra.html")
    for page in ("index.html", "entries/index.html", "tags/index.html", *entries):
        options = {"viewport": {"width": width, "height": 800}, "color_scheme": scheme}
        visit = Visit(browser, (site / page).as_uri(), **options)
        assert visit.page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), page
        dark = visit.page.evaluate("document.body.dataset.mdColorScheme") == "slate"
        assert dark == (scheme == "dark")
        assert visit.complaints == []


def test_numbers_and_evidence_are_there_without_javascript(browser: Any, site: Path) -> None:
    page = Visit(browser, (site / "entries/2026-02-21-clamp.html").as_uri(), java_script_enabled=False).page
    page.locator("details.journal-evidence summary").click()
    assert page.get_by_text("last(train/trans_loss)@base", exact=True).is_visible()
