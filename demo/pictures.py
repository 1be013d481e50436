"""Make the README's pictures again from the demo's site: `make demo pictures`. Needs Chromium on the path."""

import shutil
import sys
from pathlib import Path
from typing import Any

from playwright.sync_api import sync_playwright

ROOT = Path(__file__).resolve().parent.parent
TARGET = ROOT / "docs" / "images"


def main() -> None:
    """Photograph the demo's entry, and its last table with the evidence opened."""
    browser_path = shutil.which("chromium")
    (page_path,) = (ROOT / "build" / "demo" / "site" / "entries").glob("2*.html")
    if browser_path is None:
        sys.exit("no chromium on the path")
    TARGET.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=browser_path, args=["--no-sandbox"])
        page = browser.new_page(viewport={"width": 1240, "height": 1000})
        page.goto(page_path.as_uri())
        page.screenshot(path=TARGET / "entry.png")
        page.set_viewport_size({"width": 1240, "height": 4000})  # all of it, so that nothing scrolls
        evidence = page.locator("details", has_text="Evidence: 9 numbers")
        evidence.locator("summary").click()
        page.wait_for_timeout(500)
        table = page.locator("table", has_text="0.357").first.bounding_box()
        opened = evidence.bounding_box()
        assert table is not None  # noqa: S101  (the demo has just made it)
        assert opened is not None  # noqa: S101
        clip: Any = {
            "x": 0,
            "y": table["y"] - 16,
            "width": 860,
            "height": opened["y"] + opened["height"] - table["y"] + 24,
        }
        page.screenshot(path=TARGET / "table.png", clip=clip)
        browser.close()


if __name__ == "__main__":
    main()
