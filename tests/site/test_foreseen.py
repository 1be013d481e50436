"""What MkDocs found out before the pages lay there: it holds, or is found out again."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest
from built_html import files_of
from site_journal import SiteJournal

from journal.site import builder, running
from journal.site.generate import generate
from journal.site.laid import folder_of

if TYPE_CHECKING:
    from pathlib import Path

CHANGING = """
import sys
from pathlib import Path
from journal.site import builder

class Meanwhile:
    def readline(self):  # the builder has looked around by now, and asks whether the pages lie there
        root, pages = Path(sys.argv[2]).parent, Path(sys.argv[3])
        site = root / "site"
        exec(sys.argv[1])
        return builder.PAGES_LIE_THERE

    def __getattr__(self, name):
        return getattr(sys.__stdin__, name)

sys.stdin = Meanwhile()
sys.exit(builder.main(sys.argv[2:]))
"""

WRITE = '(pages / "{}").write_text("# A page\\n\\nIts words.\\n")'
KEEPS = WRITE.format("entries/2026-02-20-a.md")


@pytest.fixture
def lab(tmp_path: Path) -> SiteJournal:
    """A journal whose site stands, made by a build that found nothing to start from."""
    lab = SiteJournal(tmp_path)
    for name in ("2026-02-20-a", "2026-02-21-b", "2026-02-22-c"):
        lab.entry(name, "Words.\n")
    lab.with_mkdocs()
    generate(lab.journal)
    assert built(lab) == []
    return lab


def built(lab: SiteJournal, change: str = "pass") -> list[str]:
    """What a build says, in which pages change once MkDocs has looked around."""
    arguments = [change, str(lab.root / "mkdocs.yml"), str(folder_of(lab.journal.config)), "--apart"]
    done = subprocess.run(
        [sys.executable, "-P", "-c", CHANGING, *arguments],
        cwd=lab.root,
        env={**running.environment(), "SOURCE_DATE_EPOCH": "1700000000"},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    answers = [json.loads(line) for line in done.stdout.splitlines()]
    assert (done.returncode, "page" in answers[-1]) == (0, True), done.stderr
    return [answer["message"] for answer in answers[:-1]]


def from_nothing(lab: SiteJournal) -> dict[str, bytes]:
    """The site that a build makes with nothing to start from."""
    shutil.rmtree(lab.root / "site")
    (lab.root / ".journal" / builder.FINISHED).unlink()
    built(lab)
    return files_of(lab.root / "site")


@pytest.mark.parametrize(
    "change",
    [
        KEEPS,
        WRITE.format("entries/2026-02-23-d.md"),
        '(pages / "entries/2026-02-22-c.md").unlink()',
        f'{WRITE.format("entries/2026-02-23-d.md")}; (pages / "entries/2026-02-22-c.md").unlink()',
        '(pages / "entries/2026-02-20-a.md").rename(pages / "entries/README.md")',
        '(pages / "more").mkdir(); (pages / "more/x.md").write_text("# More\\n"); (pages / "more/x.svg").touch()',
        '(pages / "assets/journal.css").write_text("p {}")',
    ],
)
def test_the_site_is_that_of_a_build_from_nothing(lab: SiteJournal, change: str) -> None:
    before = files_of(lab.root / "site")
    built(lab, change)
    after = files_of(lab.root / "site")
    assert after != before
    assert after == from_nothing(lab)


TEMPLATE = "{{% extends 'base.html' %}}{{% block footer %}}{}{{% endblock %}}"


def test_a_template_that_changes_meanwhile_shows_on_all_pages(lab: SiteJournal) -> None:
    settings = (lab.root / "mkdocs.yml").read_text()
    lab.write("mkdocs.yml", settings.replace("  name: material\n", "  name: material\n  custom_dir: theme\n"))
    lab.write("theme/main.html", TEMPLATE.format("old words"))
    built(lab)
    built(lab, f'(root / "theme/main.html").write_text({TEMPLATE.format("new words")!r})')
    pages = list((lab.root / "site").rglob("*.html"))
    assert {"new words" in page.read_text() for page in pages if page.name != "404.html"} == {True}


@pytest.mark.parametrize(
    "change",
    [
        '(site / "entries/2026-02-21-b.html").write_text("theirs")',
        '(site / "entries/2026-02-21-b.html").unlink()',
        '(site / "entries").rename(root / "else"); (site / "entries").symlink_to(root / "else")',
    ],
)
def test_what_somebody_does_to_the_site_meanwhile_does_not_last(lab: SiteJournal, change: str) -> None:
    built(lab, f"{change}; {KEEPS}")
    outside = lab.root / "else/2026-02-20-a.html"
    assert not outside.exists() or "Its words." not in outside.read_text()
    found = files_of(lab.root / "site")
    assert found == from_nothing(lab)


@pytest.mark.parametrize("target", [".", "else"])
def test_a_link_among_the_pages_that_goes_meanwhile_is_not_followed(lab: SiteJournal, target: str) -> None:
    lab.write("else/x.md", "# Not ours\n")
    pages = folder_of(lab.journal.config)
    (pages / "link").symlink_to(lab.root / target)
    built(lab, '(pages / "link").unlink()')
    assert not (lab.root / "site/link").exists()
    assert files_of(lab.root / "site") == from_nothing(lab)


def test_a_page_that_nobody_changed_is_not_built_again(lab: SiteJournal) -> None:
    others = [lab.root / "site/entries/2026-02-21-b.html", lab.root / "site/boards/index.html"]
    before = [page.stat().st_mtime_ns for page in others]
    built(lab, KEEPS)
    assert "Its words." in (lab.root / "site/entries/2026-02-20-a.html").read_text()
    assert [page.stat().st_mtime_ns for page in others] == before


def test_a_plugin_may_still_say_how_pages_are_addressed(lab: SiteJournal) -> None:
    settings = (lab.root / "mkdocs.yml").read_text()
    assert "\nuse_directory_urls: false" in settings
    assert "\nplugins:\n" in settings
    settings = settings.replace("\nuse_directory_urls: false", "\nuse_directory_urls: true")
    lab.write("mkdocs.yml", settings.replace("\nplugins:\n", "\nplugins:\n  - offline\n"))
    built(lab)
    built(lab, KEEPS)
    after = files_of(lab.root / "site")
    assert "Its words." in after["entries/2026-02-20-a.html"].decode()
    assert after == from_nothing(lab)


def test_what_is_said_of_the_files_is_said_once(lab: SiteJournal) -> None:
    pages = folder_of(lab.journal.config)
    (pages / "boards/README.md").write_text("# Another\n")
    for change in ("pass", KEEPS, WRITE.format("entries/2026-02-23-d.md")):
        said = [message for message in built(lab, change) if "README.md" in message]
        assert len(said) == 1, change
        assert "conflicts" in said[0]
