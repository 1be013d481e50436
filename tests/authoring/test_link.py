from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

import pytest

from desk import Desk, refuse_runs, truth
from journal.authoring.link import Link, Linked, Wanted, link
from journal.document.document import parse
from journal.errors import (
    AmbiguousRun,
    EntryNotFound,
    RunNotFound,
    SourceUnavailable,
    UnknownRevision,
    UsageError,
)
from journal.index.journal import Journal
from journal.model.run import RunHead
from journal.revisions import Repository
from journal.sources.registry import Sources

if TYPE_CHECKING:
    from pathlib import Path

    from journal.model.entry import FrontMatter

RUNS_USED = ("large016", "large031", "plain016", "plain031")
OWN = "2026-02-21-own"


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    desk = Desk.with_runs(tmp_path, RUNS_USED)
    desk.entry(OWN, "Words.\n")
    for stem in ("2026-02-19-older", "2026-02-20-old"):
        desk.entry(stem)
    return desk


def linked(desk: Desk, reference: str = OWN, /, **wanted: Any) -> Linked:
    relations = {key: wanted.pop(key) for key in list(wanted) if key not in {"runs", "commits", "unseen"}}
    journal = Journal.open(desk.root)
    repository = Repository.find(desk.root)
    return link(journal, Sources(journal.config), repository, reference, Wanted(relations=relations, **wanted))


def matter(desk: Desk, stem: str = OWN) -> FrontMatter:
    return parse(desk.read(stem).encode(), f"entries/{stem}.md").entry.front_matter


def test_runs_stand_with_reference_handle_role_and_label_as_in_a_new_entry(desk: Desk) -> None:
    done = linked(desk, runs=["baseline:plain031", "large031"])
    assert [each.target for each in done.links if each.added] == ["plain031", "large031"]
    assert [(ref.id, ref.role, ref.label) for ref in matter(desk).runs] == [
        ("plain031", "baseline", truth("plain031")["name"]),
        ("large031", None, truth("large031")["name"]),
    ]
    assert done.entry.front_matter == matter(desk)


def test_a_display_name_is_the_handle_of_one_run_only(desk: Desk) -> None:
    class Found:
        """Sources in which every id is a run of the same name."""

        def find(self, asked: str) -> RunHead:
            return RunHead(id=asked, name="ipa", place=asked)

    link(Journal.open(desk.root), cast("Sources", Found()), None, OWN, Wanted(runs=["a1b2c3d4", "e5f6a7b8"]))
    assert [(ref.id, ref.alias, ref.label) for ref in matter(desk).runs] == [
        ("a1b2c3d4", "ipa", None),
        ("e5f6a7b8", None, "ipa"),
    ]


def test_commits_stand_with_their_subject(desk: Desk) -> None:
    sha = desk.commit("fix: clamp, then log\n\nAt length.")
    assert linked(desk, commits=["HEAD"]).links == (Link("commits", sha[:7], added=True),)
    assert [(ref.sha, ref.note) for ref in matter(desk).commits] == [(sha[:7], "fix: clamp, then log")]
    desk.commit("use ghp_" + "a1B2c3D4" * 5)
    linked(desk, commits=["HEAD"])
    assert matter(desk).commits[1].note == "use (hidden)"


def test_only_one_side_is_written_and_only_its_front_matter_grows(desk: Desk) -> None:
    before = desk.files()
    linked(desk, follows=["2026-02-20"], results_of=["2026-02-19"], related=["2026-02-20-old", "2026-02-19-older"])
    after = desk.files()
    assert [path for path in after if after[path] != before.get(path)] == [f"entries/{OWN}.md"]
    lines = before[f"entries/{OWN}.md"].decode().splitlines()
    added = [line for line in desk.read(OWN).splitlines() if line not in lines]
    assert added == [
        "follows: [2026-02-20-old]",
        "results_of: [2026-02-19-older]",
        "related: [2026-02-20-old, 2026-02-19-older]",
    ]
    assert desk.read(OWN).endswith("---\n\nWords.\n")


def test_what_stands_there_already_is_told_and_stays(desk: Desk) -> None:
    sha = desk.commit("Start")
    wanted: dict[str, Any] = {"runs": ["large031"], "commits": [sha], "follows": ["2026-02-20-old"]}
    linked(desk, **wanted)
    before = desk.files()
    folder = str(desk.folder("large031"))
    done = linked(desk, **wanted | {"runs": ["candidate:large031", folder]})
    assert [each.added for each in done.links] == [False] * 4
    assert desk.files() == before


def test_one_thing_given_twice_stands_once(desk: Desk) -> None:
    done = linked(desk, runs=["large031", "large031"], related=["2026-02-20-old", "2026-02-20"])
    assert [each.added for each in done.links] == [True, False, True, False]
    assert [ref.id for ref in matter(desk).runs] == ["large031"]


def test_a_run_that_no_source_holds_is_taken_only_where_that_is_said(desk: Desk) -> None:
    before = desk.files()
    with pytest.raises(RunNotFound) as error:
        linked(desk, runs=["reference:q8wz0000"])
    assert "--unseen" in str(error.value.hint)
    assert desk.files() == before
    linked(desk, runs=["reference:q8wz0000", "lab/sigma-floor/q8wz0001"], unseen=True)
    assert [(ref.id, ref.role) for ref in matter(desk).runs] == [
        ("q8wz0000", "reference"),
        ("lab/sigma-floor/q8wz0001", None),
    ]
    assert [each.added for each in linked(desk, runs=["q8wz0000"], unseen=True).links] == [False]


