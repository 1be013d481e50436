import json
import math
from typing import Any

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from journal.sources.wandb_history import History
from journal.sources.wandb_records import HistoryRow, KeyPath


def row(items: dict[KeyPath, Any], step: int | None = None) -> HistoryRow:
    return HistoryRow([(path, json.dumps(value).encode()) for path, value in items.items()], step)


def gathered(*rows: HistoryRow) -> dict[str, list[tuple[int, float]]]:
    history = History()
    for one in rows:
        assert history.add(one) == []
    columns, clashes = history.columns()
    assert clashes == []
    return {name: list(zip(column.steps, column.values, strict=True)) for name, column in columns.items()}


def steps(*rows: HistoryRow) -> list[int]:
    return [step for step, _ in gathered(*rows)["x"]]


def x(step: Any = None, beside: int | None = None) -> HistoryRow:
    return row({("x",): 1} if step is None else {("x",): 1, ("_step",): step}, beside)


def test_the_step_item_is_believed_before_the_step_beside_it() -> None:
    assert steps(x(5, beside=3)) == [5]


def test_the_step_beside_the_items_is_believed_before_the_counter() -> None:
    assert steps(x(), x(beside=7), x()) == [0, 7, 8]


def test_rows_without_a_step_are_counted_from_nought() -> None:
    assert steps(x(), x(), x()) == [0, 1, 2]


def test_steps_never_go_back() -> None:
    assert steps(x(10), x(4), x(11), x(11), x(20)) == [10, 11, 12, 13, 20]


@pytest.mark.parametrize("odd", ["7", None, True, math.nan, math.inf, 1e300, 1 << 63, [1]])
def test_a_step_that_is_no_step_is_not_believed(odd: Any) -> None:
    assert steps(x(3), row({("x",): 1, ("_step",): odd}), x()) == [3, 4, 5]


@given(st.lists(st.one_of(st.none(), st.integers(-(1 << 70), 1 << 70), st.floats())))
def test_whatever_is_logged_as_a_step_steps_ascend(logged: list[float | None]) -> None:
    found = steps(x(0), *(x(step) for step in logged))
    assert found == sorted(set(found))


def test_only_ints_and_floats_are_rows_of_a_metric() -> None:
    logged = row({("a",): 1, ("b",): 0.5, ("c",): "3", ("d",): True, ("e",): False, ("f",): None, ("g",): [1, 2]})
    assert gathered(logged) == {"a": [(0, 1.0)], "b": [(0, 0.5)]}


def test_nan_and_the_infinities_are_rows() -> None:
    found = gathered(row({("x",): math.nan}), row({("x",): math.inf}), row({("x",): -math.inf}))["x"]
    assert [step for step, _ in found] == [0, 1, 2]
    assert math.isnan(found[0][1])
    assert [value for _, value in found[1:]] == [math.inf, -math.inf]


def test_typed_values_are_rows_as_json_is() -> None:
    items: list[Any] = [
        (("i",), -3),
        (("f",), 0.25),
        (("b",), True),
        (("s",), "x"),
        (("n",), None),
        (("j",), b'{"k": 2}'),
    ]
    assert gathered(HistoryRow(items, None)) == {"f": [(0, 0.25)], "i": [(0, -3.0)], "j.k": [(0, 2.0)]}


def test_the_trackers_own_columns_are_not_metrics() -> None:
    internal = {("_step",): 4, ("_runtime",): 0.5, ("_timestamp",): 1.5e9, ("_wandb", "runtime"): 3, ("x",): 1}
    assert gathered(row(internal)) == {"x": [(4, 1.0)]}


def test_nested_keys_and_json_dictionaries_have_one_name() -> None:
    core = row({("train", "loss"): 1, ("train", "deep", "er"): 2})
    python = row({("train",): {"loss": 3, "deep": {"er": 4}}})
    assert gathered(core, python) == {"train.deep.er": [(0, 2.0), (1, 4.0)], "train.loss": [(0, 1.0), (1, 3.0)]}


def test_media_are_no_metrics_whatever_the_order_of_their_leaves() -> None:
    core = row({("pic", "width"): 4, ("pic", "_type"): "image-file", ("pic", "size", "x"): 9, ("x",): 1})
    python = row({("pic",): {"_type": "image-file", "width": 4}, ("x",): 2})
    assert gathered(core, python) == {"x": [(0, 1.0), (1, 2.0)]}


def test_media_hide_only_their_own_row_and_their_own_leaves() -> None:
    media = row({("pic", "_type"): "image-file", ("pic", "width"): 4, ("picture", "width"): 5})
    plain = row({("pic", "width"): 6})
    assert gathered(media, plain) == {"pic.width": [(1, 6.0)], "picture.width": [(0, 5.0)]}


@pytest.mark.parametrize("kind", [3, None, {"a": 1}])
def test_only_a_text_makes_media(kind: Any) -> None:
    assert "a.x" in gathered(row({("a", "_type"): kind, ("a", "x"): 1}))


def test_a_metric_called_type_at_the_top_hides_nothing() -> None:
    assert gathered(row({("_type",): "text", ("x",): 1})) == {"x": [(0, 1.0)]}


def test_a_key_logged_twice_in_one_row_counts_once() -> None:
    assert gathered(HistoryRow([(("x",), b"1"), (("x",), b"2")], 0)) == {"x": [(0, 2.0)]}


def test_a_value_that_cannot_be_read_is_named_and_the_rest_of_the_row_kept() -> None:
    history = History()
    items: list[Any] = [(("bad",), b"1x"), (("worse", "still"), b"{"), (("empty",), b""), (("x",), b"1")]
    assert history.add(HistoryRow(items, None)) == ["bad", "worse.still", "empty"]
    assert list(history.columns()[0]) == ["x"]


def test_of_two_metrics_with_one_name_the_nested_one_is_left_out_and_named() -> None:
    history = History()
    history.add(row({("a", "b"): 1, ("a.b",): 2}))
    columns, clashes = history.columns()
    assert clashes == ["a.b"]
    assert columns["a.b"].values.to_list() == [2.0]


def test_columns_are_sorted_by_name_and_typed() -> None:
    history = History()
    history.add(row({("b",): 1, ("a", "z"): 2, ("a",): 3, ("é/x",): 4}))
    columns, _ = history.columns()
    assert list(columns) == ["a", "a.z", "b", "é/x"]
    assert {(column.steps.dtype, column.values.dtype) for column in columns.values()} == {(pl.Int64(), pl.Float64())}


def test_rows_are_counted_whether_or_not_they_hold_numbers() -> None:
    history = History()
    assert (history.rows, history.last_step) == (0, None)
    history.add(row({("s",): "text"}, 6))
    assert (history.rows, history.last_step) == (1, 6)
