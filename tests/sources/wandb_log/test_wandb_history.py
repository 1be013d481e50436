import json
import math
from collections.abc import Callable
from io import BytesIO
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from wandb_writer import HISTORY, field, frame, record, spelt, typed

from journal.sources.wandb_log.history import History
from journal.sources.wandb_log.scan import LogScan

Path_ = str | tuple[str, ...]
Row = bytes
"""A row of history as a message."""

Route = Callable[[Row], bytes]


def at_once(message: Row) -> bytes:
    """A record that is decoded together with others."""
    return field(1, 1) + record(HISTORY, message)


def without_a_number(message: Row) -> bytes:
    """The same as it was written before SDK 0.13."""
    return record(HISTORY, message)


def singly(message: Row) -> bytes:
    """A record with its number behind it, which nobody writes: it is decoded alone."""
    return record(HISTORY, message) + field(1, 1)


@pytest.fixture(params=[at_once, without_a_number, singly])
def route(request: pytest.FixtureRequest) -> Route:
    """The ways in which a row is decoded. Whatever is said of rows holds on all of them."""
    chosen: Route = request.param
    return chosen


def row(items: dict[Path_, Any], beside: int | None = None) -> Row:
    return written([(path, json.dumps(value)) for path, value in items.items()], beside)


def written(items: list[tuple[Path_, str]], beside: int | None = None) -> Row:
    """A row of these texts."""
    message = b"".join(field(1, spelt(path, text)) for path, text in items)
    return message if beside is None else message + field(2, field(1, beside))


def scanned(route: Route, *rows: Row) -> LogScan:
    log, scan = frame([route(one) for one in rows]), LogScan()
    scan.read(BytesIO(log), len(log))
    return scan


def columns(history: History) -> dict[str, list[tuple[int, float]]]:
    found = {}
    for path in sorted(history.kept):
        cells = history.cells(path)
        found[".".join(path)] = list(zip(history.steps[cells.rows].tolist(), cells.values.tolist(), strict=True))
    return found


def gathered(route: Route, *rows: Row) -> dict[str, list[tuple[int, float]]]:
    scan = scanned(route, *rows)
    assert scan.problems == []
    return columns(scan.history)


def steps(route: Route, *rows: Row) -> list[int]:
    return [step for step, _ in gathered(route, *rows)["x"]]


def x(step: Any = None, beside: int | None = None) -> Row:
    return row({"x": 1} if step is None else {"x": 1, "_step": step}, beside)


def test_the_step_item_is_believed_before_the_step_beside_it(route: Route) -> None:
    assert steps(route, x(5, beside=3)) == [5]


def test_the_step_beside_the_items_is_believed_before_the_counter(route: Route) -> None:
    assert steps(route, x(), x(beside=7), x()) == [0, 7, 8]


def test_an_empty_message_beside_the_items_is_step_nought(route: Route) -> None:
    assert steps(route, x() + field(2, b""), x()) == [0, 1]
    assert scanned(route, x() + field(2, b"")).history.numbered


def test_rows_without_a_step_are_counted_from_nought(route: Route) -> None:
    assert steps(route, x(), x(), x()) == [0, 1, 2]


def test_steps_never_go_back(route: Route) -> None:
    assert steps(route, x(10), x(4), x(11), x(11), x(20)) == [10, 11, 12, 13, 20]


@pytest.mark.parametrize("odd", ["7", None, True, math.nan, math.inf, 1e300, 1 << 63, 5e18, -1, [1], {}])
def test_a_step_that_is_no_step_is_not_believed(route: Route, odd: Any) -> None:
    assert steps(route, x(3), row({"x": 1, "_step": odd}), x()) == [3, 4, 5]
    assert steps(route, row({"x": 1, "_step": odd}, beside=9)) == [9]


@pytest.mark.parametrize("text", ["7", "7.0", " 7", "7 ", "7.9", "0.7e1", "7.00000000000000000000000000"])
def test_a_step_may_be_spelt_in_any_way_that_json_knows(route: Route, text: str) -> None:
    assert steps(route, written([("x", "1"), ("_step", text)], beside=3)) == [7]


