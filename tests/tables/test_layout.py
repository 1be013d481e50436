from __future__ import annotations

from itertools import combinations, permutations, product

import pytest

from journal.errors import BlockError, ExpressionError
from journal.model.table import Axis, AxisItem, Measure, TableSpec, WindowItem
from journal.model.window import Window
from journal.tables.layout import Layout, lay_out

ITEMS: dict[Axis, list[str]] = {
    Axis.METRICS: ["train/loss", "val/loss"],
    Axis.RUNS: ["ipa", "iga"],
    Axis.STATS: ["mean", "last"],
    Axis.WINDOWS: ["0..10", "20..30"],
}
AXES = tuple(ITEMS)
"""The axes of a table of metrics; a table of values has that axis in place of two of them."""
LEFTOVER = "has several items"


def layout(free: set[Axis] | frozenset[Axis] = frozenset(), **spec: object) -> Layout:
    """The layout of a spec whose free axes have two items and whose others have one."""
    chosen = {axis.value: names if axis in free else names[:1] for axis, names in ITEMS.items()}
    parsed = TableSpec.model_validate({**chosen, **spec})
    assert parsed.runs is not None
    return lay_out(parsed, parsed.runs)


def axes_of(found: Layout) -> tuple[list[Axis], list[Axis]]:
    (down,) = {tuple(place.items) for place in found.rows}
    (across,) = {tuple(place.items) for place in found.columns}
    return list(down), list(across)


@pytest.mark.parametrize(
    ("free", "down", "across"),
    [
        ("", "metrics", "runs"),
        ("metrics", "metrics", "runs"),
        ("runs", "runs", "metrics"),
        ("stats", "stats", "runs"),
        ("windows", "windows", "runs"),
        ("metrics runs", "metrics", "runs"),
        ("metrics stats", "metrics", "stats"),
        ("metrics windows", "metrics", "windows"),
        ("runs stats", "runs", "stats"),
        ("runs windows", "runs", "windows"),
        ("stats windows", "stats", "windows"),
        ("metrics runs stats", "metrics", "runs stats"),
        ("metrics runs windows", "metrics", "runs windows"),
        ("metrics stats windows", "metrics", "stats windows"),
        ("runs stats windows", "runs", "stats windows"),
        ("metrics runs stats windows", "metrics", "runs stats windows"),
    ],
)
def test_the_first_axis_that_varies_runs_down_and_the_others_across(free: str, down: str, across: str) -> None:
    found = layout({Axis(name) for name in free.split()})
    assert axes_of(found) == (down.split(), across.split())
    assert set(found.fixed) == set(AXES) - set(down.split()) - set(across.split())


FREE = [frozenset(chosen) for size in range(5) for chosen in combinations(AXES, size)]


@pytest.mark.parametrize("placed", [("rows",), ("columns",), ("rows", "columns"), ()])
def test_every_cell_asks_for_one_item_of_each_axis_and_nothing_is_left_out_or_asked_twice(
    placed: tuple[str, ...],
) -> None:
    for free, (first, second) in product(FREE, permutations(AXES, 2)):
        assert_complete(free, placed, first, second)


def assert_complete(free: frozenset[Axis], placed: tuple[str, ...], first: Axis, second: Axis) -> None:
    spec = dict(zip(placed, ([first.value], [second.value]), strict=False))
    if len(placed) == 2 and free - {first, second}:
        with pytest.raises(ExpressionError, match=LEFTOVER):
            layout(free, **spec)
        return
    found = layout(free, **spec)
    asked = [
        tuple(str(found.items(row, column)[axis]) for axis in AXES) for row in found.rows for column in found.columns
    ]
    wanted = list(product(*(ITEMS[axis] if axis in free else ITEMS[axis][:1] for axis in AXES)))
    assert sorted(asked) == sorted(wanted)
    down, across = axes_of(found)
    assert set(spec.get("rows", [])) <= set(down)
    assert set(spec.get("columns", [])) <= set(across)
    assert not set(down) & set(across)


