from __future__ import annotations

import json
import math
from typing import TYPE_CHECKING

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from journal.sources.plain_rows import TableHistory, place_rows
from journal.sources.restarts import Replay
from journal.sources.table_file.csv_lines import parse_csv
from journal.sources.table_file.json_lines import parse_jsonl

if TYPE_CHECKING:
    from collections.abc import Mapping

    Rows = list[tuple[int, dict[str, float]]]


def written(rows: Rows) -> bytes:
    return "".join(json.dumps({"step": step, **cells}) + "\n" for step, cells in rows).encode()


def points(history: TableHistory) -> Mapping[str, list[tuple[int, float]]]:
    return {
        name: list(zip(column.steps.to_list(), column.values.to_list(), strict=True))
        for name, column in history.columns.items()
    }


def told(history: TableHistory) -> list[tuple[str, int | None]]:
    return [(problem.message, problem.offset) for problem in history.problems]


def test_of_two_values_at_one_step_the_later_counts_and_is_told() -> None:
    rows: Rows = [
        (1, {"loss": 0.5, "lr": 3}),
        (1, {"loss": 0.25, "lr": 3}),
        (2, {"loss": math.nan}),
        (2, {"loss": math.nan}),
    ]
    history = place_rows(parse_jsonl(written(rows)))
    assert repr(points(history)) == repr({"loss": [(1, 0.25), (2, math.nan)], "lr": [(1, 3.0)]})
    assert told(history) == [("values that a later one at the same step replaces: 1", 0)]
    assert (history.rows, history.kept) == (4, 2)


def test_a_restart_replaces_everything_from_its_step_on() -> None:
    rows: Rows = [(step, {"loss": step / 8}) for step in range(6)] + [
        (3, {"val": 9}),
        (3, {"loss": -3}),
        (4, {"loss": -4}),
    ]
    rows.insert(5, (4, {"val": 1}))
    content = written(rows)
    history = place_rows(parse_jsonl(content))
    assert points(history) == {"loss": [(0, 0.0), (1, 0.125), (2, 0.25), (3, -3.0), (4, -4.0)], "val": [(3, 9.0)]}
    offset = content.index(b'{"step": 3, "val"')
    assert told(history) == [("steps that go back as after a restart, from where on the later rows count: 1", offset)]
    assert (history.rows, history.kept, history.last_step) == (10, 6, 4)


def test_a_row_that_repeats_nothing_comes_late_and_replaces_nothing() -> None:
    rows: Rows = [(1, {"loss": 1}), (2, {"loss": 2}), (1, {"val": 5}), (3, {"loss": 3}), (2, {"val": 6})]
    history = place_rows(parse_jsonl(written(rows)))
    assert points(history) == {"loss": [(1, 1.0), (2, 2.0), (3, 3.0)], "val": [(1, 5.0), (2, 6.0)]}
    assert (told(history), history.kept) == ([], 5)


def test_an_epoch_that_goes_with_every_row_does_not_tell_of_a_restart() -> None:
    content = b"step,epoch,loss,val\n1,0,1,\n2,1,2,\n1,0,,5\n3,1,3,\n"
    history = place_rows(parse_csv(content))
    assert points(history) == {
        "epoch": [(1, 0.0), (2, 1.0), (3, 1.0)],
        "loss": [(1, 1.0), (2, 2.0), (3, 3.0)],
        "val": [(1, 5.0)],
    }
    assert told(history) == []


def test_steps_that_go_back_beyond_the_beginning_leave_the_last_try() -> None:
    rows: Rows = [(step, {"loss": attempt}) for attempt in (1, 2, 3) for step in range(attempt % 3 + 1)]
    history = place_rows(parse_jsonl(written(rows)))
    assert points(history) == {"loss": [(0, 3.0)]}
    assert told(history)[0][0].endswith(": 2")


