from __future__ import annotations

import re
from typing import Any

import pytest
from pydantic import ValidationError

from journal.model.table import (
    AlignSpec,
    Axis,
    AxisItem,
    Interval,
    Measure,
    Pick,
    PlotSpec,
    PredictionsSpec,
    RunsSpec,
    Scale,
    TableSpec,
    WindowItem,
)
from journal.model.window import WINDOW_FORMS, Window


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
    with pytest.raises(ValidationError, match="name `metrics`, or give `values`"):
        TableSpec.model_validate({})


@pytest.mark.parametrize("given", ["a", ["a"], {"A": "a"}, [{"A": "a"}], ["a", {"B": "b"}]])
def test_an_item_stands_alone_in_a_list_or_under_its_label(given: Any) -> None:
    items = spec(metrics=given).metrics
    assert [str(item) for item in items] == (["a", "B"] if len(items) > 1 else ["A" if "A" in str(given) else "a"])
    assert items[0].value == "a"


@pytest.mark.parametrize("field", ["stats", "windows"])
def test_an_axis_that_is_named_is_not_empty(field: str) -> None:
    assert "at least 1 item" in refused(**{field: []})


@pytest.mark.parametrize("fields", [{"metrics": []}, {"metrics": [], "values": {}}, {"values": []}])
def test_a_table_has_something_to_show(fields: dict[str, Any]) -> None:
    with pytest.raises(ValidationError, match="name `metrics`, or give `values`"):
        TableSpec.model_validate(fields)


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


def test_window_is_short_for_windows() -> None:
    assert spec(window="1..2") == spec(windows=["1..2"]) == spec(windows="1..2")
    assert [str(item) for item in spec(window={"late": "3.."}).windows] == ["late"]
    assert refused(window="all", windows="all") == "Value error, give `window` or `windows`, not both"


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ("matched", ["matched"]),
        (["first 100 rows", "last 100 rows"], ["first 100 rows", "last 100 rows"]),
        ({"early": "..400"}, ["early"]),
        ([{"early": "first 5 steps"}, "all"], ["early", "all"]),
    ],
)
def test_windows_are_of_every_form(given: Any, expected: list[str]) -> None:
    assert [str(item) for item in spec(windows=given).windows] == expected


def test_what_is_no_window_is_refused_with_those_there_are() -> None:
    assert refused(window="5") == f"Value error, window '5' is not one of {WINDOW_FORMS}"
    assert refused(windows=["5..4"]) == "Value error, window 5..4 ends before it begins"


# YAML ends an item of a flow list at its comma: `[median, at(x, 5)]` comes as three items.
@pytest.mark.parametrize(
    ("given", "expected"),
    [
        (["median", "at(x", "5)"], ["median", "at(x, 5)"]),
        (["ema(x", "100) / ema(x", "5)", "p95"], ["ema(x, 100) / ema(x, 5)", "p95"]),
        (["(at(x", "5) - at(x", "6)) / 2"], ["(at(x, 5) - at(x, 6)) / 2"]),
        ("at(x, 5)", ["at(x, 5)"]),
        (["at(x, 5)"], ["at(x, 5)"]),
        (["at(x"], ["at(x"]),
    ],
)
def test_an_expression_with_a_comma_is_put_together_again(given: Any, expected: list[str]) -> None:
    assert [item.value for item in spec(stats=given).stats] == expected


def test_values_are_expressions_under_their_labels() -> None:
    found = TableSpec.model_validate({"values": {"start": "at(loss, 0)@a", "ratio": "last(loss)@a / last(loss)@b"}})
    assert found.values == (
        AxisItem(value="at(loss, 0)@a", label="start"),
        AxisItem(value="last(loss)@a / last(loss)@b", label="ratio"),
    )
    assert found.metrics == ()


@pytest.mark.parametrize("fields", [{"metrics": ["a"]}, {"stats": ["mean"]}, {"metrics": ["a"], "stats": ["mean"]}])
def test_values_take_the_place_of_metrics_and_statistics(fields: dict[str, Any]) -> None:
    with pytest.raises(ValidationError, match="give `values`, or `metrics` and `stats`, not both"):
        TableSpec.model_validate({"values": ["last(a)"], **fields})


