from __future__ import annotations

import re
import sys
from importlib import resources
from typing import TYPE_CHECKING

import pytest
from mkdocs.utils.yaml import yaml_load
from site_journal import TABLE, SiteJournal, make_run

from journal.errors import SiteError
from journal.site.alone.one_file import EXTENSIONS, one_file

if TYPE_CHECKING:
    from pathlib import Path

PIXEL = b"\x89PNG\r\n\x1a\n"
ADDRESS = "site_url: https://lab.example/notes/\n"


@pytest.fixture
def own(tmp_path: Path) -> SiteJournal:
    return SiteJournal(tmp_path)


def shown(own: SiteJournal, path: str) -> str:
    return one_file(own.journal, path).decode()


def test_the_extensions_are_those_of_a_new_journal() -> None:
    file = resources.files("journal.authoring") / "skeleton" / "mkdocs.yml"
    text = re.sub(r"\{\{ title \}\}", "x", file.read_text("utf-8"))
    asked = yaml_load(text)["markdown_extensions"]
    assert [next(iter(each)) if isinstance(each, dict) else each for each in asked] == list(EXTENSIONS)


def test_one_file_holds_text_style_pictures_and_evidence_and_asks_nobody_for_anything(own: SiteJournal) -> None:
    own.write("entries/pictures/a b.png", PIXEL)
    own.with_runs(make_run("abc123", {"train/loss": [2.0, 1.0]}))
    body = f"## Context\n\nWords.\n\n![A curve](pictures/a%20b.png)\n\n- [ ] a step\n\n{TABLE}"
    path = own.entry("2026-02-21-a", body, runs=[{"id": "abc123", "role": "candidate"}])
    own.fill(path)
    html = shown(own, path)
    assert '<img alt="A curve" src="data:image/png;base64,iVBORw0KGgo=">' in html
    assert 'id="journal-note-1"' in html
    assert "--journal-green" in html
    assert not re.findall(r"(?:src|href)=\"(?!#|data:)|<script|<link|url\(|@import", html)
    assert '<span role="img" aria-label="open">☐</span>' in html
    assert "<input" not in html
    assert html == shown(own, path)


def test_nothing_may_run_or_be_fetched_by_its_policy(own: SiteJournal) -> None:
    html = shown(own, own.entry("2026-02-21-a", "<script>alert(1)</script>\n"))
    (policy,) = re.findall(r'Content-Security-Policy" content="([^"]*)"', html)
    assert policy.split("; ")[0] == "default-src 'none'"
    assert "script-src" not in policy
    assert "alert" not in html


def test_links_to_other_pages_are_whole_addresses_where_the_site_has_one(own: SiteJournal) -> None:
    own.entry("2026-02-20-b", title="Before")
    path = own.entry("2026-02-21-a", "[b](2026-02-20-b.md#next) [here](#context) [out](https://a.example/?x&y)\n")
    text = shown(own, path)
    assert "<span>b</span>" in text
    assert '<a href="https://a.example/?x&amp;y" rel="noopener noreferrer">out</a>' in text
    for folders, end in ((True, "/"), (False, ".html")):
        own.write("mkdocs.yml", f"{ADDRESS}use_directory_urls: {str(folders).lower()}\n")
        text = shown(own, path)
        assert f'href="https://lab.example/notes/entries/2026-02-20-b{end}#next"' in text
        assert f'href="https://lab.example/notes/entries/2026-02-21-a{end}"' in text
        assert '<a href="#context">here</a>' in text


def test_no_address_leads_out_of_the_journal_nor_into_a_script(own: SiteJournal) -> None:
    own.write("mkdocs.yml", ADDRESS)
    (own.root.parent / "secret.png").write_bytes(PIXEL)
    body = "[a](javascript:alert(1)) [b](../../x.md) [c](//evil.example/)\n\n![d](../../secret.png)\n"
    html = shown(own, own.entry("2026-02-21-a", body))
    assert not re.findall("javascript|evil.example|base64", html)
    assert "<em>d (not shown)</em>" in html


def test_a_picture_that_lies_beyond_the_entries_is_shown(own: SiteJournal) -> None:
    own.write("figures/loss.png", PIXEL)
    html = shown(own, own.entry("2026-02-21-a", "![d](../figures/loss.png)\n"))
    assert 'src="data:image/png;base64,' in html


def test_a_title_is_text_wherever_it_stands(own: SiteJournal) -> None:
    own.write("journal.toml", 'title = "<b>Lab</b> {{ text }}"\n')
    html = shown(own, own.entry("2026-02-21-a", title="</title><b>x</b> {{ style }}"))
    assert not re.findall(r"<b>|\{\{ text \}\}</title>", html)
    assert html.count("/* What the theme does for the site") == 1


def test_dark_colours_are_for_dark_screens_alone(own: SiteJournal) -> None:
    html = shown(own, own.entry("2026-02-21-a"))
    assert "@media screen and (prefers-color-scheme: dark)" in html
    assert '[data-md-color-scheme="' not in html
    dark = html.index("--md-default-fg-color--light: rgb(226")
    assert html.rindex(":root:root", 0, dark) > html.rindex("}", 0, dark)


def test_without_python_markdown_the_extra_to_install_is_named(
    own: SiteJournal, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = own.entry("2026-02-21-a")
    monkeypatch.setattr("journal.site.alone.one_file.find_spec", lambda name: None if name == "markdown" else sys)
    with pytest.raises(SiteError, match=r"experiment-journal\[site\]"):
        one_file(own.journal, path)
