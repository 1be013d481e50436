import os
from pathlib import Path

import pytest
from site_journal import TABLE, SiteJournal, make_run

from journal.errors import SiteError
from journal.site.generate import generate

SHIPPED = {"assets/journal.css", "assets/journal.js"}


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
    lab = SiteJournal(tmp_path)
    for name in ("a.png", "b c.png", "d.svg", "e.png", "unused.png", ".hidden.png", "secret.txt"):
        lab.write(f"entries/img/{name}", b"picture")
    lab.write("outside.png", b"picture")
    (lab.root / "entries/img/link.png").symlink_to(lab.root / "outside.png")
    body = (
        "![a](img/a.png) ![b](<img/b%20c.png> 'title') ![out](../outside.png) ![out](img/link.png)\n"
        '<img src="img/d.svg?x#y"> ![gone](img/gone.png) ![no](img/.hidden.png) ![no](/etc/hostname) ![n](%00)\n\n'
        "[e]: img/e.png\n"
    )
    lab.entry("2026-02-21-a", body)
    generate(lab.journal)
    pictures = {path for path in found(lab) if path.startswith("entries/img/")}
    assert pictures == {f"entries/img/{name}" for name in ("a.png", "b c.png", "d.svg", "e.png")}
    assert not [path for path in found(lab) if "outside" in path]


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