def test_runs_are_grouped_by_hand_or_by_a_key_of_their_config() -> None:
    assert spec(groups="optimizer").groups == "optimizer"
    assert spec(groups={"wide": ["a", "b"], "narrow": "c"}).groups == {"wide": ("a", "b"), "narrow": ("c",)}
    found = spec(groups="optimizer", interval="bootstrap", confidence="90", pair="fold")
    assert (found.interval, found.confidence, found.pair) == (Interval.BOOTSTRAP, 90, "fold")
    assert (spec().interval, spec().confidence, spec().pair) == (None, 95, "seed")


@pytest.mark.parametrize("fields", [{"interval": "t"}, {"compare": {"test": "a/b"}}])
def test_an_interval_or_a_test_needs_groups(fields: dict[str, Any]) -> None:
    assert refused(**fields) == "Value error, an interval or a test needs `groups`"
    assert spec(groups="lr", **fields).groups == "lr"


@pytest.mark.parametrize("confidence", [0, 100, -5, "much"])
def test_a_confidence_lies_between_none_and_all(confidence: Any) -> None:
    assert refused(groups="lr", confidence=confidence)


def test_a_comparison_is_of_one_pair_or_of_several() -> None:
    found = spec(compare={"ratio": "iga/ipa", "delta": ["iga/ipa", "late/early"]})
    assert found.compare == {Measure.RATIO: ("iga/ipa",), Measure.DELTA: ("iga/ipa", "late/early")}


def test_notes_are_one_column_or_several_under_their_headings() -> None:
    assert spec(notes={"a": "why"}).notes == {"note": {"a": "why"}}
    several = {"interpretation": {"a": "why"}, "next": {"a": "what", "b": "else"}}
    assert spec(notes=several).notes == several
    assert spec().notes == {}
    assert refused(notes={"a": "why", "next": {"a": "what"}}).startswith("Value error, write `row: text` for each")


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
    kept = found.model_dump(mode="json", exclude_defaults=True)
    assert kept == {
        "metrics": [{"value": "a"}],
        "windows": [{"value": "1..2"}],
        "stats": [{"value": "mean"}, {"value": "median", "label": "middle"}],
        "rows": ["metrics"],
        "notes": {"note": {"a": "why"}},
    }


def test_an_alignment_shows_the_most_extreme_steps_of_one_metric() -> None:
    found = AlignSpec.model_validate({"metric": "loss", "with": ["grad", {"rate": "lr"}]})
    assert [str(item) for item in found.others] == ["grad", "rate"]
    assert (found.run, found.pick, found.k, found.before, found.window) == (None, Pick.HIGHEST, 5, 0, Window())


@pytest.mark.parametrize("fields", [{"k": 0}, {"k": 1001}, {"before": -1}, {"pick": "middle"}, {"metric": ""}])
def test_an_alignment_has_its_bounds(fields: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        AlignSpec.model_validate({"metric": "loss", **fields})


def test_a_plot_needs_nothing_but_its_metrics() -> None:
    found = PlotSpec.model_validate({"metrics": ["loss", {"rate": "lr"}]})
    assert [str(item) for item in found.metrics] == ["loss", "rate"]
    assert (found.runs, found.window, found.scale, found.smooth) == (None, Window(), Scale.LINEAR, 0)


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"metrics": []}, "at least 1 item"),
        ({"metrics": ["loss", {"again": "loss"}]}, "'loss' stands twice; name it once"),
        ({"metrics": [{"a": "loss"}, {"a": "lr"}]}, "'a' stands twice; give one a `{label: ...}`"),
        ({"runs": []}, "at least 1 item"),
        ({"runs": ["a", "a"]}, "'a' stands twice; name it once"),
        ({"window": "late"}, "is not one of"),
        ({"scale": "ln"}, "'linear' or 'log'"),
        ({"smooth": 1}, "less than 1"),
        ({"smooth": "nan"}, "less than 1"),
        ({"smooth": -0.1}, "greater than or equal to 0"),
        ({"stats": ["mean"]}, "not permitted"),
    ],
)
def test_a_plot_has_its_bounds(fields: dict[str, Any], said: str) -> None:
    with pytest.raises(ValidationError, match=re.escape(said)):
        PlotSpec.model_validate({"metrics": "loss", **fields})


def test_predictions_take_nothing_but_digits() -> None:
    assert PredictionsSpec.model_validate({"digits": "4"}).digits == 4
    with pytest.raises(ValidationError, match="not permitted"):
        PredictionsSpec.model_validate({"runs": ["a"]})