@pytest.mark.parametrize("pair", list(permutations(AXES, 2)))
@pytest.mark.parametrize("placed", ["rows", "columns"])
def test_two_axes_may_share_a_side_and_the_rest_goes_to_the_other(placed: str, pair: tuple[Axis, Axis]) -> None:
    for free in (frozenset(AXES), frozenset()):
        down, across = axes_of(layout(free, **{placed: list(pair)}))
        assert tuple(down if placed == "rows" else across) == pair
        rest = across if placed == "rows" else down
        assert set(rest) == set(AXES) - set(pair) if free else len(rest) == 1


@pytest.mark.parametrize("placed", ["rows", "columns"])
def test_an_axis_must_be_left_for_the_other_side(placed: str) -> None:
    with pytest.raises(ExpressionError, match="every axis"):
        layout(set(AXES), **{placed: list(AXES)})


@pytest.mark.parametrize("placed", ["rows", "columns"])
def test_an_empty_placement_is_none(placed: str) -> None:
    free = {Axis.METRICS, Axis.RUNS}
    assert layout(free, **{placed: []}) == layout(free)


MANY = [f"r{number}" for number in range(5)]


def test_a_table_that_would_be_too_wide_for_a_page_grows_downwards() -> None:
    found = layout(set(AXES), runs=MANY)
    assert axes_of(found) == (["metrics", "windows", "stats"], ["runs"])
    assert (len(found.rows), len(found.columns)) == (8, 5)


def test_one_long_axis_is_turned_to_run_down() -> None:
    nine, eight = ([f"r{number}" for number in range(count)] for count in (9, 8))
    assert axes_of(layout({Axis.METRICS}, runs=nine)) == (["runs"], ["metrics"])
    assert axes_of(layout({Axis.METRICS}, runs=eight)) == (["metrics"], ["runs"])
    assert axes_of(layout({Axis.METRICS}, runs=nine, compare={"ratio": "r1/r0"})) == (["metrics"], ["runs"])


def test_what_is_compared_stays_across_however_wide_that_is() -> None:
    found = layout(set(AXES), runs=MANY, compare={"ratio": "r1/r0", "delta": "last/mean"})
    assert axes_of(found) == (["metrics", "windows"], ["runs", "stats"])
    assert len(found.comparisons) == 2 + 5


def test_a_table_is_as_wide_as_its_author_placed_it() -> None:
    found = layout(set(AXES), runs=MANY, rows=["metrics"])
    assert axes_of(found) == (["metrics"], ["runs", "stats", "windows"])


def test_labels_of_several_axes_are_joined() -> None:
    found = layout(set(AXES), rows=["metrics", "stats"], columns=["windows", "runs"])
    assert found.corner == "metric · statistic"
    assert [place.label for place in found.rows] == [
        *("train/loss · mean", "train/loss · last", "val/loss · mean", "val/loss · last")
    ]
    assert [place.label for place in found.columns] == ["0..10 · ipa", "0..10 · iga", "20..30 · ipa", "20..30 · iga"]


def test_a_table_of_an_entry_without_runs_still_has_a_column() -> None:
    spec = TableSpec.model_validate({"metrics": ["a", "b"]})
    found = lay_out(spec, ())
    assert axes_of(found) == ([Axis.METRICS], [Axis.STATS])
    placed = lay_out(TableSpec.model_validate({"metrics": ["a", "b"], "columns": ["runs"], "rows": ["metrics"]}), ())
    assert axes_of(placed) == ([Axis.METRICS], [Axis.STATS])


def comparisons(found: Layout) -> list[tuple[str, str, str, str]]:
    labels = [place.label for place in found.columns]
    return [(each.label, each.measure, labels[each.of], labels[each.to]) for each in found.comparisons]


def test_a_comparison_names_two_runs_by_their_handles() -> None:
    found = layout({Axis.METRICS, Axis.RUNS}, compare={"ratio": "iga/ipa"})
    assert comparisons(found) == [("iga / ipa", "ratio", "iga", "ipa")]


