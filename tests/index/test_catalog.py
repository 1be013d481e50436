from __future__ import annotations

import multiprocessing
import os
import shutil
import sqlite3
import time
from contextlib import closing
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from journal.document import store
from journal.errors import ConfigError, EntryError, FrontMatterError
from journal.index import kept, stamps, upkeep
from journal.index.catalog import Catalog
from journal.index.journal import Journal
from journal.model.life import Status
from shelf import CREATED, Shelf

if TYPE_CHECKING:
    from pathlib import Path

ONE, TWO, THREE = "2026-02-21-one", "2026-02-22-two", "2026-02-23-three"


@pytest.fixture
def shelf(tmp_path: Path) -> Shelf:
    return Shelf(tmp_path)


@pytest.fixture
def settled(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let every stamp be believed at once."""
    monkeypatch.setattr(stamps, "SETTLED_NS", 0)


@pytest.fixture
def reads(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The names of the files that are read."""
    found: list[str] = []
    read = store.read

    def noted(path: Path) -> store.Stored:
        found.append(path.stem)
        return read(path)

    monkeypatch.setattr(store, "read", noted)
    return found


def titles(shelf: Shelf) -> dict[str, str]:
    with Catalog(shelf.config).update() as catalog:
        return {card.id: card.title for card in catalog.entries}


def test_it_knows_what_the_entries_say(shelf: Shelf) -> None:
    matter = (
        "status: running\ntags: [a, b]\nauthors: [{name: Ada, kind: human}]\ncommits: [{sha: 721e94a, note: floor}]\n"
        "runs: [{id: fej59g91, as: ipa}]\npredictions: [{claim: less, expect: median(sat/frac)@ipa < 0.7}]\n"
    )
    body = (
        "[1](run:ipa 'last(train/loss)')\n\n<!-- journal:table\nmetrics: [val/loss, {acc: top/one}]\n-->\n"
        "<!-- /journal:table -->\n\n<!-- journal:table two\nvalues: {ratio: mean(a/b)@ipa / mean(c)@ipa}\n-->\n"
        "<!-- /journal:table -->\n\n<!-- journal:align\nmetric: spikes\nwith: [norm]\n-->\n<!-- /journal:align -->\n"
        "<!-- journal:plot\nmetrics: [{curve: drawn}]\n-->\n<!-- /journal:plot -->\n"
        "<!-- journal:table broken\nmetrics: [\n-->\n<!-- /journal:table -->\n"
    )
    shelf.write(ONE, body, title="First", matter=matter)
    (entry,) = Journal.open(shelf.root).entries
    with Catalog(shelf.config).update() as catalog:
        (card,) = catalog.entries
        assert (card.id, card.path, card.title, card.promises) == (ONE, f"entries/{ONE}.md", "First", True)
        assert card.front_matter == entry.front_matter
        assert card.front_matter.status is Status.RUNNING
        assert card.metrics == ["val/loss", "top/one", "a/b", "c", "spikes", "norm", "drawn", "train/loss", "sat/frac"]
        assert card.cited == ["ipa"]


def test_entries_stand_as_they_do_in_the_journal(shelf: Shelf) -> None:
    shelf.write("a", created="2026-02-21T23:00:00+00:00")
    shelf.write("b", created="2026-02-22T01:00:00+08:00")  # earlier: 17:00 UTC
    shelf.write("c", created="2026-02-21T23:00:00Z")
    shelf.write("d", created="2026-02-21T23:00:00.5Z")
    shelf.write("e", created="1969-12-31T23:00:00Z")
    with Catalog(shelf.config).update() as catalog:
        assert [card.id for card in catalog.entries] == [entry.id for entry in Journal.open(shelf.root).entries]


def test_a_file_that_is_no_entry_is_told_of_as_the_journal_does(shelf: Shelf) -> None:
    shelf.write(ONE)
    shelf.put("bad", b"---\ntitle: [\n---\n")
    shelf.put("wrong", b"---\ntitle: x\ncreated: yesterday\n---\n")
    shelf.put("open", b"---\ntitle: x\ncreated: 2026-02-21T00:00:00Z\n---\n<!-- journal:table -->\n")
    shelf.put(os.fsdecode(b"caf\xe9"), b"x")
    for _ in range(2):
        with Catalog(shelf.config).update() as catalog:
            told = [(type(error), str(error)) for error in catalog.problems]
            assert [card.id for card in catalog.entries] == [ONE]
        assert told == [(type(error), str(error)) for error in Journal.open(shelf.root).problems]
    assert {kind for kind, _ in told} >= {FrontMatterError, EntryError}


@pytest.mark.usefixtures("settled")
def test_only_what_was_touched_is_read_again(shelf: Shelf, reads: list[str]) -> None:
    shelf.write(ONE)
    shelf.write(TWO)
    assert titles(shelf) == {ONE: ONE, TWO: TWO}
    reads.clear()
    assert titles(shelf) == {ONE: ONE, TWO: TWO}
    assert reads == []
    shelf.write(TWO, title="Changed")
    shelf.write(THREE)
    assert titles(shelf) == {ONE: ONE, TWO: "Changed", THREE: THREE}
    assert sorted(reads) == [TWO, THREE]


def test_a_file_that_was_touched_just_now_is_looked_at_again(
    shelf: Shelf, reads: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    now = time.time_ns()
    monkeypatch.setattr(stamps, "stamp", lambda *_: [5, now, now, 7])  # a clock that ticks rarely
    shelf.write(ONE, title="first")
    assert titles(shelf) == {ONE: "first"}
    shelf.write(ONE, title="other")
    assert titles(shelf) == {ONE: "other"}
    reads.clear()
    before = shelf.kept.stat().st_mtime_ns
    assert titles(shelf) == {ONE: "other"}
    assert reads == [ONE]
    assert shelf.kept.stat().st_mtime_ns == before  # nothing new was written


@pytest.mark.usefixtures("settled")
def test_a_file_that_was_only_touched_keeps_its_place(shelf: Shelf) -> None:
    path = shelf.write(ONE)
    titles(shelf)
    os.utime(path, (1, 1))
    assert titles(shelf) == {ONE: ONE}
    with closing(sqlite3.connect(shelf.kept)) as connection:
        assert connection.execute("SELECT number, stamp LIKE '%, 1000000000, %' FROM entries").fetchall() == [(1, 1)]


def test_what_is_gone_is_forgotten(shelf: Shelf) -> None:
    shelf.write(ONE, "sigma")
    shelf.write(TWO, "sigma").rename(shelf.entries / f"{THREE}.md")
    assert shelf.search("sigma") == [THREE, ONE]
    (shelf.entries / f"{ONE}.md").unlink()
    assert shelf.search("sigma") == [THREE]
    assert titles(shelf) == {THREE: TWO}


def test_an_entry_that_vanishes_while_it_is_read_is_left_out(shelf: Shelf, monkeypatch: pytest.MonkeyPatch) -> None:
    shelf.write(ONE)
    shelf.write(TWO)
    read = store.read

    def vanishing(path: Path) -> store.Stored:
        if path.stem == ONE:
            path.unlink()
        return read(path)

    monkeypatch.setattr(store, "read", vanishing)
    with Catalog(shelf.config).update() as catalog:
        assert [card.id for card in catalog.cards] == [TWO]


def test_an_entry_that_may_not_be_read_is_a_problem_until_it_may(shelf: Shelf, monkeypatch: pytest.MonkeyPatch) -> None:
    shelf.write(ONE)

    def refuse(path: Path) -> store.Stored:
        raise EntryError("cannot be read: Permission denied", path=path, hint="x")

    with monkeypatch.context() as patch:
        patch.setattr(store, "read", refuse)
        for _ in range(2):
            with Catalog(shelf.config).update() as catalog:
                assert [str(error) for error in catalog.problems] == [
                    f"entries/{ONE}.md: cannot be read: Permission denied (x)"
                ]
    assert titles(shelf) == {ONE: ONE}


@pytest.mark.usefixtures("settled")
def test_words_of_what_changed_are_laid_anew_before_they_count(shelf: Shelf) -> None:
    for number in range(3 * upkeep.WORN):
        shelf.write(ONE, f"sigma word{number}")
        assert shelf.search("sigma") == [ONE]
        assert shelf.search(f"word{number - 1}") == []
    with closing(sqlite3.connect(shelf.kept)) as connection:
        (laid,) = connection.execute("SELECT count(*) FROM words_docsize").fetchone()
    assert laid <= upkeep.WORN + 1
    assert shelf.search(f"word{number}") == [ONE]


@pytest.mark.parametrize(
    "damage",
    [b"", b"not a database", b"SQLite format 3\0" + b"\xff" * 5000, "middle", "tables", "version", "half"],
    ids=["empty", "text", "header", "middle", "tables", "version", "half"],
)
def test_a_damaged_file_is_made_anew(shelf: Shelf, damage: bytes | str) -> None:
    for number in range(40):
        shelf.write(f"2026-02-21-{number}", f"sigma word{number} " * 50)
    titles(shelf)
    raw = shelf.kept.read_bytes()
    if isinstance(damage, bytes):
        shelf.kept.write_bytes(damage)
    elif damage == "middle":
        shelf.kept.write_bytes(raw[:4096] + bytes(len(raw) - 8192) + raw[-4096:])
    elif damage == "half":
        shelf.kept.write_bytes(raw[: len(raw) // 2])
    else:
        with closing(sqlite3.connect(shelf.kept)) as connection:
            statement = "DROP TABLE texts" if damage == "tables" else "UPDATE version SET name = 'other'"
            connection.execute(statement)
            connection.commit()
    assert len(titles(shelf)) == 40
    assert shelf.search("sigma word7") == ["2026-02-21-7"]
    with closing(sqlite3.connect(shelf.kept)) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        assert connection.execute("SELECT count(*) FROM texts").fetchone() == (40,)


def test_another_version_of_the_programme_begins_anew(shelf: Shelf, monkeypatch: pytest.MonkeyPatch) -> None:
    shelf.write(ONE, "sigma")
    titles(shelf)
    first = shelf.kept.stat().st_ino
    titles(shelf)
    assert shelf.kept.stat().st_ino == first
    monkeypatch.setattr(kept, "FORMAT", 99)
    assert shelf.search("sigma") == [ONE]
    with closing(sqlite3.connect(shelf.kept)) as connection:
        assert connection.execute("SELECT name FROM version").fetchone()[0].startswith("99 ")


def test_without_a_folder_of_entries_nothing_stays_open(shelf: Shelf) -> None:
    shelf.entries.rmdir()
    catalog = Catalog(shelf.config)
    with pytest.raises(ConfigError, match="is not there"):
        catalog.update()
    assert catalog._connection is None


def test_other_settings_begin_anew(shelf: Shelf) -> None:
    shelf.write(ONE, "sigma")
    titles(shelf)
    (shelf.root / "journal.toml").write_text('evidence = "elsewhere"\n')
    assert shelf.search("sigma") == [ONE]
    with closing(sqlite3.connect(shelf.kept)) as connection:
        assert '"evidence":"elsewhere"' in connection.execute("SELECT name FROM version").fetchone()[0]


def test_a_file_that_another_version_takes_over_is_left_to_it(shelf: Shelf, monkeypatch: pytest.MonkeyPatch) -> None:
    shelf.write(ONE, "sigma")
    with Catalog(shelf.config).update() as ours:
        monkeypatch.setattr(kept, "FORMAT", 99)
        shelf.write(TWO, "sigma")
        titles(shelf)
        before = shelf.kept.read_bytes()
        monkeypatch.undo()
        shelf.write(THREE, "sigma")
        assert sorted(card.id for card in ours.update().entries) == [ONE, TWO, THREE]
        assert shelf.kept.read_bytes() == before


def refuse_derived(monkeypatch: pytest.MonkeyPatch, shelf: Shelf) -> list[str]:
    """Let nothing be written to the file, also by the superuser, who is never refused; the files that are tried."""
    connect, tried = sqlite3.connect, list[str]()

    def read_only(path: str, **options: Any) -> Any:
        if path.startswith("/"):
            tried.append(path)
            path, options["uri"] = f"file:{path}?mode=ro", True
        return connect(path, **options)

    assert shelf.root.is_absolute()
    monkeypatch.setattr(sqlite3, "connect", read_only)
    return tried


def test_where_nothing_can_be_written_memory_does(shelf: Shelf, monkeypatch: pytest.MonkeyPatch) -> None:
    shelf.write(ONE, "sigma")
    tried = refuse_derived(monkeypatch, shelf)
    assert shelf.search("sigma") == [ONE]
    assert tried == [str(shelf.kept)]
    assert not shelf.kept.exists()


@pytest.mark.usefixtures("settled")
def test_what_can_be_read_only_is_brought_up_to_date_in_memory(
    shelf: Shelf, monkeypatch: pytest.MonkeyPatch, reads: list[str]
) -> None:
    shelf.write(ONE, "sigma")
    titles(shelf)
    shelf.write(TWO, "sigma")
    before = shelf.kept.read_bytes()
    reads.clear()
    refuse_derived(monkeypatch, shelf)
    assert shelf.search("sigma") == [TWO, ONE]
    assert set(reads) == {TWO}
    assert shelf.kept.read_bytes() == before


@pytest.mark.parametrize("there", ["link", "folder", "elsewhere", "file"])
def test_what_is_in_the_way_is_left_alone(shelf: Shelf, tmp_path_factory: pytest.TempPathFactory, there: str) -> None:
    shelf.write(ONE, "sigma")
    outside = tmp_path_factory.mktemp("outside")
    (outside / "precious").write_text("x")
    if there == "elsewhere":
        (shelf.root / ".journal").symlink_to(outside)
    elif there == "file":
        (shelf.root / ".journal").write_text("x")
    else:
        shelf.config.make_derived()
        shelf.kept.mkdir() if there == "folder" else shelf.kept.symlink_to(outside / "precious")
    assert shelf.search("sigma") == [ONE]
    assert sorted(path.name for path in outside.iterdir()) == ["precious"]
    assert (outside / "precious").read_text() == "x"


def test_a_file_that_stays_locked_is_done_without(shelf: Shelf, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kept, "BUSY_SECONDS", 0.05)
    shelf.write(ONE, "sigma")
    titles(shelf)
    shelf.write(TWO, "sigma")
    with closing(sqlite3.connect(shelf.kept, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        assert shelf.search("sigma") == [TWO, ONE]
        other.execute("ROLLBACK")
        other.execute("BEGIN EXCLUSIVE")
        assert shelf.search("sigma") == [TWO, ONE]
    assert titles(shelf) == {TWO: TWO, ONE: ONE}


def bring_up_to_date(root: Path) -> int:
    with Catalog(Shelf(root).config).update() as catalog:
        return len(catalog.entries)


def test_several_programmes_may_do_it_at_once(shelf: Shelf) -> None:
    for number in range(150):
        shelf.write(f"2026-02-21-{number}", "sigma")
    with multiprocessing.get_context("spawn").Pool(3) as pool:
        assert pool.map(bring_up_to_date, [shelf.root] * 3) == [150] * 3
    with closing(sqlite3.connect(shelf.kept)) as connection:
        assert connection.execute("SELECT count(*), count(DISTINCT path) FROM entries").fetchone() == (150, 150)
        assert connection.execute("SELECT count(*) FROM words_docsize").fetchone() == (150,)


@pytest.mark.usefixtures("settled")
def test_states_are_worked_out_where_something_was_touched(shelf: Shelf) -> None:
    block = "<!-- journal:table\nmetrics: [loss]\n-->\n<!-- /journal:table -->\n"
    shelf.write(ONE, block)
    shelf.write(TWO)
    evidence = shelf.root / "evidence.json"
    worked: list[str] = []

    def work_out(path: str) -> list[str]:
        worked.append(path)
        return ["stale", f"number {len(worked)}"]

    def states() -> list[str]:
        with Catalog(shelf.config).update() as catalog:
            found = catalog.states(catalog.entries, lambda _: evidence, work_out)
        assert found[f"entries/{TWO}.md"] == []
        return found[f"entries/{ONE}.md"]

    assert states() == states() == ["stale", "number 1"]
    evidence.write_text("{}")
    assert states() == states() == ["stale", "number 2"]
    shelf.write(ONE, f"{block}more\n")
    assert states() == states() == ["stale", "number 3"]
    assert set(worked) == {f"entries/{ONE}.md"}
    with closing(sqlite3.connect(shelf.kept)) as connection:
        assert connection.execute("SELECT count(*) FROM states").fetchone() == (1,)


@pytest.mark.parametrize("has_evidence", [True, False])
def test_states_are_not_remembered_of_what_was_touched_just_now(shelf: Shelf, has_evidence: bool) -> None:
    shelf.write(ONE, "[1](run:x 'last(loss)')\n")
    evidence = shelf.root / "evidence.json" if has_evidence else None
    worked: list[str] = []

    def work_out(path: str) -> list[str]:
        worked.append(path)
        return ["stale"]

    for _ in range(2):
        with Catalog(shelf.config).update() as catalog:
            assert catalog.states(catalog.entries, lambda _: evidence, work_out) == {f"entries/{ONE}.md": ["stale"]}
    assert len(worked) == 2


STEMS = st.sampled_from(["a", "b", "c"])
TEXTS = st.sampled_from(
    [b"---\ntitle: %d\ncreated: 2026-02-21\n---\n" % number for number in range(3)]
    + [f"---\ntitle: {word}\ncreated: {CREATED}\n---\n{word} sigma\n".encode() for word in ("one", "two", "three")]
)


@pytest.mark.untraced
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=st.lists(st.tuples(STEMS, st.none() | TEXTS), max_size=8))
def test_whatever_happens_to_the_files_it_knows_what_a_new_one_would(
    tmp_path_factory: pytest.TempPathFactory, steps: list[tuple[str, bytes | None]]
) -> None:
    shelf = Shelf(tmp_path_factory.mktemp("journal"))
    for stem, raw in steps:
        if raw is None:
            (shelf.entries / f"{stem}.md").unlink(missing_ok=True)
        else:
            shelf.put(stem, raw)
        with Catalog(shelf.config).update() as catalog:
            cards = catalog.cards
        found = shelf.search("sigma")
        shutil.rmtree(shelf.root / ".journal")
        with Catalog(shelf.config).update() as catalog:
            assert catalog.cards == cards
        assert sorted(shelf.search("sigma")) == sorted(found)
