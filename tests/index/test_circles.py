from __future__ import annotations

from graphlib import CycleError, TopologicalSorter
from typing import TYPE_CHECKING

from hypothesis import given, settings
from hypothesis import strategies as st

from journal.index.circles import circles_in, closed_circle
from journal.index.journal import Journal
from shelf import Shelf

if TYPE_CHECKING:
    from pathlib import Path

A, B, C = "2026-02-21-a", "2026-02-22-b", "2026-02-23-c"


@settings(max_examples=25)
@given(st.sets(st.tuples(st.integers(0, 4), st.integers(0, 4)), max_size=8))
def test_circles_are_found_just_where_something_leads_back_to_itself(edges: set[tuple[int, int]]) -> None:
    above = {str(node): {str(b): "follows" for a, b in sorted(edges) if a == node} for node in range(5)}
    found = list(circles_in(sorted(above), above.__getitem__))
    try:
        TopologicalSorter({node: set(targets) for node, targets in above.items()}).prepare()
    except CycleError:
        assert found
    else:
        assert not found
    for circle in found:
        assert all(after in above[before] for before, after in zip(circle, [*circle[1:], circle[0]], strict=True))


def test_a_relation_closes_a_circle_only_with_others_of_its_order(tmp_path: Path) -> None:
    shelf = Shelf(tmp_path)
    shelf.write(A)
    shelf.write(B, matter=f"follows: {A}\nrelated: [{C}]\n")
    shelf.write(C, matter=f"results_of: [{B}]\n")
    journal = Journal.open(tmp_path)
    assert closed_circle(journal, A, "supersedes", C) == ((A, "supersedes"), (C, "results_of"), (B, "follows"))
    assert closed_circle(journal, A, "follows", A) == ((A, "follows"),)
    for relation, target in (("invalidates", C), ("related", C), ("follows", "gone")):
        assert closed_circle(journal, A, relation, target) == ()
