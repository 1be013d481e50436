from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from journal.model.table import Axis, AxisItem, RunsSpec, TableSpec, Window, WindowItem

LARGEST = 2**63 - 1


def spec(**fields: Any) -> TableSpec:
    return TableSpec.model_validate({"metrics": ["a"], **fields})


def refused(**fields: Any) -> str:
    with pytest.raises(ValidationError) as error:
        spec(**fields)
    return str(error.value.errors()[0]["msg"])


def test_metrics_are_all_that_is_needed() -> None:
    found = spec()
    assert found.metrics == (AxisItem(value="a"),)
    assert (found.runs, found.rows, found.columns, found.compare, found.notes, found.digits) == (
        None,
        None,
        None,
        {},
        {},
        3,
    )
    assert (found.stats, found.windows) == ((AxisItem(value="last"),), (WindowItem(value=Window()),))
    with pytest.raises(ValidationError, match="Field required"):
        TableSpec.model_validate({})


@pytest.mark.parametrize("given", ["a", ["a"], {"A": "a"}, [{"A": "a"}], ["a", {"B": "b"}]])
def test_an_item_stands_alone_in_a_list_or_under_its_label(given: Any) -> None:
    items = spec(metrics=given).metrics
    assert [str(item) for item in items] == (["a", "B"] if len(items) > 1 else ["A" if "A" in str(given) else "a"])
    assert items[0].value == "a"


@pytest.mark.parametrize("field", ["metrics", "stats", "windows"])
def test_an_axis_that_is_named_is_not_empty(field: str) -> None:
    assert "at least 1 item" in refused(**{field: []})


def test_no_runs_are_allowed_before_there_are_any() -> None:
    assert spec(runs=[]).runs == ()
    assert RunsSpec.model_validate({"runs": "ipa"}).runs == (AxisItem(value="ipa"),)


@pytest.mark.parametrize("given", [[["a"]], [{"A": "a", "B": "b"}], [{}], [3], 3, None])
def test_other_shapes_are_no_items(given: Any) -> None:
    assert refused(metrics=given)


@pytest.mark.parametrize("field", ["metrics", "stats", "runs"])
def test_a_label_stands_once_on_its_axis(field: str) -> None:
    assert "'a' stands twice" in refused(**{field: ["a", "b", "a"]})
    assert "'b' stands twice" in refused(**{field: ["b", {"b": "a"}]})
    assert len(getattr(spec(**{field: ["a", {"again": "a"}]}), field)) == 2


def test_a_window_stands_once() -> None:
    assert "'1..2' stands twice" in refused(windows=["1..2", "01 .. 02"])


@pytest.mark.parametrize(
    ("text", "first", "last", "spelled"),
    [
        ("3500..4000", 3500, 4000, "3500..4000"),
        ("0..0", 0, 0, "0..0"),
        ("7..", 7, None, "7.."),
        ("..7", None, 7, "..7"),
        ("all", None, None, "all"),
        (" 007 .. 09 ", 7, 9, "7..9"),
        (f"{LARGEST}..", LARGEST, None, f"{LARGEST}.."),
    ],
)
def test_a_window_is_read_and_spelled(text: str, first: int | None, last: int | None, spelled: str) -> None:
    window = Window.model_validate(text)
    assert (window.first, window.last, str(window)) == (first, last, spelled)


@given(st.none() | st.integers(0, LARGEST), st.none() | st.integers(0, LARGEST))
def test_a_window_comes_back_from_its_spelling(first: int | None, last: int | None) -> None:
    if first is not None and last is not None:
        first, last = sorted((first, last))
    window = Window(first=first, last=last)
    assert Window.model_validate(str(window)) == window


@pytest.mark.parametrize(
    "text", ["", "..", "5", "1-2", "1...2", "-1..2", "1.5..2", "a..b", "1..2..3", "All", "\u0661..\u0662", "1e3..2e3"]
)
def test_other_texts_are_no_windows(text: str) -> None:
    assert (
        refused(windows=[text]) == f"Value error, window {text.strip()!r} is not one of `a..b`, `a..`, `..b` or `all`"
    )


def test_a_window_does_not_end_before_it_begins() -> None:
    assert refused(windows=["5..4"]) == "Value error, window 5..4 ends before it begins"


@pytest.mark.parametrize("text", [f"{LARGEST + 1}..", f"..{LARGEST + 1}", f"0..{'9' * 300}"])
def test_a_step_fits_into_sixty_four_bits(text: str) -> None:
    assert refused(windows=[text]) == "Input should be less than 9223372036854775808"


def test_window_is_short_for_windows() -> None:
    assert spec(window="1..2") == spec(windows=["1..2"]) == spec(windows="1..2")
    assert [str(item) for item in spec(window={"late": "3.."}).windows] == ["late"]
    assert refused(window="all", windows="all") == "Value error, give `window` or `windows`, not both"


def test_axes_are_placed_once() -> None:
    assert spec(rows="metrics", columns=["runs", "stats"]).columns == (Axis.RUNS, Axis.STATS)
    assert refused(rows=["metrics", "runs", "metrics"]) == "Value error, axis `metrics` is placed twice"
    assert refused(rows="runs", columns="runs") == "Value error, axis `runs` is placed twice"
    assert refused(rows="seeds").startswith("Input should be 'metrics'")


@pytest.mark.parametrize("fields", [{"digits": 0}, {"digits": 18}, {"compare": {"rate": "a/b"}}, {"colour": "red"}])
def test_what_is_not_foreseen_is_refused(fields: dict[str, Any]) -> None:
    assert refused(**fields)


def test_a_spec_is_kept_by_its_long_names_and_without_defaults() -> None:
    found = spec(window="1..2", stats=["mean", {"middle": "median"}], rows="metrics", notes={"a": "why"})
    assert found.model_dump(mode="json", exclude_defaults=True) == {
        "metrics": [{"value": "a"}],
        "windows": [{"value": {"first": 1, "last": 2}}],
        "stats": [{"value": "mean"}, {"value": "median", "label": "middle"}],
        "rows": ["metrics"],
        "notes": {"a": "why"},
    }
