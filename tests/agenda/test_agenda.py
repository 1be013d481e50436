from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from journal.agenda.gather import gather
from journal.agenda.waiting import SECTION, Agenda
from journal.index.journal import Journal
from journal.sources.registry import Sources
from toys import Toys

if TYPE_CHECKING:
    from pathlib import Path

A, B, C, D = (f"2026-02-2{day}-{name}" for day, name in enumerate(("a", "b", "c", "d"), 1))
WRITTEN = datetime(2026, 2, 21, 11, 1, 15, tzinfo=UTC)
NOW = WRITTEN + timedelta(days=10, hours=3)
PREDICTS = "predictions:\n  - {claim: it falls, expect: last(loss)@a < 1}\n"


@pytest.fixture
def toys(tmp_path: Path) -> Toys:
    toys = Toys.begin(tmp_path)
    (tmp_path / "entries").mkdir()
    return toys


def block(state: str, line: int = 9, kind: str = "table", name: str = "losses") -> dict[str, Any]:
    return {"name": name, "kind": kind, "line": line, "state": state, "cells": 1, "message": f"it is {state}"}


def agenda(toys: Toys, **blocks: list[dict[str, Any]]) -> Agenda:
    """What waits, where the entries a to d have these blocks."""
    journal = Journal.open(toys.root)
    by_path = {f"entries/{stem}.md": blocks.get(stem[-1], []) for stem in (A, B, C, D)}
    shapes = [{"path": path, "blocks": found} for path, found in by_path.items()]
    return gather(journal, Sources(journal.config), shapes, NOW)


def test_an_empty_journal_has_nothing_waiting(toys: Toys) -> None:
    assert agenda(toys) == Agenda()


def test_pending_results_come_by_age_counted_from_the_last_word_of_their_entry(toys: Toys) -> None:
    toys.entry(A, matter="updates: [{at: 2026-03-02T19:00:00+08:00}]\n")
    toys.entry(B)
    toys.entry(C, matter="updates: [{at: 2026-04-01T10:00:00+08:00}]\n")
    found = agenda(toys, a=[block("pending")], b=[block("fresh"), block("pending", 20)], c=[block("pending")])
    assert [(each.entry.id, each.line, each.days) for each in found.pending] == [(B, 20, 10), (A, 9, 1), (C, 9, 0)]
    assert found.pending[0].message == "it is pending"


def test_a_section_that_says_its_results_are_to_come_is_pending_too(toys: Toys) -> None:
    toys.entry(A, "## Findings\n\nTBD\n")
    toys.entry(B, "## Results\n\nTBD\n", matter="status: concluded\n")
    toys.entry(C, "## Results\n\nTBD\n")
    toys.entry(D, "## Results\n\n<!-- journal:runs -->\n<!-- /journal:runs -->\n")
    found = agenda(toys, c=[block("pending")], d=[block("stale")])
    assert [(each.entry.id, each.kind, each.name, each.line) for each in found.pending] == [
        (A, SECTION, "Findings", 6),
        (C, "table", "losses", 9),
    ]


@pytest.mark.parametrize("state", ["stale", "drifted", "edited"])
def test_blocks_that_are_out_of_order_are_told_by_their_state(toys: Toys, state: str) -> None:
    toys.entry(A, matter="status: abandoned\n")
    found = agenda(toys, a=[block(state), block("fresh"), block("unverifiable")], b=[block(state)])
    assert [each.message for each in getattr(found, state)] == [f"it is {state}"]
    assert sum(map(len, (found.stale, found.drifted, found.edited, found.pending))) == 1


@pytest.mark.parametrize("status", ["superseded", "invalid", "abandoned"])
def test_nobody_waits_for_results_and_predictions_of_an_entry_that_is_closed(toys: Toys, status: str) -> None:
    toys.entry(A, matter=f"status: {status}\n{PREDICTS}")
    prediction = block("pending", kind="prediction", name="it falls")
    found = agenda(toys, a=[block("pending"), prediction])
    assert (found.pending, found.open_predictions) == ((), ())


def test_a_prediction_is_open_until_the_evidence_has_a_verdict(toys: Toys, capsys: pytest.CaptureFixture[str]) -> None:
    toys.entry(A, runs="{id: toy1, as: a}", matter=PREDICTS)
    blocks = [block("pending", 5, "prediction", "it falls")]
    assert [(each.entry.id, each.line, each.name) for each in agenda(toys, a=blocks).open_predictions] == [
        (A, 5, "it falls")
    ]
    assert agenda(toys, a=blocks).pending == ()
    toys.call(capsys, "fill-results")
    assert len(agenda(toys, a=blocks).open_predictions) == 1
    toys.run("toy1", {"loss": [(1, 0.5)]})
    toys.call(capsys, "fill-results")
    assert agenda(toys, a=blocks).open_predictions == ()


@pytest.mark.parametrize(
    ("status", "told"),
    [
        ("running", ["box", "next"]),
        ("inconclusive", ["box", "next"]),
        ("concluded", ["box"]),
        ("abandoned", ["box"]),
        ("superseded", []),
        ("invalid", []),
    ],
)
def test_boxes_wait_longer_than_plans_do(toys: Toys, status: str, told: list[str]) -> None:
    toys.entry(A, "- [ ] box\n- [x] ticked\n\n## Next steps\n\n- next\n- ~~done~~\n", matter=f"status: {status}\n")
    found = agenda(toys).open_steps
    assert [(each.entry.id, each.step.text) for each in found] == [(A, text) for text in told]


def test_runs_that_no_entry_cites_are_untracked(toys: Toys) -> None:
    toys.run("toy1", {"loss": [(1, 0.5)]})
    toys.run("toy2", {"loss": [(1, 0.5)]})
    toys.entry(A, runs="toy1")
    assert [each.head.id for each in agenda(toys).untracked_runs] == ["toy2"]


def test_an_entry_whose_follow_up_holds_its_result_is_answered(toys: Toys) -> None:
    toys.entry(A, "## Results\n\nTBD\n")
    toys.entry(B, "## Results\n\nIt fell.\n", matter=f"results_of: [{A}]\n")
    (held,) = agenda(toys).answered
    assert (held.entry.id, held.line, [entry.id for entry in held.holders]) == (A, 6, [B])
    assert agenda(toys).pending == ()


TABLE = "<!-- journal:table losses\nmetrics: [loss]\n-->\n{}\n<!-- /journal:table 0 -->\n"


def test_what_is_answered_and_dealt_with_is_told_no_more_but_a_block_waits_for_its_own_runs(toys: Toys) -> None:
    toys.entry(A, "## Results\n\nTBD\n", matter=f"related: [{B}]\n")
    toys.entry(B, "## Results\n\nIt fell.\n", matter=f"results_of: [{A}, {C}]\n")
    toys.entry(C, TABLE.format(""), matter=f"related: [{B}]\n")
    found = agenda(toys, c=[block("pending", 6)])
    assert (found.answered, [each.entry.id for each in found.pending]) == ((), [C])
    toys.entry(C, TABLE.format(""))
    found = agenda(toys, c=[block("pending", 6)])
    assert ([held.entry.id for held in found.answered], found.pending) == ([C], ())
