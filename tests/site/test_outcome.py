"""Whatever happened to a site since, `journal build` makes what a build from nothing makes."""

from __future__ import annotations

import os
import shutil
import time
from typing import TYPE_CHECKING

import pytest
from built_html import files_of
from mkdocs.config import load_config
from site_journal import SiteJournal

from journal.site import builder
from journal.site.build import build
from journal.site.generate import generate
from journal.site.laid import folder_of
from journal.site.outcome import stands_apart

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


def taken_by_page(lab: SiteJournal) -> None:
    lab.write("theme/docs/b", "of the theme")
    build(lab.journal)
    (lab.root / "own/b").unlink()


def of_one_moment(lab: SiteJournal) -> None:
    """A disk may keep times of whole seconds: a page and what was built of it before have the same."""
    lab.entry("2026-02-20-a", "Other words.\n")
    page = generate(lab.journal).folder / "entries/2026-02-20-a.md"
    built = (lab.root / "site/entries/2026-02-20-a.html").stat().st_mtime_ns
    os.utime(page, ns=(built, built))


def clock_set_back(lab: SiteJournal) -> None:
    ahead = time.time_ns() + 3600 * 10**9
    for path in (lab.root / "site").rglob("*"):
        os.utime(path, ns=(ahead, ahead))
    finished = lab.root / ".journal" / builder.FINISHED
    first = (lab.root / "site/index.html").stat()
    finished.write_text(f"{finished.read_text().split()[0]} {first.st_size} {first.st_mtime_ns}")
    os.utime(finished, ns=(ahead, ahead))
    lab.entry("2026-02-20-a", "Other words.\n")


def two_of_one_outcome(lab: SiteJournal) -> None:
    lab.write("mkdocs.yml", (lab.root / "mkdocs.yml").read_text().replace("urls: false", "urls: true"))
    lab.write("own/x.md", "# A file\n")
    lab.write("own/x/index.md", "# A folder\n")
    build(lab.journal)
    lab.write("own/x.md", "# A file that changed\n")


def icon_drawn_anew(lab: SiteJournal) -> None:
    emoji = "  - pymdownx.emoji:\n      options:\n        custom_icons: [icons]\n"
    generator = "      emoji_index: !!python/name:material.extensions.emoji.twemoji\n"
    generator += "      emoji_generator: !!python/name:material.extensions.emoji.to_svg\n"
    lab.write("mkdocs.yml", (lab.root / "mkdocs.yml").read_text() + emoji + generator)
    lab.write("icons/own/x.svg", '<svg><path d="M1 1"/></svg>')
    lab.write("own/setup.md", "# Setup\n\n:own-x:\n")
    assert "M1 1" in (build(lab.journal).page.parent / "docs/setup.html").read_text()
    lab.write("icons/own/x.svg", '<svg><path d="M2 2"/></svg>')


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
        taken_by_page,
        of_one_moment,
        clock_set_back,
        two_of_one_outcome,
        icon_drawn_anew,
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


def apart(lab: SiteJournal) -> bool:
    return stands_apart(load_config(str(lab.root / "mkdocs.yml"), docs_dir=str(folder_of(lab.journal.config))))


@pytest.mark.parametrize(
    "head",
    [
        "---\nstatus: new\n---\n",
        "---\nsubtitle: Read me first\n---\n",
        '---\n"icon": x\n---\n',
        "---\n{status: new}\n---\n",
        "status: new\n",
        "\ufeff---\nstatus: new\n---\n",
    ],
)
def test_a_mark_in_the_navigation_is_seen_however_it_is_written(lab: SiteJournal, head: str) -> None:
    assert apart(lab)
    lab.write("own/setup.md", f"---\ndescription: status\n---\n\n{SETUP}")
    generate(lab.journal)
    assert apart(lab)
    lab.write("own/setup.md", f"{head}\n{SETUP}")
    generate(lab.journal)
    assert not apart(lab)


@pytest.mark.parametrize(
    ("template", "expected"),
    [
        ('<nav class="md-nav md-nav--primary">{% include "partials/nav.html" %}{{ page.title }}</nav>', True),
        ("{% for file in pages %}{{ file.url }}{% endfor %}", False),
        ("{{ nav.homepage.toc }}", False),
        ("{% for item in nav %}{{ item.title }}{% endfor %}", False),
        ("{% if page.next_page %}{{ page.next_page.meta }}{% endif %}", False),
        ("{{ build_date_utc }}", False),
    ],
)
def test_a_template_that_shows_other_pages_is_seen(lab: SiteJournal, template: str, expected: bool) -> None:
    lab.write("theme/main.html", template)
    assert apart(lab) is expected


def test_a_template_of_any_name_is_seen_and_so_is_one_among_the_pages(lab: SiteJournal) -> None:
    settings = (lab.root / "mkdocs.yml").read_text()
    lab.write("theme/llms.md", "{{ pages }}")
    assert apart(lab)
    more = "custom_dir: theme\n  static_templates: [llms.md]\n"
    lab.write("mkdocs.yml", settings.replace("custom_dir: theme\n", more))
    assert not apart(lab)
    lab.write("mkdocs.yml", f"{settings}\nextra_templates: [docs/b]\n")
    assert not apart(lab)
