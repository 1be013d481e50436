"""What is kept between builds changes nothing but the time they take."""

from __future__ import annotations

import os
import shutil
from typing import TYPE_CHECKING, Any

import pytest
from site_journal import TABLE, SiteJournal, make_run

from journal.index import stamps
from journal.site import generate as generating
from journal.site import known, view
from journal.site.generate import gather, generate
from journal.tables import fill

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from journal.index.journal import Journal
    from journal.site.contents import Contents


@pytest.fixture(autouse=True)
def settled_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Files count as left alone from the start, as those of a journal do that was written a while ago."""
    monkeypatch.setattr(stamps, "SETTLED_NS", -(10**15))


def make(root: Path) -> SiteJournal:
    lab = SiteJournal(root)
    lab.with_runs(make_run("r1", {"train/loss": [3.0, 2.0]}), make_run("r2", {"train/loss": [5.0, 4.0]}))
    lab.fill(lab.entry("2026-02-20-a", TABLE, tags=["x"], runs=[{"id": "r1", "as": "base"}]))
    lab.entry("2026-02-21-b", tags=["x", "y"], follows=["2026-02-20-a"], commits=[{"sha": "abcdef0"}])
    lab.entry("2026-02-22-c", "## Next steps\n\n- [ ] look\n", authors=["Ada"])
    return lab


def files(lab: SiteJournal) -> dict[str, bytes]:
    docs = lab.root / ".journal" / "docs"
    return {path.relative_to(docs).as_posix(): path.read_bytes() for path in sorted(docs.rglob("*")) if path.is_file()}


def test_an_abstract_is_the_same_whether_it_was_kept_or_worked_out(tmp_path: Path) -> None:
    lab = make(tmp_path)
    first = known.read(lab.journal)
    again = known.read(lab.journal)
    assert again.entries == first.entries
    assert again.runs == first.runs
    assert repr(again.entries) == repr(first.entries)
    assert (len(first.views), len(again.views)) == (3, 0)
    assert [run.metrics for run in again.runs.values()] == [("train/loss",)]


def test_only_what_was_touched_is_read_again(tmp_path: Path) -> None:
    lab = make(tmp_path)
    known.read(lab.journal)
    lab.entry("2026-02-21-b", "Other words.\n")
    assert set(known.read(lab.journal).views) == {"entries/2026-02-21-b.md"}
    evidence = tmp_path / "evidence/2026-02-20-a.json"
    evidence.write_bytes(evidence.read_bytes() + b"\n")
    assert set(known.read(lab.journal).views) == {"entries/2026-02-20-a.md"}


def test_an_entry_that_was_written_just_now_is_not_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stamps, "SETTLED_NS", 2_000_000_000)
    lab = make(tmp_path)
    known.read(lab.journal)
    assert len(known.read(lab.journal).views) == 3


def test_an_entry_whose_numbers_cannot_be_traced_is_told_of_each_time(tmp_path: Path) -> None:
    lab = make(tmp_path)
    lab.write("evidence/2026-02-20-a.json", "{")
    assert len(known.read(lab.journal).problems) == 1
    assert len(known.read(lab.journal).problems) == 1


@pytest.mark.parametrize("said", ["", "[]", "{", '{"of": 1}', '{"entries": {"entries/2026-02-20-a.md": 1}}'])
def test_what_is_kept_and_cannot_be_read_is_made_anew(tmp_path: Path, said: str) -> None:
    lab = make(tmp_path)
    first = known.read(lab.journal)
    (tmp_path / ".journal" / known.FILE).write_text(said)
    assert known.read(lab.journal).entries == first.entries


def test_after_any_change_the_pages_are_those_of_a_build_from_nothing(tmp_path: Path) -> None:
    lab = make(tmp_path)
    generate(lab.journal)
    gone = tmp_path / "entries/2026-02-21-b.md"
    changes: list[Callable[[], object]] = [
        lambda: lab.entry(
            "2026-02-23-d", f"New.\n\n{TABLE}", runs=[{"id": "r2", "as": "wide"}], supersedes=["2026-02-20-a"]
        ),
        lambda: lab.fill("entries/2026-02-23-d.md"),
        lambda: lab.entry("2026-02-22-c", "Other.\n", title="Another title", tags=["z"], invalidates=["2026-02-23-d"]),
        lambda: lab.judge("2026-02-22-c", {}, {}),
        gone.unlink,
        lambda: lab.write("journal.toml", 'title = "Other"\n'),
        lambda: lab.write("entries/picture.svg", "<svg/>"),
        lambda: lab.entry("2026-02-24-e", "![](picture.svg)\n", predictions=[{"claim": "it holds", "expect": "1 < 2"}]),
        lambda: lab.entry("2026-02-25-f", related=["2026-02-24-e"]),
        lambda: lab.entry("2026-02-26-g", related=["2026-02-24-e"]),  # what f stands beside has one relation more
        lambda: lab.entry("2026-02-26-g", "Here 4127.8.\n", related=["2026-02-24-e"]),
        lambda: lab.entry("2026-02-24-e", corrections=[{"was": "4127.8", "now": "689"}]),
        lambda: lab.entry("2026-02-24-e", corrections=[{"was": "4127.8", "now": "690"}]),
        lambda: lab.entry("2026-02-24-e", created="2026-02-24T23:00:00-09:00"),
    ]
    for change in changes:
        change()
        generate(lab.journal)
        step_by_step = files(lab)
        for kept in ("site-abstracts.json", "site-pages.json"):
            (tmp_path / ".journal" / kept).unlink()
        generate(lab.journal)
        assert files(lab) == step_by_step


@pytest.mark.parametrize("file", ["entries/2026-02-20-a.md", "evidence/2026-02-20-a.json"])
def test_an_entry_that_is_another_while_its_page_is_made_leaves_no_trace(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, file: str
) -> None:
    lab, real = make(tmp_path), gather
    generate(lab.journal)
    page, place = tmp_path / ".journal/docs/entries/2026-02-20-a.md", tmp_path / file
    raw = place.read_bytes()
    other = raw.replace(b"train/loss", b"train/gain")
    lab.entry("2026-02-21-b", tags=["x"], title="Another", follows=["2026-02-20-a"])  # so a's page is made again

    def gathered(journal: Journal) -> Contents:
        contents = real(journal)
        place.write_bytes(other)
        return contents

    with monkeypatch.context() as patched:
        patched.setattr(generating, "gather", gathered)
        assert generate(lab.journal).problems == ()
    assert b"train/gain" in page.read_bytes()
    place.write_bytes(raw)
    assert "entries/2026-02-20-a.md" in generate(lab.journal).written
    after = files(lab)
    assert generate(lab.journal).written == ()
    shutil.rmtree(tmp_path / ".journal")
    generate(lab.journal)
    assert files(lab) == after


def test_evidence_that_goes_while_its_entry_is_read_leaves_no_trace(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lab, real = make(tmp_path), fill.plan
    place = tmp_path / "evidence/2026-02-20-a.json"
    raw = place.read_bytes()

    def planned(*given: Any, **named: Any) -> Any:
        place.unlink(missing_ok=True)
        return real(*given, **named)

    with monkeypatch.context() as patched:
        patched.setattr(fill, "plan", planned)
        generate(lab.journal)
    wrong = files(lab)
    place.write_bytes(raw)
    generate(lab.journal)
    after = files(lab)
    assert after["entries/2026-02-20-a.md"] != wrong["entries/2026-02-20-a.md"]
    shutil.rmtree(tmp_path / ".journal")
    generate(lab.journal)
    assert files(lab) == after


def test_no_entry_is_read_where_nothing_changed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    lab = make(tmp_path)
    generate(lab.journal)

    def refused(*_: object) -> None:
        raise AssertionError

    monkeypatch.setattr(view, "load", refused)
    assert generate(lab.journal).written == ()


def test_a_page_that_names_one_that_came_or_went_gets_a_new_time(tmp_path: Path) -> None:
    lab = make(tmp_path)
    lab.entry("2026-02-20-n", "See [it](2026-02-25-late.md).\n")
    generate(lab.journal)
    docs = tmp_path / ".journal/docs/entries"
    for page in docs.iterdir():
        os.utime(page, (1, 1))
    generate(lab.journal)
    lab.entry("2026-02-25-late")
    assert "entries/2026-02-20-n.md" not in generate(lab.journal).written
    assert (docs / "2026-02-20-n.md").stat().st_mtime > 1
    assert (docs / "2026-02-22-c.md").stat().st_mtime == 1


def test_when_the_builder_s_settings_change_every_page_gets_a_new_time(tmp_path: Path) -> None:
    lab = make(tmp_path)
    lab.with_mkdocs()
    generate(lab.journal)
    page = tmp_path / ".journal/docs/entries/2026-02-22-c.md"
    os.utime(page, (1, 1))
    (tmp_path / "mkdocs.yml").write_text((tmp_path / "mkdocs.yml").read_text() + "\n")
    generate(lab.journal)
    assert page.stat().st_mtime > 1
