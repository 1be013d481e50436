from __future__ import annotations

import pytest

from drafts import HEAD, PATH
from journal.document.document import parse
from journal.document.plain_yaml import Source
from journal.document.typed import load
from journal.errors import BlockError, FrontMatterError
from journal.model.entry import FrontMatter
from journal.model.table import RunsSpec, TableSpec


def spec(text: str) -> TableSpec:
    return load(Source(text, 11, PATH, BlockError), TableSpec)


def refused(text: str) -> BlockError:
    with pytest.raises(BlockError) as error:
        spec(text)
    assert error.value.path == PATH
    return error.value


def test_yaml_becomes_the_model() -> None:
    assert spec("metrics: [a, {B: b}]\nwindow: 3500..4000\nstats: mean\ndigits: 4") == TableSpec.model_validate(
        {"metrics": ["a", {"B": "b"}], "windows": ["3500..4000"], "stats": ["mean"], "digits": 4}
    )
    assert load(Source("", 1, PATH), RunsSpec) == RunsSpec()


@pytest.mark.parametrize(
    ("text", "line", "column", "message"),
    [
        ("", 11, 1, "name `metrics`, or give `values`"),
        ("runs: [a]", 11, 1, "name `metrics`, or give `values`"),
        ("\n# why\nmetrics:\n  - a\n  - [b]", 15, 5, "metrics.1: write the item itself, or one `{label: item}`"),
        ("metrics: [a]\nmetric: [b]", 12, 1, "'metric' is not known here"),
        ("metrics: []", 11, 1, "name `metrics`, or give `values`"),
        ("metrics: [a, '']", 11, 14, "metrics.1: must not be empty"),
        ("runs: [a]\nmetrics: [b, c, b]", 12, 1, "metrics: 'b' stands twice; give one a `{label: ...}`"),
        ("metrics: [a]\nstats: [mean, {mean: last}]", 12, 1, "stats: 'mean' stands twice; give one a `{label: ...}`"),
        ("metrics: [a]\nwindow: 5", 12, 1, "window: window '5' is not one of `a..b`, `a..`, `..b`, "),
        ("metrics: [a]\nwindows: [all, 9..5]", 12, 16, "windows.1: window 9..5 ends before it begins"),
        ("metrics: [a]\nwindows:\n- {x: 1..2}\n- {y: 1-2}", 14, 3, "windows.1: window '1-2' is not one of"),
        ("metrics: [a]\nwindow: 1..9223372036854775808", 12, 1, "must be less than 9223372036854775808"),
        ("metrics: [a]\nwindow: all\nwindows: all", 11, 1, "give `window` or `windows`, not both"),
        ("metrics: [a]\ndigits: three", 12, 1, "digits: must be a whole number"),
        ("metrics: [a]\ndigits: 18", 12, 1, "digits: must be less than or equal to 17"),
        ("metrics: [a]\nrows: [runs, seeds]", 12, 14, "rows.1: must be 'metrics', 'runs', 'stats', 'values' or "),
        ("metrics: [a]\nrows: runs\ncolumns: [stats, runs]", 11, 1, "axis `runs` is placed twice"),
        ("metrics: [a]\ncompare: a/b", 12, 1, "compare: must be a mapping"),
        (
            "metrics: [a]\ncompare: {ratio: a/b,\n  rate: a/b}",
            13,
            3,
            "must be 'ratio', 'delta', 'percent', 'trend' or 'test'",
        ),
        ("metrics: [a]\nnotes: {a: [b]}", 12, 9, "notes: must be text"),
    ],
)
def test_what_does_not_fit_is_refused_where_it_stands(text: str, line: int, column: int, message: str) -> None:
    error = refused(text)
    assert message in error.message
    assert (error.line, error.column) == (line, column), str(error)


@pytest.mark.parametrize("eol", ["\n", "\r\n", "\r"])
def test_a_spec_counts_its_lines_from_those_of_the_file(eol: str) -> None:
    lines = ["text", "<!-- journal:table one", "metrics: [a]", "window: 5", "-->", "<!-- /journal:table -->"]
    (block,) = parse(HEAD + eol.join(lines).encode(), PATH).entry.blocks
    with pytest.raises(BlockError) as error:
        load(Source(block.spec, block.spec_line, PATH, BlockError), TableSpec)
    assert (error.value.line, error.value.column) == (HEAD.count(b"\n") + 4, 1)


def test_a_marker_on_one_line_lacks_its_metrics_on_that_line() -> None:
    (block,) = parse(HEAD + b"\n<!-- journal:table -->\n<!-- /journal:table -->", PATH).entry.blocks
    with pytest.raises(BlockError, match="name `metrics`, or give `values`") as error:
        load(Source(block.spec, block.spec_line, PATH, BlockError), TableSpec)
    assert error.value.line == block.line == HEAD.count(b"\n") + 2


def test_a_misspelt_field_is_answered_with_those_there_are() -> None:
    assert refused("metrics: [a]\nwimdow: 1..2").hint == (
        "known: runs, metrics, stats, values, windows, window, groups, interval, confidence, pair, rows, columns, "
        "compare, notes, digits"
    )


def test_a_missing_field_is_answered_with_what_to_add() -> None:
    with pytest.raises(FrontMatterError) as error:
        load(Source("title: a", 2, PATH, FrontMatterError), FrontMatter)
    assert error.value.hint == "add `created:`"


def test_a_misspelt_field_deep_down_has_a_hint_too() -> None:
    source = Source("title: a\ncreated: 2026-02-21T00:00:00Z\nruns:\n  - {id: a, alias: b}", 2, PATH, FrontMatterError)
    with pytest.raises(FrontMatterError) as error:
        load(source, FrontMatter)
    assert str(error.value) == f"{PATH}:5:13: 'runs.0.alias' is not known here (remove it, or correct its name)"