def test_rows_without_a_step_that_hold_no_number_are_no_problem() -> None:
    history = place_rows(parse_jsonl(b'{"event": "begin"}\n{"step": 1, "loss": 2}\n'))
    assert (points(history), told(history)) == ({"loss": [(1, 2.0)]}, [])
    assert (history.rows, history.kept) == (2, 2)


def test_a_table_of_steps_alone_has_a_last_step_and_no_metric() -> None:
    history = place_rows(parse_csv(b"step\n1\n7\n"))
    assert (history.columns, history.rows, history.last_step) == ({}, 2, 7)


def test_a_column_called_like_the_axis_of_a_history_is_no_metric() -> None:
    history = place_rows(parse_csv(b"step,_step,_timestamp,loss\n1,5,0.5,2\n2,6,0.7,3\n"))
    assert points(history) == {"loss": [(1, 2.0), (2, 3.0)]}
    assert [message for message, _ in told(history)] == [
        "'_step' is no metric's name; the column is left out",
        "'_timestamp' is no metric's name; the column is left out",
    ]
    history = place_rows(parse_jsonl(b'{"_step": 0.5, "loss": 2}\n'))
    assert points(history) == {"loss": [(0, 2.0)]}
    assert ("'_step' is no metric's name; the column is left out", None) in told(history)


def test_the_columns_step_and_timestamp_are_left_out_in_silence_where_they_are_used() -> None:
    history = place_rows(parse_csv(b"_step,_timestamp,loss\n3,1700000000.5,2\n"))
    assert points(history) == {"loss": [(3, 2.0)]}
    assert history.columns["loss"].times.to_list() == [1700000000.5]
    assert told(history) == []


def plainly(rows: Rows) -> dict[str, list[tuple[int, float]]]:
    """The rule, as slowly as it reads."""
    kept: dict[str, dict[int, float]] = {}
    top = -math.inf
    for step, cells in rows:
        repeats = any(held >= step for name in cells if name != "epoch" for held in kept.get(name, {}))
        if step < top and repeats:
            kept = {
                name: {held: value for held, value in column.items() if held < step} for name, column in kept.items()
            }
            top = step
        top = max(top, step)
        for name, value in cells.items():
            kept.setdefault(name, {})[step] = value
    return {name: sorted(column.items()) for name, column in sorted(kept.items()) if column}


ROWS = st.lists(
    st.tuples(
        st.integers(-3, 12),
        st.dictionaries(st.sampled_from(["a", "b", "epoch"]), st.integers(0, 3).map(float), min_size=1),
    ),
    max_size=25,
)


@pytest.mark.untraced
@given(ROWS)
def test_rows_in_any_order_are_placed_by_the_rule(rows: Rows) -> None:
    history = place_rows(parse_jsonl(written(rows)))
    assert points(history) == plainly(rows)
    assert history.kept <= history.rows == len(rows)


@pytest.mark.untraced
@given(ROWS)
def test_rows_in_step_order_are_placed_as_those_in_any_order(rows: Rows) -> None:
    rows.sort(key=lambda row: row[0])
    replay = Replay([step for step, _ in rows], [True, True, False])
    for number, (_, cells) in enumerate(rows):
        replay.add(number, [["a", "b", "epoch"].index(name) for name in cells])
    quick = place_rows(parse_jsonl(written(rows)))
    assert points(quick) == plainly(rows)
    assert [[rows[number][0] for number in held] for held in replay.rows] == [
        [step for step, _ in points(quick).get(name, [])] for name in ("a", "b", "epoch")
    ]
    assert replay.restarts == []


def test_a_column_shares_the_steps_of_the_table_where_it_is_full() -> None:
    history = place_rows(parse_csv(b"step,a,b,c\n1,1,1,\n2,2,2,5\n"))
    assert history.columns["a"].steps is history.columns["b"].steps
    assert history.columns["c"].steps.to_list() == [2]
    assert history.columns["c"].steps.dtype == pl.Int64
