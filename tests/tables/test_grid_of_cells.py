from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from journal.model.evidence import CellEvidence, CellState
from journal.tables.grid import Align, Grid, markdown, sides
from journal.tables.markdown import plain, table

TEXTS = st.text(max_size=8)


@st.composite
def shapes(draw: st.DrawFn) -> tuple[list[str], list[list[str]], int, int]:
    """Headings, rows, and how many columns stand at the right and then again at the left."""
    wide = draw(st.integers(1, 6))
    line = st.lists(TEXTS, min_size=wide, max_size=wide)
    right = draw(st.integers(0, wide - 1))
    return draw(line), draw(st.lists(line, max_size=4)), right, draw(st.integers(0, wide - 1 - right))


@given(shapes())
def test_a_grid_in_markdown_is_the_table_of_its_texts_made_plain(
    shape: tuple[list[str], list[list[str]], int, int],
) -> None:
    head, rows, right, left = shape
    aligned = sides(len(head), right=right, left=left)
    wanted = table([plain(text) for text in head], [[plain(text) for text in row] for row in rows], right, left)
    assert markdown(Grid(tuple(head), tuple(map(tuple, rows)), aligned)) == wanted


@pytest.mark.parametrize("left", [0, 1])
def test_all_columns_but_the_first_and_the_notes_stand_at_the_right(left: int) -> None:
    head = ("metric", "ipa", "iga", "note")
    assert markdown(Grid(head, (), sides(4, left=left))) == table(head, [], left=left)
    assert sides(1) == (Align.LEFT,)


def test_the_caption_stands_below_in_one_line_of_emphasis() -> None:
    grid = Grid(("metric", "a|b"), (("loss", "0.774"),), sides(2), caption="mean of x*y\nover all steps")
    assert markdown(grid) == (
        "| metric | a&#124;b |\n|---|--:|\n| loss | 0.774 |\n\n*mean of x&#42;y&#10;over all steps*"
    )


def test_a_grid_without_headings_is_its_caption() -> None:
    assert markdown(Grid((), (), (), caption="no runs yet")) == "*no runs yet*"


@given(st.lists(TEXTS, min_size=1, max_size=4))
def test_a_caption_may_be_made_plain_as_a_whole_or_in_parts(parts: list[str]) -> None:
    whole = f"last over steps 1..2; rows used: {', '.join(f'{part} 101' for part in parts)}"
    in_parts = f"last over steps 1..2; rows used: {', '.join(f'{plain(part)} 101' for part in parts)}"
    assert markdown(Grid((), (), (), caption=whole)) == f"*{in_parts}*"


def test_cells_without_evidence_still_have_a_place_for_it() -> None:
    cell = CellEvidence(row="loss", column="a", expression="last(loss)@a", state=CellState.VALUE, value=0.5)
    bare = Grid(("metric", "a"), (("loss", "0.5"),), sides(2))
    assert bare.evidence == ((None, None),)
    assert Grid(bare.head, bare.rows, bare.aligned, cells=((None, cell),)).evidence == ((None, cell),)


@pytest.mark.parametrize(
    "wrong",
    [
        {"rows": (("loss",),)},
        {"aligned": (Align.LEFT,)},
        {"cells": ((None,),)},
        {"cells": ((None, None), (None, None))},
        {"head": (), "aligned": (), "rows": ((),)},
    ],
)
def test_a_grid_has_as_many_cells_in_each_row_as_headings(wrong: dict[str, tuple[object, ...]]) -> None:
    right = {"head": ("metric", "a"), "rows": (("loss", "0.5"),), "aligned": sides(2)}
    with pytest.raises(ValueError, match=r"headings|rows"):
        Grid(**(right | wrong))  # type: ignore[arg-type]
