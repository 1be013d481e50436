"""A browser for tests: pages that are visited, what they complain about, and servers for a built site."""

from __future__ import annotations

import shutil
import threading
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from collections.abc import Iterator

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
SCREENSHOTS = Path(__file__).parents[2] / "build" / "screenshots"
PHONE: dict[str, Any] = {"viewport": {"width": 360, "height": 740}}
WAIT = 10_000  # milliseconds, for what takes a fraction of one second
INNER = {"data", "blob", "about"}


class Serving(SimpleHTTPRequestHandler):
    """A folder below a path prefix; anything beside that prefix is not found."""

    def __init__(self, *args: Any, prefix: str, **options: Any) -> None:
        self._prefix = prefix
        super().__init__(*args, **options)

    def translate_path(self, path: str) -> str:
        """The file behind an address."""
        own = path.removeprefix(self._prefix)
        return super().translate_path("/" + own) if path.startswith(self._prefix) else "/nothing-is-here"

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  (the base class's name)
        """Say nothing."""


@contextmanager
def serving(site: Path, prefix: str = "/") -> Iterator[str]:
    """The address of a site on a plain web server, with a slash at its end."""
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(Serving, directory=str(site), prefix=prefix)) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}{prefix}"
        server.shutdown()


@contextmanager
def started() -> Iterator[Any]:
    """A headless Chromium."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=CHROMIUM, args=list(OPTIONS))
        yield browser
        browser.close()


class Window:
    """A window of the browser, and what goes wrong in it.

    Args:
        chromium: Playwright's browser.
        options: Options of Playwright's context.

    Attributes:
        page: Playwright's page.
        complaints: Errors and warnings on the console, and requests to other hosts.
    """

    def __init__(self, chromium: Any, **options: Any) -> None:
        self.complaints: list[str] = []
        self._origin: tuple[str, str] | None = None
        self._context = chromium.new_context(**options)
        self._context.set_default_timeout(WAIT)
        self._context.on("page", self._listen)
        self._scripts = options.get("java_script_enabled", True)
        self.page = self._context.new_page()

    def _listen(self, page: Any) -> None:
        page.on("console", lambda message: self._hear(message.type, message.text))
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.on("request", lambda request: self._watch(request.url))

    def go(self, address: str) -> Any:
        """Open an address; returns Playwright's page."""
        self._origin = urlsplit(address)[:2]
        self.page.goto(address)
        return self.page

    def _hear(self, kind: str, text: str) -> None:
        if kind in {"error", "warning"}:
            self.complaints.append(text)

    def _watch(self, url: str) -> None:
        asked = urlsplit(url)
        if asked.scheme not in INNER and asked[:2] != self._origin:
            self.complaints.append(f"a request to {url}")

    def end(self) -> list[str]:
        """Close the window; returns its complaints, with a payload that ran among them."""
        if self._scripts and any(page.evaluate("window.pwned") is not None for page in self._context.pages):
            self.complaints.append("a payload ran")
        self._context.close()
        return self.complaints


def search(page: Any, words: str) -> list[str]:
    """Addresses that the box in the header finds."""
    box = page.locator(".journal-search__input")
    if not box.is_visible():
        page.locator(".journal-search__open").click()
    box.fill(words)
    page.wait_for_function(
        """words => {
            const told = document.querySelector(".journal-search__told").textContent;
            const options = document.querySelectorAll(".journal-search__list a");
            return document.querySelector(".journal-search__input").value === words && !told.startsWith("Searching")
                && (options.length > 0 || told.startsWith("No match"));
        }""",
        arg=words,
    )
    found: list[str] = page.locator(".journal-search__list [role=group] a").evaluate_all("all => all.map(a => a.href)")
    return found


def settled(page: Any) -> None:
    """Wait until no colour is on its way to another."""
    page.wait_for_function("document.getAnimations().every(each => each.playState !== 'running')")


def shot(page: Any, name: str) -> None:
    """Keep a picture of the whole page among the artifacts."""
    SCREENSHOTS.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=SCREENSHOTS / f"{name}.png", full_page=True)
