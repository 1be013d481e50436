"""Whatever happened to a site since, `journal build` makes what a build from nothing makes."""

from __future__ import annotations

import os
import shutil
from typing import TYPE_CHECKING

import pytest
from built_html import files_of
from site_journal import SiteJournal

from journal.site.build import build

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

SETUP = "# Setup\n\nWords.\n"
ALL = '{% extends "base.html" %}{% block footer %}{% for file in pages %}{{ file.url }} {% endfor %}{% endblock %}'


@pytest.fixture
def lab(tmp_path: Path) -> SiteJournal:
    """A journal whose site stands, with a page of the user in its navigation."""
    lab = SiteJournal(tmp_path / "lab")
    lab.write("journal.toml", 'docs = "own"\n')
    lab.write("own/setup.md", SETUP)
    lab.write("own/b", "a file")
    lab.entry("2026-02-20-a", "Words.\n")
    lab.with_mkdocs()
    settings = (lab.root / "mkdocs.yml").read_text()
    assert "  - Home: index.md\n" in settings
    settings = settings.replace("  - Home: index.md\n", "  - Home: index.md\n  - Setup: docs/setup.md\n")
    lab.write("mkdocs.yml", settings.replace("  name: material\n", "  name: material\n  custom_dir: theme\n"))
    (lab.root / "theme").mkdir()
    build(lab.journal)
    return lab


def marked(lab: SiteJournal) -> None:
    lab.write("own/setup.md", f"---\nstatus: new\n---\n\n{SETUP}")
    build(lab.journal)
    lab.entry("2026-02-21-b")


def listed(lab: SiteJournal) -> None:
    lab.write("theme/main.html", ALL)
    build(lab.journal)
    lab.entry("2026-02-21-b")


def folder_for_file(lab: SiteJournal) -> None:
    (lab.root / "own/b").unlink()
    lab.write("own/b/x.md", SETUP)


def overwritten(lab: SiteJournal) -> None:
    (lab.root / "site/entries/2026-02-20-a.html").write_text("theirs")


@pytest.mark.parametrize(
    "change",
    [
        lambda lab: (lab.root / "own/setup.md").unlink(),
        marked,
        listed,
        folder_for_file,
        overwritten,
    ],
)
def test_the_site_is_that_of_a_build_from_nothing(lab: SiteJournal, change: Callable[[SiteJournal], None]) -> None:
    change(lab)
    site = build(lab.journal).page.parent
    found = files_of(site)
    shutil.rmtree(site)
    shutil.rmtree(lab.root / ".journal")
    assert found == files_of(build(lab.journal).page.parent)


def test_nothing_is_written_through_a_link_in_the_site(lab: SiteJournal) -> None:
    site, outside = lab.root / "site", lab.root.parent / "outside"
    (site / "boards").rename(outside)
    (site / "boards").symlink_to(outside)
    (site / "entries/2026-02-20-a.html").rename(outside / "page.html")
    (site / "entries/2026-02-20-a.html").symlink_to(outside / "page.html")
    theirs = (outside / "page.html", outside / "index.html")
    for page in theirs:
        page.write_text("theirs")
        os.utime(page, (1, 1))
    lab.entry("2026-02-20-a", "Other words.\n")
    build(lab.journal)
    assert [page.read_text() for page in theirs] == ["theirs", "theirs"]
    assert "Other words." in (site / "entries/2026-02-20-a.html").read_text()