def test_a_step_may_be_larger_than_floats_can_count(route: Route) -> None:
    assert steps(route, x((1 << 53) + 1), x((1 << 62) - 1)) == [(1 << 53) + 1, (1 << 62) - 1]


@given(st.lists(st.one_of(st.none(), st.integers(-(1 << 70), 1 << 70), st.floats())))
def test_whatever_is_logged_as_a_step_steps_ascend(logged: list[float | None]) -> None:
    rows = [x(0), *(x(step) for step in logged)]
    found = steps(at_once, *rows)
    assert found == sorted(set(found))
    assert found == steps(singly, *rows)


def test_whether_every_row_has_a_step_is_known(route: Route) -> None:
    assert scanned(route, x(3), x(beside=5)).history.numbered
    assert not scanned(route, x(3), x()).history.numbered


def test_times_are_kept_for_every_row(route: Route) -> None:
    rows = [row({"_timestamp": value}) for value in (1.5, "x", math.nan, math.inf, None, 3)] + [x()]
    times = scanned(route, *rows).history.times
    assert [None if np.isnan(time) else time for time in times.tolist()] == [1.5, None, None, None, None, 3.0, None]


def test_only_ints_and_floats_are_rows_of_a_metric(route: Route) -> None:
    logged = row({"a": 1, "b": 0.5, "c": "3", "d": True, "e": False, "f": None, "g": [1, 2]})
    assert gathered(route, logged) == {"a": [(0, 1.0)], "b": [(0, 0.5)]}


def test_nan_and_the_infinities_are_rows(route: Route) -> None:
    found = gathered(route, row({"x": math.nan}), row({"x": math.inf}), row({"x": -math.inf}))["x"]
    assert [step for step, _ in found] == [0, 1, 2]
    assert math.isnan(found[0][1])
    assert [value for _, value in found[1:]] == [math.inf, -math.inf]


def test_a_nought_keeps_its_sign_however_it_is_spelt(route: Route) -> None:
    found = gathered(route, written([("whole", "-0"), ("float", "-0.0")]))
    assert [math.copysign(1, found[name][0][1]) for name in ("whole", "float")] == [-1.0, -1.0]


def test_typed_values_are_rows_as_json_is(route: Route) -> None:
    values: dict[str, Any] = {"i": -3, "f": 0.25, "b": True, "s": "x", "n": None, "j": b'{"k": 2}'}
    message = b"".join(field(1, typed(name, value)) for name, value in values.items())
    assert gathered(route, message) == {"f": [(0, 0.25)], "i": [(0, -3.0)], "j.k": [(0, 2.0)]}


def test_the_trackers_own_columns_are_not_metrics(route: Route) -> None:
    internal: dict[Path_, Any] = {
        "_step": 4,
        "_runtime": 0.5,
        "_timestamp": 1.5e9,
        ("_wandb", "runtime"): 3,
        "_wandb": {"a": 1},
        "x": 1,
    }
    internal["_wandb", "runtime"] = 3
    assert gathered(route, row(internal)) == {"x": [(4, 1.0)]}


def test_nested_keys_and_json_dictionaries_have_one_name(route: Route) -> None:
    core = row({("train", "loss"): 1, ("train", "deep", "er"): 2})
    python = row({("train",): {"loss": 3, "deep": {"er": 4}}})
    assert gathered(route, core, python) == {"train.deep.er": [(0, 2.0), (1, 4.0)], "train.loss": [(0, 1.0), (1, 3.0)]}


@pytest.mark.parametrize("name", ["k" * 127, "k" * 128, "k" * 20_000, "", "é" * 70])
def test_keys_may_be_of_any_length(route: Route, name: str) -> None:
    deep = (name, "n" * 70, name)
    assert gathered(route, row({name: 1, deep: 2})) == {name: [(0, 1.0)], ".".join(deep): [(0, 2.0)]}


def test_media_are_no_metrics_whatever_the_order_of_their_leaves(route: Route) -> None:
    core = row({("pic", "width"): 4, ("pic", "_type"): "image-file", ("pic", "size", "x"): 9, "x": 1})
    python = row({"pic": {"_type": "image-file", "width": 4}, "x": 2})
    assert gathered(route, core, python) == {"x": [(0, 1.0), (1, 2.0)]}