def test_a_comparison_names_columns_by_label_too_and_shows_the_label() -> None:
    for text in ("IGA, wide/ipa", "iga/ipa", " IGA, wide / ipa "):
        found = layout({Axis.METRICS, Axis.RUNS}, runs=["ipa", {"IGA, wide": "iga"}], compare={"delta": text})
        assert comparisons(found) == [("IGA, wide − ipa", "delta", "IGA, wide", "ipa")]


def test_a_comparison_names_windows_and_statistics() -> None:
    found = layout({Axis.METRICS, Axis.WINDOWS}, compare={"percent": "20..30/0..10"})
    assert comparisons(found) == [("20..30 vs 0..10", "percent", "20..30", "0..10")]
    labelled = layout({Axis.METRICS}, windows=[{"first": "0..10"}, {"last": "20..30"}], compare={"ratio": "last/first"})
    assert comparisons(labelled) == [("last / first", "ratio", "last", "first")]
    found = layout({Axis.METRICS, Axis.STATS}, compare={"ratio": "last/mean"})
    assert comparisons(found) == [("last / mean", "ratio", "last", "mean")]


def test_an_axis_that_is_compared_runs_across_though_it_would_run_down() -> None:
    found = layout({Axis.RUNS}, compare={"ratio": "iga/ipa"})
    assert axes_of(found) == (["metrics"], ["runs"])
    found = layout({Axis.METRICS, Axis.RUNS}, compare={"ratio": "train/loss/val/loss"})
    assert axes_of(found) == (["runs"], ["metrics"])


@pytest.mark.parametrize(
    ("metrics", "text", "pair"),
    [
        (["train/loss", "val/loss"], "train/loss/val/loss", ("train/loss", "val/loss")),
        (["a/b", "c"], "a/b/c", ("a/b", "c")),
        (["a", "b/c"], "a/b/c", ("a", "b/c")),
        (["a/b/c", "d/e/f"], "d/e/f / a/b/c", ("d/e/f", "a/b/c")),
        (["/", "x"], "//x", ("/", "x")),
    ],
)
def test_labels_with_slashes_are_told_apart(metrics: list[str], text: str, pair: tuple[str, str]) -> None:
    found = layout(metrics=metrics, compare={"ratio": text})
    assert [each[2:] for each in comparisons(found)] == [pair]


def test_two_column_axes_give_a_comparison_for_each_of_the_other() -> None:
    found = layout({Axis.METRICS, Axis.RUNS, Axis.STATS}, compare={"ratio": "iga/ipa"})
    assert comparisons(found) == [
        ("iga / ipa · mean", "ratio", "iga · mean", "ipa · mean"),
        ("iga / ipa · last", "ratio", "iga · last", "ipa · last"),
    ]


def test_several_measures_stand_side_by_side() -> None:
    found = layout({Axis.METRICS, Axis.RUNS}, compare={"ratio": "iga/ipa", "delta": "iga/ipa", "percent": "ipa/iga"})
    assert [each[0] for each in comparisons(found)] == ["iga / ipa", "iga − ipa", "ipa vs iga"]


@pytest.mark.parametrize("text", ["iga", "iga/", "/ipa", "iga/nobody", "iga/iga", "", "iga-ipa"])
def test_a_comparison_that_names_no_two_columns_is_an_error_that_lists_the_names(text: str) -> None:
    with pytest.raises(ExpressionError, match="does not name two columns") as caught:
        layout({Axis.RUNS}, compare={"ratio": text})
    assert caught.value.hint is not None
    assert "ipa, iga" in caught.value.hint


@pytest.mark.parametrize(
    ("spec", "text"),
    [
        ({"metrics": ["a", "a/b", "b/c", "c"]}, "a/b/c"),
        ({"runs": ["first", "last"], "stats": ["first", "last"]}, "last/first"),
        ({"runs": ["ipa", {"wide": "iga"}, {"iga": "other"}]}, "iga/ipa"),
    ],
)
def test_a_comparison_that_can_be_read_in_several_ways_is_an_error(spec: dict[str, object], text: str) -> None:
    with pytest.raises(ExpressionError, match="in 2 ways"):
        layout(frozenset(), **spec, compare={"ratio": text})


