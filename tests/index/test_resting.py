from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from desk import Desk
from journal.index.journal import Journal
from journal.index.named_runs import named_run
from journal.index.resting import replaced_by, resting_on

if TYPE_CHECKING:
    from pathlib import Path

OLD, NEW = "2026-02-21-old", "2026-02-22-new"


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    desk = Desk(tmp_path)
    desk.write("journal.toml", "")
    desk.entry(OLD, runs="{id: own1, role: candidate}, {id: base1, role: baseline}, bare1", matter="follows: [first]\n")
    desk.entry(NEW, runs="own1", matter=f"supersedes: [{OLD}]\n")
    return desk


def whys(desk: Desk, old: str = OLD) -> dict[str, str]:
    return {each.entry_id: each.why for each in resting_on(Journal.open(desk.root), old)}


def test_what_follows_or_holds_results_or_cites_its_own_run_rests_on_it(desk: Desk) -> None:
    desk.entry("a", matter=f"follows: [{OLD}]\n")
    desk.entry("b", runs="lab/toy/own1", matter=f"results_of: [{OLD}]\n")
    desk.entry("c", runs="{id: own1, role: candidate}")
    desk.entry("d", runs="wandb/offline-run-20260221_190115-bare1")
    assert whys(desk) == {
        "a": "follows it",
        "b": "holds its results; cites its run own1",
        "c": "cites its run own1 as candidate",
        "d": "cites its run bare1",
    }


@pytest.mark.parametrize("role", ["baseline", "reference"])
def test_what_compares_with_its_run_rests_on_it_only_if_it_is_invalid(desk: Desk, role: str) -> None:
    desk.entry("a", runs=f"{{id: own1, role: {role}}}")
    assert whys(desk) == {}
    desk.entry(NEW, matter=f"invalidates: [{OLD}]\n")
    assert whys(desk) == {"a": f"cites its run own1 as {role}"}
    desk.entry(NEW)
    assert whys(desk) == {}
    desk.entry(OLD, runs="own1", matter="status: invalid\n")
    assert whys(desk) == {"a": f"cites its run own1 as {role}"}


def test_what_shares_only_its_baseline_or_is_merely_related_does_not(desk: Desk) -> None:
    desk.entry("a", runs="base1")
    desk.entry("b", matter=f"related: [{OLD}]\n")
    desk.entry("c")
    assert whys(desk) == {}


@pytest.mark.parametrize(
    "matter",
    [
        "status: superseded\n",
        "status: invalid\n",
        "status: abandoned\n",
        f"follows: [{OLD}, {NEW}]\n",
        f"follows: [{OLD}]\nrelated: [{NEW}]\n",
        f"results_of: [{OLD}]\nsupersedes: [{OLD}]\n",
        f"follows: [{OLD}]\ninvalidates: [{OLD}]\n",
    ],
)
def test_an_entry_that_has_dealt_with_it_is_left_out(desk: Desk, matter: str) -> None:
    desk.entry("a", runs="own1", matter=matter if "follows" in matter else f"follows: [{OLD}]\n{matter}")
    assert whys(desk) == {}


def test_what_the_old_entry_was_built_on_does_not_rest_on_it_for_sharing_a_run(desk: Desk) -> None:
    desk.entry("zeroth", runs="own1")
    desk.entry("first", runs="own1", matter="results_of: [zeroth]\n")
    assert whys(desk) == {}
    desk.entry("first", runs="own1", matter=f"results_of: [zeroth]\nfollows: [{OLD}]\n")
    assert whys(desk) == {"first": "follows it"}  # whatever sense that makes


def test_naming_what_replaced_the_replacement_is_enough(desk: Desk) -> None:
    desk.entry("newest", matter=f"invalidates: [{NEW}]\n")
    desk.entry("a", matter=f"follows: [{OLD}, newest]\n")
    assert replaced_by(Journal.open(desk.root), OLD) == {NEW, "newest"}
    assert whys(desk) == {}


def test_an_entry_that_is_gone_still_has_followers(desk: Desk) -> None:
    desk.entry("a", matter="follows: [gone]\n")
    assert whys(desk, "gone") == {"a": "follows it"}


def test_entries_that_replace_each_other_come_to_an_end(desk: Desk) -> None:
    desk.entry("a", matter="supersedes: [b]\n")
    desk.entry("b", matter="supersedes: [a]\n")
    assert replaced_by(Journal.open(desk.root), "a") == {"a", "b"}
    assert whys(desk, "a") == {}


@pytest.mark.parametrize(
    ("reference", "run"),
    [
        ("fej59g91", "fej59g91"),
        (" toy/fej59g91 ", "fej59g91"),
        ("lab/toy/fej59g91", "fej59g91"),
        ("lab/toy/runs/fej59g91", "fej59g91"),
        ("https://wandb.ai/lab/toy/runs/fej59g91?nw=1", "fej59g91"),
        ("wandb/run-20260221_190115-fej59g91/", "fej59g91"),
        ("./old/offline-run-20260221_190115-fej59g91/run-fej59g91.wandb", "fej59g91"),
        ("/else/where.wandb", "/else/where.wandb"),
        ("", ""),
    ],
)
def test_a_run_is_known_by_the_id_in_its_reference(reference: str, run: str) -> None:
    assert named_run(reference) == run