def test_media_hide_only_their_own_row_and_their_own_leaves(route: Route) -> None:
    media = row({("pic", "_type"): "image-file", ("pic", "width"): 4, ("picture", "width"): 5})
    plain = row({("pic", "width"): 6})
    assert gathered(route, media, plain) == {"pic.width": [(1, 6.0)], "picture.width": [(0, 5.0)]}


@pytest.mark.parametrize("kind", [3, None, {"a": 1}])
def test_only_a_text_makes_media(route: Route, kind: Any) -> None:
    assert "a.x" in gathered(route, row({("a", "_type"): kind, ("a", "x"): 1}))


def test_a_metric_called_type_at_the_top_hides_nothing(route: Route) -> None:
    assert gathered(route, row({"_type": "text", "x": 1})) == {"x": [(0, 1.0)]}


@pytest.mark.parametrize(
    ("texts", "found"), [(["1", "2"], {"x": [(0, 2.0)]}), (["1", "null"], {}), (['"a"', "2"], {"x": [(0, 2.0)]})]
)
def test_of_a_key_logged_twice_in_one_row_the_last_counts(route: Route, texts: list[str], found: Any) -> None:
    assert gathered(route, written([("x", text) for text in texts], beside=0)) == found


def test_a_value_that_cannot_be_read_is_named_and_the_rest_of_the_row_kept(route: Route) -> None:
    items: list[tuple[Path_, str]] = [("bad", "1x"), (("worse", "still"), "{"), ("empty", ""), ("x", "1")]
    scan = scanned(route, written(items))
    named = [f"a value of {name!r} cannot be read" for name in ("bad", "worse.still", "empty")]
    assert [(problem.message, problem.offset) for problem in scan.problems] == [(message, 7) for message in named]
    assert columns(scan.history) == {"x": [(0, 1.0)]}


@pytest.mark.parametrize("text", ["1_0", "01", "1.", "-.5", "-inf", "Nan", "Infinit", "-nan", "0x10", "1e", "1\xff"])
def test_a_number_that_json_does_not_know_is_reported_and_not_read(route: Route, text: str) -> None:
    message = field(1, spelt("bad", text.encode("latin-1"))) + field(1, spelt("x", "1"))
    scan = scanned(route, message)
    assert [problem.message for problem in scan.problems] == ["a value of 'bad' cannot be read"]
    assert columns(scan.history) == {"x": [(0, 1.0)]}


@pytest.mark.parametrize("whole", [(1 << 53) + 1, -(1 << 53) - 1, 10**30 + 1])
def test_whole_numbers_that_no_float_equals_are_rounded_and_counted(route: Route, whole: int) -> None:
    exact: dict[Path_, Any] = {"a": 1 << 53, "b": 1 << 64, "c": 2.0**60}
    scan = scanned(route, row({"x": whole, "tree": {"leaf": whole}, **exact}), row({"x": whole}))
    assert columns(scan.history)["x"] == [(0, float(whole)), (1, float(whole))]
    assert dict(scan.history.inexact) == {("x",): 2, ("tree", "leaf"): 1}


def test_rows_are_counted_whether_or_not_they_hold_numbers(route: Route) -> None:
    history = scanned(route, row({"s": "text"}, 6), row({}, 8)).history
    assert (history.rows, history.last_step, columns(history)) == (2, 8, {})


def test_no_rows_have_no_last_step() -> None:
    history = History()
    assert (history.rows, history.last_step, list(history.kept)) == (0, None, [])
    assert (history.steps.dtype, history.times.dtype) == (np.dtype(np.int64), np.dtype(np.float64))


def test_metrics_that_are_not_wanted_are_passed_over(route: Route) -> None:
    scan = LogScan(history=History(wanted=frozenset({"a", "t.x"})))
    log = frame([route(row({"a": 1, "b": 2, "s": "text", "t": {"x": 3, "y": 4}, ("u", "v"): 5}))])
    scan.read(BytesIO(log), len(log))
    assert columns(scan.history) == {"a": [(0, 1.0)], "t.x": [(0, 3.0)]}
    assert scan.history.seen == {("a",), ("t", "x")}
