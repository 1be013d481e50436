from __future__ import annotations

import json
import os
import shutil
from typing import TYPE_CHECKING

import pytest
from site_journal import TABLE, SiteJournal, make_run

from journal.errors import SiteError
from journal.site import generate as generating
from journal.site.generate import gather, generate
from journal.site.laid import FILE

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from journal.index.journal import Journal
    from journal.site.contents import Contents
    from journal.site.generate import Generated

SHIPPED = {"assets/journal.css", "assets/journal.js"}
GATHER = gather
VALIDATED = TABLE.replace("losses", "validated").replace("train/loss", "val/loss")


def docs(lab: SiteJournal) -> Path:
    return lab.root / ".journal" / "docs"


def found(lab: SiteJournal) -> set[str]:
    return {path.relative_to(docs(lab)).as_posix() for path in docs(lab).rglob("*") if path.is_file()}


def test_pages_and_assets_are_written_where_git_ignores_them(tmp_path: Path) -> None:
    lab = SiteJournal(tmp_path)
    lab.entry("2026-02-21-a")
    generated = generate(lab.journal)
    assert found(lab) == set(generated.written)
    assert found(lab) >= SHIPPED | {"index.md", "entries/index.md", "tags/index.md", "entries/2026-02-21-a.md"}
    assert generated.pages == len(found(lab))
    assert (tmp_path / ".journal/.gitignore").read_text() == "*\n"


def test_a_page_is_written_only_when_its_bytes_change(tmp_path: Path) -> None:
    lab = SiteJournal(tmp_path)
    lab.entry("2026-02-20-a")
    lab.entry("2026-02-21-b")
    generate(lab.journal)
    page = docs(lab) / "entries/2026-02-20-a.md"
    os.utime(page, (1, 1))
    assert generate(lab.journal).written == ()
    lab.entry("2026-02-21-b", "Other words.\n")
    written = generate(lab.journal).written
    assert "entries/2026-02-21-b.md" in written
    assert "entries/2026-02-20-a.md" not in written
    assert page.stat().st_mtime == 1


def raws(lab: SiteJournal) -> dict[str, bytes]:
    return {path: (docs(lab) / path).read_bytes() for path in sorted(found(lab))}


def anew(lab: SiteJournal) -> dict[str, bytes]:
    """The files of a build from nothing."""
    shutil.rmtree(lab.root / ".journal")
    generate(lab.journal)
    return raws(lab)


def while_pages_are_made(monkeypatch: pytest.MonkeyPatch, lab: SiteJournal, change: Callable[[], object]) -> Generated:
    """Generate, and let something change when all has been gathered and no page is made."""

    def gathered(journal: Journal) -> Contents:
        contents = GATHER(journal)
        change()
        return contents

    with monkeypatch.context() as patched:
        patched.setattr(generating, "gather", gathered)
        return generate(lab.journal)


@pytest.mark.parametrize("meanwhile", [None, b"{", b"other"])
def test_a_digest_that_is_away_or_another_while_pages_are_made_leaves_no_trace(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, meanwhile: bytes | None
) -> None:
    lab = SiteJournal(tmp_path)
    lab.with_runs(make_run("r1", {"train/loss": [3.0, 2.0], "val/loss": [3.0, 1.0]}))
    lab.fill(lab.entry("2026-02-20-a", TABLE + VALIDATED, runs=[{"id": "r1", "as": "base"}]))
    (place,) = (lab.root / "evidence/runs").iterdir()
    raw = place.read_bytes()
    other = raw.replace(b"2.0", b"2.5") if meanwhile == b"other" else meanwhile
    assert other != raw
    made = while_pages_are_made(monkeypatch, lab, place.unlink if other is None else lambda: place.write_bytes(other))
    wrong = raws(lab)
    assert [problem.path for problem in made.problems] == ([f"evidence/runs/{place.name}"] if other == b"{" else [])
    place.write_bytes(raw)
    written = set(generate(lab.journal).written)
    right = raws(lab)
    assert written == {path for path, found in wrong.items() if found != right[path]} >= {f"runs/{place.stem}.md"}
    assert generate(lab.journal).written == ()
    assert anew(lab) == right


