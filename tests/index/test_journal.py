from __future__ import annotations

import os
from pathlib import Path

import pytest

from desk import Desk
from journal.errors import ConfigError, EntryNotFound, NotWritable
from journal.index.journal import Journal

MATTER = "---\ntitle: {title}\ncreated: {created}\n---\n"


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk.begin(tmp_path)


def put(desk: Desk, stem: str, created: str = "2026-02-21T19:01:15+08:00") -> None:
    desk.write(f"entries/{stem}.md", MATTER.format(title=stem, created=created))


def test_a_journal_is_found_from_any_folder_below_it(desk: Desk) -> None:
    put(desk, "2026-02-21-one")
    below = desk.root / "src/deep"
    below.mkdir(parents=True)
    for start in (desk.root, below, str(below), desk.root / "entries"):
        journal = Journal.open(start)
        assert journal.config.root == desk.root
        assert [entry.id for entry in journal.entries] == ["2026-02-21-one"]


def test_a_journal_that_is_only_read_keeps_nothing_that_is_derived(desk: Desk) -> None:
    config = Journal.open(desk.root, read_only=True).config
    with pytest.raises(NotWritable, match="is not to be written"):
        config.make_derived()
    assert not Journal.open(desk.root).config.read_only


def test_no_journal_is_an_error_that_says_what_to_run(tmp_path: Path) -> None:
    with pytest.raises(ConfigError) as caught:
        Journal.open(tmp_path)
    assert caught.value.hint == "run `journal init` in your repository"


def test_entries_stand_newest_first_by_the_moment_not_by_the_text(desk: Desk) -> None:
    put(desk, "a", "2026-02-21T23:00:00+00:00")
    put(desk, "b", "2026-02-22T01:00:00+08:00")  # earlier: 17:00 UTC
    put(desk, "c", "2026-02-21T23:00:00Z")  # the same moment as a
    assert [entry.id for entry in Journal.open(desk.root).entries] == ["c", "a", "b"]


def test_hidden_files_readmes_and_other_files_are_no_entries(desk: Desk) -> None:
    put(desk, "2026/02/deep")
    put(desk, "shown")
    for path in (".hidden", ".obsidian/x", "2026/.trash/y", "README", "2026/README"):
        put(desk, path)
    desk.write("entries/notes.txt", "x")
    desk.write("entries/picture.png", b"\x89PNG")
    (desk.root / "entries/folder.md").mkdir()
    assert Journal.open(desk.root).paths == ("entries/2026/02/deep.md", "entries/shown.md")


def test_an_empty_folder_of_entries_is_an_empty_journal(desk: Desk) -> None:
    journal = Journal.open(desk.root)
    assert (journal.paths, journal.entries, journal.problems) == ((), (), ())


def test_a_folder_of_entries_that_is_not_there_is_a_mistake_in_the_settings(desk: Desk) -> None:
    (desk.root / "entries").rmdir()
    with pytest.raises(ConfigError) as caught:
        _ = Journal.open(desk.root).entries
    assert str(caught.value).startswith("journal.toml: the folder of entries, 'entries', is not there")


def test_what_supersedes_an_entry_is_known_to_it(desk: Desk) -> None:
    desk.entry("2026-02-21-old")
    desk.entry("2026-02-22-new", matter="supersedes: [2026-02-21-old, gone]\n")
    desk.entry("2026-02-23-newer", matter="supersedes: [2026-02-21-old]\n")
    relations = Journal.open(desk.root).relations
    assert relations.by("supersedes", "gone") == ("2026-02-22-new",)
    assert relations.inverse("2026-02-21-old")["superseded_by"] == ("2026-02-23-newer", "2026-02-22-new")


def test_a_broken_entry_is_a_problem_and_the_others_are_read(desk: Desk) -> None:
    put(desk, "good")
    desk.write("entries/bad.md", "---\ntitle: [\n---\n")
    desk.write("entries/binary.md", bytes(range(256)))
    desk.write("entries/empty.md", "")
    journal = Journal.open(desk.root)
    assert [entry.id for entry in journal.entries] == ["good"]
    assert [(error.path, error.line is not None) for error in journal.problems] == [
        ("entries/bad.md", True),
        ("entries/binary.md", True),
        ("entries/empty.md", True),
    ]


def test_a_file_whose_name_is_not_utf8_is_a_problem_that_can_be_printed(desk: Desk) -> None:
    put(desk, "good")
    Path(os.fsdecode(os.fsencode(desk.root) + b"/entries/caf\xe9.md")).write_text("x")
    journal = Journal.open(desk.root)
    assert journal.paths == ("entries/good.md",)
    (problem,) = journal.problems
    str(problem).encode()
    assert problem.hint == "rename the file"


@pytest.mark.parametrize(
    "reference",
    [
        *("2026-02-21-one", "2026-02-21-o", "entries/2026/2026-02-21-one.md"),
        *("./entries/2026/2026-02-21-one.md", "entries/../entries/2026/2026-02-21-one.md"),
    ],
)
def test_an_entry_answers_to_its_id_the_beginning_of_it_and_its_path(desk: Desk, reference: str) -> None:
    put(desk, "2026/2026-02-21-one")
    put(desk, "2026-02-21-two")
    assert Journal.open(desk.root).find(reference) == "entries/2026/2026-02-21-one.md"


def test_a_path_may_start_at_the_working_folder_or_be_absolute(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    put(desk, "2026/one")
    monkeypatch.chdir(desk.root / "entries/2026")
    journal = Journal.open()
    assert journal.find("one.md") == journal.find("../2026/one.md") == "entries/2026/one.md"
    assert journal.find(str(desk.root / "entries/2026/one.md")) == "entries/2026/one.md"


def test_a_whole_id_wins_over_the_beginning_of_another(desk: Desk) -> None:
    put(desk, "2026-02-21-one")
    put(desk, "2026-02-21-one-2")
    assert Journal.open(desk.root).find("2026-02-21-one") == "entries/2026-02-21-one.md"


def test_a_broken_entry_can_still_be_named(desk: Desk) -> None:
    desk.write("entries/bad.md", "nothing")
    assert Journal.open(desk.root).find("bad") == "entries/bad.md"


@pytest.mark.parametrize(
    ("reference", "message", "hint"),
    [
        ("2026-02", "is the beginning of several entries", "say more of it: 2026-02-21-one, 2026-02-22-two"),
        ("2026-02-21-eno", "no entry '2026-02-21-eno'", "did you mean 2026-02-21-one"),
        ("zzz", "no entry 'zzz'", "`journal list` shows them all"),
        ("", "no entry ''", "`journal list` shows them all"),
        ("journal.toml", "no entry 'journal.toml'", "`journal list` shows them all"),
        ("../outside.md", "no entry '../outside.md'", "`journal list` shows them all"),
        ("x" * 5000, "no entry 'xxx", "`journal list` shows them all"),
        ("\udcff", "no entry", "`journal list` shows them all"),
    ],
)
def test_a_reference_that_names_no_single_entry_is_an_error_with_the_next_step(
    desk: Desk, reference: str, message: str, hint: str
) -> None:
    put(desk, "2026-02-21-one")
    put(desk, "2026-02-22-two")
    (desk.root.parent / "outside.md").write_text("x")
    with pytest.raises(EntryNotFound) as caught:
        Journal.open(desk.root).find(reference)
    assert message in caught.value.message
    assert hint in str(caught.value.hint)