@pytest.mark.parametrize("reference", ["./q8wz", "q8 wz", "https://example.org/q8wz", ""])
def test_what_is_no_id_is_never_taken_unseen(desk: Desk, reference: str) -> None:
    before = desk.files()
    with pytest.raises(RunNotFound):
        linked(desk, runs=[reference], unseen=True)
    assert desk.files() == before


def test_a_name_that_two_runs_have_is_refused_also_unseen(desk: Desk) -> None:
    with pytest.raises(AmbiguousRun):
        linked(desk, runs=["larg"], unseen=True)


def test_where_runs_are_out_of_reach_it_says_so_unless_they_are_taken_unseen(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    refuse_runs(monkeypatch)
    with pytest.raises(SourceUnavailable):
        linked(desk, runs=["large031"])
    assert [each.added for each in linked(desk, runs=["large031"], unseen=True).links] == [True]


@pytest.mark.parametrize("relation", ["follows", "results_of", "supersedes", "invalidates", "related"])
def test_an_entry_cannot_name_itself(desk: Desk, relation: str) -> None:
    with pytest.raises(UsageError, match="cannot name itself"):
        linked(desk, **{relation: [OWN]})


@pytest.mark.parametrize("relation", ["follows", "results_of", "supersedes"])
def test_no_way_leads_back_to_where_it_began(desk: Desk, relation: str) -> None:
    linked(desk, **{relation: ["2026-02-20-old"]})
    linked(desk, "2026-02-20-old", **{relation: ["2026-02-19-older"]})
    before = desk.files()
    with pytest.raises(UsageError) as error:
        linked(desk, "2026-02-19-older", **{relation: [OWN]})
    assert f"2026-02-19-older {relation} {OWN} {relation} 2026-02-20-old {relation} 2026" in error.value.message
    assert desk.files() == before


@pytest.mark.parametrize(
    ("there", "then"),
    [
        ("follows", "results_of"),
        ("results_of", "supersedes"),
        ("invalidates", "invalidates"),
        ("supersedes", "invalidates"),
    ],
)
def test_relations_of_one_order_lead_in_no_circle_together(desk: Desk, there: str, then: str) -> None:
    linked(desk, **{there: ["2026-02-20-old"]})
    before = desk.files()
    with pytest.raises(UsageError, match=f"circle: 2026-02-20-old {then} {OWN} {there} 2026-02-20-old"):
        linked(desk, "2026-02-20-old", **{then: [OWN]})
    assert desk.files() == before


def test_an_entry_may_invalidate_what_was_built_on_it(desk: Desk) -> None:
    linked(desk, follows=["2026-02-20-old"])
    assert linked(desk, "2026-02-20-old", invalidates=[OWN]).links[0].added


def test_of_a_long_circle_the_ends_are_shown(desk: Desk) -> None:
    for number in range(20):
        desk.entry(f"2026-01-01-e{number:02}", matter=f"follows: 2026-01-01-e{number - 1:02}\n" if number else "")
    with pytest.raises(UsageError) as error:
        linked(desk, "2026-01-01-e00", follows=["2026-01-01-e19"])
    shown = error.value.message.removeprefix("that would be a circle: ").replace("2026-01-01-", "").split(" follows ")
    assert shown == ["e00", "e19", "e18", "e17", "… e01", "e00"]


def test_a_circle_that_stands_there_already_does_not_go_on_for_ever(desk: Desk) -> None:
    desk.entry("2026-02-18-a", matter="follows: 2026-02-18-b\n")
    desk.entry("2026-02-18-b", matter="follows: 2026-02-18-a\n")
    assert linked(desk, follows=["2026-02-18-a"]).links[0].added


def test_an_entry_that_cannot_be_read_leads_nowhere(desk: Desk) -> None:
    desk.write("entries/2026-02-18-broken.md", "no front matter")
    assert linked(desk, follows=["2026-02-18-broken"]).links[0].added


def test_two_entries_may_be_related_to_each_other(desk: Desk) -> None:
    linked(desk, related=["2026-02-20-old"])
    assert linked(desk, "2026-02-20-old", related=[OWN]).links[0].added


@pytest.mark.parametrize(
    ("wanted", "error"),
    [
        ({}, UsageError),
        ({"follows": ["2026-09"]}, EntryNotFound),
        ({"commits": ["0123456789"]}, UnknownRevision),
        ({"related": ["2026-02-20-old"], "commits": ["--output=x"]}, UnknownRevision),
    ],
)
def test_what_cannot_be_linked_leaves_every_file(desk: Desk, wanted: Any, error: type[Exception]) -> None:
    before = desk.files()
    with pytest.raises(error):
        linked(desk, **wanted)
    assert desk.files() == before


def test_without_a_repository_there_are_no_commits(desk: Desk) -> None:
    journal = Journal.open(desk.root)
    with pytest.raises(UsageError, match="--commit needs a git repository"):
        link(journal, Sources(journal.config), None, OWN, Wanted(commits=["HEAD"]))
