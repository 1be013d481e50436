import re
from html import unescape
from pathlib import Path
from posixpath import dirname, join, normpath
from urllib.parse import unquote

from site_journal import TABLE, SiteJournal, make_run

from journal.site.pages import render


def make(root: Path) -> SiteJournal:
    lab = SiteJournal(root)
    lab.with_runs(make_run("r1", {"train/loss": [3.0, 2.0]}))
    lab.fill(lab.entry("2026-02-21-a", TABLE, tags=["b", "a"], runs=[{"id": "r1", "as": "base"}]))
    lab.entry("2026-02-21-b", tags=["a"], created="2026-02-21T19:01:15+08:00")
    return lab


def test_there_is_a_page_for_every_entry_and_tag_and_those_that_lead_there(tmp_path: Path) -> None:
    assert set(render(make(tmp_path).contents)) >= {
        "entries/2026-02-21-a.md",
        "entries/2026-02-21-b.md",
        "entries/index.md",
        "index.md",
        "tags/a.md",
        "tags/b.md",
        "tags/index.md",
    }


def test_the_same_journal_gives_the_same_bytes(tmp_path: Path) -> None:
    first = render(make(tmp_path / "one").contents)
    assert render(make(tmp_path / "two").contents) == first
    assert str(tmp_path).encode() not in b"".join(first.values())


def test_every_link_between_pages_leads_to_one(tmp_path: Path) -> None:
    lab = make(tmp_path)
    lab.entry('odd/2026-02-22 (1) "q" <i>&#38;ü', tags=["Ä/ö <b>", ".."], follows=["2026-02-21-a"])
    pages = render(lab.contents)
    built = {finished(path) for path in pages}
    links = 0
    for path, page in pages.items():
        if not path.endswith(".md"):
            continue
        for target in re.findall(r"\]\(([^)]+)\)", page.decode()):
            links += 1
            assert normpath(join(dirname(path), unquote(target.partition("#")[0]))) in pages
        for address in re.findall(r' href="([^"]+)"', page.decode()):
            target = unquote(unescape(address).partition("#")[0])
            if target and not re.match(r"[a-z]+:", target):
                links += 1
                assert normpath(join(finished(path), target)) in built, (path, address)
    assert links > 50


def finished(path: str) -> str:
    """The folder that a page is built into, or the file as it is."""
    return normpath(path.removesuffix("index.md") if path.endswith("index.md") else path.removesuffix(".md"))


def test_an_empty_journal_has_its_pages_too(tmp_path: Path) -> None:
    assert set(render(SiteJournal(tmp_path).contents)) >= {"entries/index.md", "index.md", "tags/index.md"}
