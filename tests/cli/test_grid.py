from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from journal.cli.grid import Column, grid, width_of


def test_columns_line_up_at_the_left_or_the_right() -> None:
    columns = [Column("id", ["a", "longer"]), Column("n", ["7", "1234"], right=True), Column("end", ["x", ""])]
    assert grid(columns, None) == ["id         n  end", "a          7  x", "longer  1234"]


def test_a_wide_sign_takes_two_cells() -> None:
    assert grid([Column("a", ["名前", "x"]), Column("b", ["1", "2"])], None) == ["a     b", "名前  1", "x     2"]


def test_the_widest_column_that_may_be_cut_gives_first_and_keeps_its_least() -> None:
    columns = [Column("a", ["x" * 30], least=6), Column("b", ["y" * 12], least=6), Column("c", ["z" * 10])]
    assert grid(columns, 34)[1] == f"{'x' * 9}…  {'y' * 9}…  {'z' * 10}"
    assert grid(columns, 5)[1] == f"xxxxx…  yyyyy…  {'z' * 10}"


def test_columns_that_may_go_are_left_out_before_others_are_cut_too_short() -> None:
    columns = [
        Column("a", ["x" * 30], least=20),
        Column("b", ["y" * 12], rank=1),
        Column("c", ["z" * 10], rank=2),
        Column("d", ["w"]),
    ]
    assert grid(columns, 60)[0].split() == ["a", "b", "c", "d"]
    assert grid(columns, 45)[0].split() == ["a", "b", "d"]
    assert grid(columns, 25)[0].split() == ["a", "d"]
    assert grid(columns, 3)[0].split() == ["a", "d"]


@given(
    st.lists(st.lists(st.text("ab名😀", max_size=30), min_size=3, max_size=3), max_size=5),
    st.integers(20, 80),
)
def test_what_may_be_cut_fits_the_width(rows: list[list[str]], width: int) -> None:
    cells = list(zip(*rows, strict=True)) if rows else [(), (), ()]
    columns = [Column(name, column, least=1) for name, column in zip("xyz", cells, strict=True)]
    assert all(width_of(line) <= width for line in grid(columns, width))
