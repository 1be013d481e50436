from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from desk import Desk
from journal.authoring.push_notes import RunNotes, notes_of_runs
from journal.config import Reach
from journal.errors import EditedByHand, EntryError, RunNotFound, SourceUnavailable, UsageError
from journal.index.journal import Journal
from journal.sources.registry import Sources
from noted_runs import NotedRuns, with_notes

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

OWN, NEWER = "2026-02-21-own", "2026-03-01-newer"
SITE = "https://lab.example/journal/"
RUNS = "{id: aaaa1111, as: base, role: baseline}, {id: bbbb2222, as: iga, role: candidate}"


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> type[NotedRuns]:
    return with_notes(monkeypatch, aaaa1111="", bbbb2222="Seed 3.\n")


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    desk = Desk.with_runs(tmp_path, ())
    desk.write("mkdocs.yml", f"site_name: Lab\nsite_url: {SITE}\n")
    desk.entry(OWN, "## Results\n\nIt holds.\n", runs=RUNS, matter="status: concluded\n")
    return desk


def found(desk: Desk, wanted: Sequence[str] = ()) -> list[RunNotes]:
    journal = Journal.open(desk.root, reach=Reach(online=True))
    return list(notes_of_runs(journal, Sources(journal.config), f"entries/{OWN}.md", wanted))


def write(desk: Desk, wanted: Sequence[str] = ()) -> list[RunNotes]:
    return [each.write() for each in found(desk, wanted)]


def test_each_run_is_told_its_own_part_in_the_entry(desk: Desk, server: type[NotedRuns]) -> None:
    assert [each.written for each in write(desk)] == [True, True]
    link = f"[{OWN}]({SITE}entries/{OWN}/)"
    assert f"Journal entry {link}: concluded. In it, this run is the baseline `base`." in server.book["aaaa1111"]
    assert "this run is the candidate `iga`.\n\nIt holds.\n\n<!-- /journal" in server.book["bbbb2222"]
    assert server.book["bbbb2222"].startswith("Seed 3.\n\n<!-- journal:entry ")


def test_nothing_is_written_until_it_is_asked_for_and_pushing_twice_changes_nothing(
    desk: Desk, server: type[NotedRuns]
) -> None:
    before = dict(server.book)
    assert all(each.changed and not each.written for each in found(desk))
    assert server.book == before
    write(desk)
    after = dict(server.book)
    server.asked.clear()
    assert not any(each.changed or each.written for each in write(desk))
    assert (server.book, server.of("write_notes")) == (after, [])


def test_servers_are_asked_for_all_runs_of_the_entry_at_once(desk: Desk, server: type[NotedRuns]) -> None:
    found(desk)
    assert server.asked[0] == ("expect", ["aaaa1111", "bbbb2222"])


def test_what_somebody_adds_between_reading_and_writing_is_kept(desk: Desk, server: type[NotedRuns]) -> None:
    (read,) = found(desk, ["iga"])
    server.book["bbbb2222"] += "Do not delete!"
    written = read.write()
    assert written.written
    assert written.before == "Seed 3.\nDo not delete!"
    assert server.book["bbbb2222"].startswith("Seed 3.\nDo not delete!\n\n<!-- journal:entry")


def test_what_somebody_else_has_pushed_meanwhile_is_not_written_again(desk: Desk, server: type[NotedRuns]) -> None:
    (read,) = found(desk, ["iga"])
    write(desk)
    server.asked.clear()
    late = read.write()
    assert (late.changed, late.written, server.of("write_notes")) == (False, False, [])


def test_one_run_that_fails_does_not_stop_the_others(desk: Desk, server: type[NotedRuns]) -> None:
    server.mute.add("aaaa1111")
    first, second = write(desk)
    assert isinstance(first.error, SourceUnavailable)
    assert (first.written, second.written) == (False, True)


def test_a_write_that_fails_is_told_of_its_run(desk: Desk, server: type[NotedRuns]) -> None:
    first, second = found(desk)
    server.mute.add("aaaa1111")
    assert isinstance(first.write().error, SourceUnavailable)
    assert second.write().written


def test_a_part_that_was_changed_by_hand_is_told_with_the_runs_page(desk: Desk, server: type[NotedRuns]) -> None:
    write(desk)
    server.book["aaaa1111"] = spoilt = server.book["aaaa1111"].replace("It holds", "It does not hold")
    first, _ = write(desk)
    assert isinstance(first.error, EditedByHand)
    assert first.page == "https://far.example/lab/toy/runs/aaaa1111"
    assert server.book["aaaa1111"] == spoilt


def test_a_run_that_no_server_has_is_elsewhere(desk: Desk, server: type[NotedRuns]) -> None:
    desk.entry(OWN, runs="here0000, aaaa1111")
    first, second = write(desk)
    assert first.is_elsewhere
    assert isinstance(first.error, RunNotFound)
    assert second.written
    assert f"entry {OWN} -->" in server.book["aaaa1111"]


def test_a_run_under_two_handles_has_one_part_that_tells_of_both(desk: Desk, server: type[NotedRuns]) -> None:
    desk.entry(OWN, runs="{id: aaaa1111, as: base, role: baseline}, {id: lab/toy/aaaa1111, as: again}")
    (told,) = write(desk)
    assert "this run is the baseline `base` and `again`." in told.after
    assert [each.changed for each in found(desk, ["again"])] == [False]
    assert server.of("write_notes") == ["aaaa1111"]


@pytest.mark.parametrize("word", ["iga", "bbbb2222", "lab/toy/bbbb2222"])
def test_runs_are_chosen_by_handle_or_reference(word: str, desk: Desk, server: type[NotedRuns]) -> None:
    assert [each.handle for each in found(desk, [word])] == ["iga"]
    assert server.of("notes") == ["bbbb2222"]


def test_a_run_that_the_entry_does_not_name_is_refused(desk: Desk, server: type[NotedRuns]) -> None:
    with pytest.raises(UsageError, match=r"names no run 'cccc' \(its runs are base, iga\)"):
        found(desk, ["cccc"])
    assert server.of("notes") == []


def test_an_entry_without_runs_has_nobody_to_tell(desk: Desk, server: type[NotedRuns]) -> None:
    desk.entry(OWN)
    with pytest.raises(EntryError, match=r"names no runs.*journal link"):
        found(desk)
    assert server.asked == []


@pytest.mark.parametrize(
    ("status", "relation", "first"),
    [
        ("concluded", "invalidates", "**Invalid:**"),
        ("superseded", "invalidates", "**Invalid:**"),
        ("concluded", "supersedes", "**Superseded:**"),
        ("invalid", "supersedes", "**Invalid:**"),
        ("invalid", "related", "**Invalid:**"),
        ("superseded", "related", "**Superseded:**"),
    ],
)
@pytest.mark.usefixtures("server")
def test_what_another_entry_took_the_place_of_says_so_first(status: str, relation: str, first: str, desk: Desk) -> None:
    desk.entry(OWN, "## Results\n\nIt holds.\n", runs="aaaa1111", matter=f"status: {status}\n")
    desk.entry(NEWER, matter=f"{relation}: [{OWN}]\n")
    (told,) = found(desk)
    assert told.text.startswith(first)
    assert "It holds" not in told.text
    assert (f"See [{NEWER}]({SITE}entries/{NEWER}/)" in told.text) is (relation != "related")
