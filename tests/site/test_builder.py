"""The builder in several processes: run as the journal runs it, but told that few pages are worth a process."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from typing import Any

import pytest
from built_html import files_of
from site_journal import TABLE, SiteJournal, make_run

from journal.site import builder, running
from journal.site.generate import generate
from journal.site.laid import folder_of

SHARED = """
import sys
from mkdocs import utils
from journal.site import builder

def copy(source, target, copy=utils.copy_file):
    if target.endswith("sitemap.xml"):  # which is a template, and filled in by one of them
        raise SystemExit("a template was copied as it is")
    copy(source, target)

utils.copy_file = copy
builder.LEAST, builder.processes = 1, lambda: int(sys.argv[1])
sys.exit(builder.main(sys.argv[2:]))
"""


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> SiteJournal:
    lab = SiteJournal(tmp_path_factory.mktemp("shared"))
    lab.with_runs(make_run("r1", {"train/loss": [3.0, 2.0, 1.0]}))
    lab.fill(lab.entry("2026-02-21-a", TABLE, tags=["x"], runs=[{"id": "r1"}]))
    lab.entry("2026-02-22-b", "See [it](2026-02-21-a.md) and ![](x.png).\n", follows=["2026-02-21-a"])
    lab.write("entries/x.png", b"\x89PNG")
    lab.with_mkdocs()
    generate(lab.journal)
    return lab


def built(
    lab: SiteJournal, *options: str, shared: int = 1, told: str = builder.PAGES_LIE_THERE
) -> tuple[int, list[dict[str, Any]]]:
    program = ["-c", SHARED, str(shared)] if shared > 1 else [builder.__file__]
    arguments = [str(lab.root / "mkdocs.yml"), str(folder_of(lab.journal.config)), "--apart", *options]
    done = subprocess.run(
        [sys.executable, "-P", *program, *arguments],
        cwd=lab.root,
        env={**running.environment(), "SOURCE_DATE_EPOCH": "1700000000"},
        input=told,
        capture_output=True,
        text=True,
        check=False,
    )
    return done.returncode, [json.loads(line) for line in done.stdout.splitlines()]


def test_several_processes_build_the_very_site_that_one_builds(lab: SiteJournal) -> None:
    sites = []
    for shared in (1, 2, 3):
        (lab.root / ".journal" / builder.FINISHED).unlink(missing_ok=True)  # nothing is left to a build before
        code, answers = built(lab, shared=shared)
        assert (code, [sorted(answer) for answer in answers]) == (0, [["page"]])
        sites.append(files_of(lab.root / "site"))
    assert len(sites[0]) > 30
    assert sites[1] == sites[0]
    assert sites[2] == sites[0]


@pytest.mark.parametrize(("new", "is_whole"), [("2026-02-22-b.md", False), ("*.md", True)])
def test_where_most_pages_are_new_several_processes_build_all(lab: SiteJournal, new: str, is_whole: bool) -> None:
    built(lab)
    other = lab.root / "site/assets/journal.css"
    before = other.stat().st_mtime_ns
    for page in folder_of(lab.journal.config).rglob(new):
        os.utime(page)
    built(lab, shared=3)
    assert (other.stat().st_mtime_ns != before) is is_whole


@pytest.mark.parametrize("shared", [1, 3])
def test_a_warning_about_one_page_fails_a_strict_build_whoever_builds_that_page(lab: SiteJournal, shared: int) -> None:
    settings = (lab.root / "mkdocs.yml").read_text()
    lab.write("mkdocs.yml", settings.replace("not_found: info", "not_found: warn"))
    page = folder_of(lab.journal.config) / "entries/2026-02-22-b.md"
    text = page.read_text()
    page.write_text(f"{text}\n[nowhere](none.md)\n")
    try:
        code, answers = built(lab, "--strict", shared=shared)
    finally:
        page.write_text(text)
        lab.write("mkdocs.yml", settings)
    assert (code, any("page" in answer for answer in answers)) == (1, False)
    assert sum("none.md" in answer["message"] for answer in answers) == 1


def test_a_builder_that_is_not_told_that_the_pages_lie_there_leaves_the_site_alone(lab: SiteJournal) -> None:
    built(lab)
    page, finished = lab.root / "site/index.html", lab.root / ".journal" / builder.FINISHED
    before = page.stat(), finished.read_bytes()
    assert built(lab, told="") == (1, [{"level": "ERROR", "message": "the pages were not made"}])
    assert (page.stat(), finished.read_bytes()) == before