def test_only_what_was_made_while_something_was_away_is_made_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lab = SiteJournal(tmp_path)
    lab.entry("2026-02-19-z")
    lab.with_runs(make_run("r1", {"train/loss": [3.0, 2.0]}))
    lab.fill(lab.entry("2026-02-20-a", TABLE, runs=[{"id": "r1", "as": "base"}]))
    generate(lab.journal)
    (place,) = (lab.root / "evidence/runs").iterdir()
    raw = place.read_bytes()
    lab.entry("2026-02-20-a", TABLE, title="Another", runs=[{"id": "r1", "as": "base"}])
    while_pages_are_made(monkeypatch, lab, place.unlink)
    before = json.loads((lab.root / ".journal" / FILE).read_bytes().partition(b"\n")[2])
    assert before["entries/2026-02-20-a.md"][0] == ""
    assert before["entries/2026-02-19-z.md"][0] != ""
    place.write_bytes(raw)
    generate(lab.journal)
    after = json.loads((lab.root / ".journal" / FILE).read_bytes().partition(b"\n")[2])
    assert [path for path, (made_of, _) in after.items() if made_of == ""] == []


def test_pages_of_removed_entries_and_tags_disappear(tmp_path: Path) -> None:
    lab = SiteJournal(tmp_path)
    lab.entry("2026-02-20-a", tags=["x"])
    gone = lab.root / lab.entry("old/2026-02-21-b", tags=["y"])
    generate(lab.journal)
    gone.unlink()
    assert set(generate(lab.journal).removed) >= {"entries/old/2026-02-21-b.md", "tags/y.md"}
    assert not (docs(lab) / "entries/old").exists()
    assert (docs(lab) / "tags/x.md").exists()


def test_links_in_the_generated_folder_are_removed_and_never_followed(tmp_path: Path) -> None:
    lab = SiteJournal(tmp_path / "journal")
    generate(lab.journal)
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "kept.txt").write_text("kept")
    (docs(lab) / "away").symlink_to(outside)
    assert generate(lab.journal).removed == ("away",)
    assert (outside / "kept.txt").read_text() == "kept"


def test_a_file_may_take_the_place_of_a_folder(tmp_path: Path) -> None:
    lab = SiteJournal(tmp_path)
    (docs(lab) / "index.md/sub").mkdir(parents=True)
    (docs(lab) / "index.md/sub/x").write_text("")
    generate(lab.journal)
    assert (docs(lab) / "index.md").is_file()


def test_an_entry_that_cannot_be_read_is_reported_and_its_page_says_so(tmp_path: Path) -> None:
    lab = SiteJournal(tmp_path)
    lab.entry("2026-02-20-a")
    lab.write("entries/2026-02-21-b.md", "---\ntitle: [\n---\n")
    generated = generate(lab.journal)
    assert [problem.path for problem in generated.problems] == ["entries/2026-02-21-b.md"]
    assert "2026-02-21-b.md" in (docs(lab) / "entries/2026-02-21-b.md").read_text()
    assert "2026-02-21-b.md" in (docs(lab) / "index.md").read_text()


def test_an_entry_whose_evidence_is_broken_is_shown_and_reported(tmp_path: Path) -> None:
    lab = SiteJournal(tmp_path)
    lab.with_runs(make_run("r1", {"train/loss": [1.0]}))
    lab.fill(lab.entry("2026-02-21-a", TABLE, runs=[{"id": "r1", "as": "base"}]))
    lab.write("evidence/2026-02-21-a.json", "[]")
    generated = generate(lab.journal)
    assert [problem.path for problem in generated.problems] == ["evidence/2026-02-21-a.json"]
    assert "entries/2026-02-21-a.md" in found(lab)


def test_an_entry_may_not_take_the_place_of_the_list(tmp_path: Path) -> None:
    lab = SiteJournal(tmp_path)
    lab.entry("index")
    generated = generate(lab.journal)
    assert [problem.path for problem in generated.problems] == ["entries/index.md"]
    assert "# Entries\n\nNo entries yet." in (docs(lab) / "entries/index.md").read_text()


