from __future__ import annotations

from journal.model.evidence import BlockEvidence, CellEvidence, CellState
from journal.tables.block_kind import Filled
from journal.tables.drift import cells_come_and_gone, moved_cells


def cell(value: float) -> CellEvidence:
    return CellEvidence(row="loss", column="a", expression="last(loss)@a", state=CellState.VALUE, value=value)


def test_of_two_cells_with_the_same_labels_each_is_compared_with_its_own() -> None:
    before = BlockEvidence(kind="table", spec={}, sum="", runs={}, cells=(cell(1), cell(2)))
    assert moved_cells(before, Filled("", {}, (), (cell(3), cell(2)))) == ["loss, a: 1.0 is now 3.0"]
    assert cells_come_and_gone(before, Filled("", {}, (), (cell(1),))) == ["loss, a: 2.0 is gone"]
