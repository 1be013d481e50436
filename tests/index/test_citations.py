from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, cast

import pytest

from desk import Desk
from journal.index.citations import citations
from journal.index.journal import Journal
from journal.index.run_list import RunFilter, citing, list_runs
from journal.model.run import RunHead
from journal.sources.registry import Sources

if TYPE_CHECKING:
    from pathlib import Path

PLAIN = "plain031"


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk.begin(tmp_path)


def cited(desk: Desk) -> dict[str, tuple[str, ...]]:
    journal = Journal.open(desk.root)
    return {head.id: ids for head, ids in citations(journal, Sources(journal.config)).items()}


@pytest.mark.parametrize(
    "reference",
    [
        PLAIN,
        "plain03",
        "sigma-floor/plain031",
        "attention-lab/sigma-floor/plain031",
        "attention-lab/sigma-floor/runs/plain031",
        "https://wandb.lab.example/attention-lab/sigma-floor/runs/plain031/workspace?nw=x",
        "offline-run-20261120_104101-plain031",
        "wandb/offline-run-20261120_104101-plain031",
        "./wandb/offline-run-20261120_104101-plain031/run-plain031.wandb",
    ],
)
def test_whatever_names_a_run_cites_it(desk: Desk, reference: str) -> None:
    desk.entry("2026-02-21-one", runs=f"'{reference}'")
    assert cited(desk) == {PLAIN: ("2026-02-21-one",)}


@pytest.mark.parametrize("reference", ["nobody99", "lab/proj/nobody99", "https://x.example/a/b/runs/nobody99", "./x"])
def test_a_run_that_is_not_here_is_cited_for_nothing(desk: Desk, reference: str) -> None:
    desk.entry("2026-02-21-one", runs=f"'{reference}', large031")
    assert cited(desk) == {"large031": ("2026-02-21-one",)}


def test_several_entries_cite_a_run_each_once_newest_first(desk: Desk) -> None:
    desk.entry("2026-02-21-one", runs=f"{PLAIN}, {{id: sigma-floor/{PLAIN}, as: again}}")
    desk.entry("2026-02-22-two", runs=PLAIN)
    assert cited(desk) == {PLAIN: ("2026-02-22-two", "2026-02-21-one")}


def test_a_reference_to_several_runs_counts_for_each(desk: Desk) -> None:
    desk.entry("2026-02-21-one", runs="'IPA baseline, lr 2.5e-4'")
    assert set(cited(desk)) == {"plain016", PLAIN}


class Held:
    """Sources that hold these runs; the first answers to whatever is asked for."""

    unreached = ()

    def __init__(self, *heads: RunHead) -> None:
        self._heads = heads

    def heads(self) -> list[RunHead]:
        return list(self._heads)

    def find(self, reference: str) -> RunHead:
        return next(head for head in self._heads if head.id in reference)


def head(run_id: str, **about: Any) -> RunHead:
    return RunHead(id=run_id, **{"place": f"wandb/{run_id}", **about})


def test_where_home_breaks_a_tie_the_run_at_home_is_cited(desk: Desk) -> None:
    desk.entry("2026-02-21-one", runs="same0001")
    home, other = head("same0001", project="sigma-floor", place="a"), head("same0001", project="other", place="b")
    assert dict(citations(Journal.open(desk.root), cast("Any", Held(home, other)))) == {home: ("2026-02-21-one",)}


def test_runs_are_listed_newest_first_and_those_without_a_start_last(desk: Desk) -> None:
    moments = {"a": 10, "b": None, "c": 12, "d": 11, "e": 12}
    heads = [
        head(name, started=None if hour is None else datetime(2026, 1, 1, hour, tzinfo=UTC))
        for name, hour in moments.items()
    ]
    listed = list_runs(Journal.open(desk.root), cast("Any", Held(*heads)), RunFilter())
    assert [each.head.id for each in listed] == ["c", "e", "d", "a", "b"]


@pytest.mark.parametrize(
    ("wanted", "count"),
    [
        (RunFilter(), 10),
        (RunFilter(project="sigma-floor"), 10),
        (RunFilter(project="attention-lab/sigma-floor"), 10),
        (RunFilter(project="other/sigma-floor"), 0),
        (RunFilter(project="sigma"), 0),
        (RunFilter(cited=True), 1),
        (RunFilter(cited=False), 9),
        (RunFilter(cited=True, project="other"), 0),
        (RunFilter(commit="ffffffff"), 0),
    ],
)
def test_filters_combine(desk: Desk, wanted: RunFilter, count: int) -> None:
    desk.entry("2026-02-21-one", runs=PLAIN)
    journal = Journal.open(desk.root)
    assert len(list_runs(journal, Sources(journal.config), wanted)) == count


def test_a_commit_may_be_given_short_and_in_capitals(desk: Desk) -> None:
    heads = head("a", commit="abcdef01" * 5), head("b", commit="abcd0123" * 5), head("c")
    listed = list_runs(Journal.open(desk.root), cast("Any", Held(*heads)), RunFilter(commit="ABCDE"))
    assert [each.head.id for each in listed] == ["a"]


def test_the_entries_that_cite_one_run_are_found_for_a_folder_of_it_too(desk: Desk) -> None:
    desk.entry("2026-02-21-one", runs=PLAIN)
    journal = Journal.open(desk.root)
    sources = Sources(journal.config)
    assert citing(journal, sources, sources.find(str(desk.folder(PLAIN)))) == ("2026-02-21-one",)
    assert citing(journal, sources, sources.find("large031")) == ()