def test_pictures_are_published_only_when_an_entry_links_to_them(tmp_path: Path) -> None:
    lab = SiteJournal(tmp_path / "lab")
    for name in ("a.png", "b c.png", "d.svg", "e.png", "unused.png", ".hidden.png", "secret.txt"):
        lab.write(f"entries/img/{name}", b"picture")
    (tmp_path / "outside.png").write_bytes(b"picture")
    (lab.root / "entries/img/link.png").symlink_to(tmp_path / "outside.png")
    body = (
        "![a](img/a.png) ![b](<img/b%20c.png> 'title') ![out](../../outside.png) ![out](img/link.png)\n"
        '<img src="img/d.svg?x#y"> ![gone](img/gone.png) ![no](img/.hidden.png) ![no](/etc/hostname) ![n](%00)\n\n'
        "[e]: img/e.png\n"
    )
    lab.entry("2026-02-21-a", body)
    generate(lab.journal)
    pictures = {path for path in found(lab) if path.startswith("entries/img/")}
    assert pictures == {f"entries/img/{name}" for name in ("a.png", "b c.png", "d.svg", "e.png")}
    assert not [path for path in found(lab) if "outside" in path]


def times_around(lab: SiteJournal, change: Callable[[], object]) -> tuple[bool, bool]:
    """Whether the page of entry `a` keeps its time while nothing changes, and after a change elsewhere."""
    page = docs(lab) / "entries/2026-02-20-a.md"
    os.utime(page, (1, 1))
    generate(lab.journal)
    before = page.stat().st_mtime == 1
    change()
    generate(lab.journal)
    return before, page.stat().st_mtime == 1


def test_what_the_text_of_a_block_names_is_published_and_renews_its_page(tmp_path: Path) -> None:
    lab = SiteJournal(tmp_path)
    text = "by hand, see [b](2026-02-21-b.md) and ![p](p.png)\n<!-- /journal:table"
    lab.entry("2026-02-20-a", "A ` here.\n\n" + TABLE.replace("<!-- /journal:table", text) + "\nA ` there.\n")
    lab.write("entries/p.png", b"x")
    generate(lab.journal)
    assert "entries/p.png" in found(lab)
    assert times_around(lab, lambda: lab.entry("2026-02-21-b")) == (True, False)


def test_a_file_whose_name_is_no_utf_8_is_shown_and_pages_are_still_renewed(tmp_path: Path) -> None:
    lab = SiteJournal(tmp_path, 'title = "A"\ndocs = "own"\n')
    lab.entry("2026-02-20-a", "See [b](2026-02-21-b.md).\n")
    lab.write(os.fsdecode(b"own/p\xff.png"), b"x")
    generate(lab.journal)
    assert os.fsdecode(b"docs/p\xff.png") in found(lab)
    assert times_around(lab, lambda: lab.entry("2026-02-21-b")) == (True, False)


def test_own_pages_stand_below_docs_with_a_list_where_they_have_no_first_page(tmp_path: Path) -> None:
    lab = SiteJournal(tmp_path, 'docs = "pages"\n')
    lab.write("pages/how.md", "intro\n\n# How we *run* <b>these</b> [things] #\n")
    lab.write("pages/more/untitled.md", "words\n")
    lab.write("pages/more/plot.png", b"\x89PNG")
    lab.write("pages/.secret", "no")
    generate(lab.journal)
    own = {path for path in found(lab) if path.startswith("docs/")}
    assert own == {"docs/index.md", "docs/how.md", "docs/more/untitled.md", "docs/more/plot.png"}
    assert (
        (docs(lab) / "docs/index.md")
        .read_text()
        .endswith("- [How we run these &#91;things&#93;](how.md)\n- [untitled](more/untitled.md)\n")
    )
    lab.write("pages/README.md", "# Ours\n")
    assert generate(lab.journal).removed == ("docs/index.md",)


def test_own_pages_that_are_linked_from_elsewhere_stay_out(tmp_path: Path) -> None:
    lab = SiteJournal(tmp_path / "journal", 'docs = "pages"\n')
    (tmp_path / "private.md").write_text("# Private\n")
    lab.write("pages/a.md", "# A\n")
    (lab.root / "pages/leak.md").symlink_to(tmp_path / "private.md")
    generate(lab.journal)
    assert "docs/leak.md" not in found(lab)


@pytest.mark.parametrize("folder", [".", "entries", ".journal", ".journal/docs", "nowhere", "..", "entries/sub"])
def test_own_pages_need_a_folder_of_their_own(tmp_path: Path, folder: str) -> None:
    lab = SiteJournal(tmp_path / "journal", f'docs = "{folder}"\n')
    (lab.root / ".journal/docs").mkdir(parents=True)
    (lab.root / "entries/sub").mkdir()
    with pytest.raises(SiteError) as caught:
        generate(lab.journal)
    assert caught.value.hint