def test_comparing_what_runs_down_is_an_error() -> None:
    with pytest.raises(ExpressionError, match="do not run across"):
        layout({Axis.METRICS, Axis.RUNS}, rows=["runs"], compare={"ratio": "iga/ipa"})
    with pytest.raises(ExpressionError, match="do not run across"):
        layout({Axis.METRICS, Axis.RUNS}, columns=["metrics"], compare={"ratio": "iga/ipa"})


def test_one_item_of_every_axis_answers_a_cell() -> None:
    found = layout({Axis.METRICS, Axis.RUNS})
    items = found.items(found.rows[1], found.columns[1])
    assert items == {
        Axis.METRICS: AxisItem(value="val/loss"),
        Axis.RUNS: AxisItem(value="iga"),
        Axis.STATS: AxisItem(value="mean"),
        Axis.WINDOWS: WindowItem(value=Window(first=0, last=10)),
    }


VALUES = {"worst": "max(loss)", "end": "last(loss)"}


def of_values(runs: list[str], **spec: object) -> Layout:
    parsed = TableSpec.model_validate({"values": VALUES, "runs": runs, **spec})
    assert parsed.runs is not None
    return lay_out(parsed, parsed.runs)


def test_values_take_the_place_of_metrics_and_statistics() -> None:
    found = of_values(["ipa", "iga"])
    assert axes_of(found) == ([Axis.RUNS], [Axis.VALUES])
    assert (found.corner, found.labels) == ("run", ["worst", "end"])
    items = found.items(found.rows[1], found.columns[0])
    assert set(items) == {Axis.RUNS, Axis.VALUES, Axis.WINDOWS}
    assert items[Axis.VALUES] == AxisItem(value="max(loss)", label="worst")


def test_values_of_no_run_or_of_one_run_down() -> None:
    assert axes_of(of_values([])) == ([Axis.VALUES], [Axis.WINDOWS])
    assert axes_of(of_values(["ipa"])) == ([Axis.VALUES], [Axis.RUNS])
    placed = of_values(["ipa", "iga"], rows=["values"])
    assert axes_of(placed) == ([Axis.VALUES], [Axis.RUNS])


def test_values_can_be_compared_with_each_other() -> None:
    found = of_values(["ipa", "iga"], compare={"ratio": "worst/end"})
    assert comparisons(found) == [("worst / end", "ratio", "worst", "end")]


def test_one_measure_may_compare_several_pairs() -> None:
    found = layout({Axis.METRICS, Axis.RUNS}, compare={"ratio": ["iga/ipa", "ipa/iga"]})
    assert [each[0] for each in comparisons(found)] == ["iga / ipa", "ipa / iga"]
    assert [each.measure for each in found.comparisons] == [Measure.RATIO, Measure.RATIO]


@pytest.mark.parametrize(
    ("measure", "heading"),
    [
        ("ratio", "iga / ipa"),
        ("delta", "iga − ipa"),
        ("percent", "iga vs ipa"),
        ("trend", "trend"),
    ],
)
def test_every_measure_has_its_heading(measure: str, heading: str) -> None:
    assert comparisons(layout({Axis.RUNS}, compare={measure: "iga/ipa"}))[0][0] == heading


def test_groups_stand_where_runs_would() -> None:
    spec = TableSpec.model_validate({"metrics": ["a", "b"], "groups": "width", "compare": {"test": "x/y"}})
    found = lay_out(spec, (AxisItem(value="x"), AxisItem(value="y")))
    assert found.grouped
    assert axes_of(found) == ([Axis.METRICS], [Axis.RUNS])
    assert comparisons(found) == [("x − y, tested", "test", "x", "y")]
    assert lay_out(spec.model_copy(update={"compare": {}}), (AxisItem(value="x"),)).corner == "metric"


def test_a_table_without_end_is_refused() -> None:
    many = [f"m{number}" for number in range(101)]
    spec = TableSpec.model_validate({"metrics": many, "stats": ["p" + str(number) for number in range(100)]})
    with pytest.raises(BlockError, match="a table of 10100 cells"):
        lay_out(spec, [AxisItem(value="a")])
