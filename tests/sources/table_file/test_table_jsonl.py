from __future__ import annotations

import json
import math
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from journal.errors import CorruptLog
from journal.sources.plain_rows import TableHistory, place_rows
from journal.sources.table_file import json_lines as table_jsonl
from journal.sources.table_file.json_lines import leading_rows, parse_jsonl

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping


def read(text: str | bytes) -> tuple[TableHistory, list[tuple[str, int | None]]]:
    """The history in a file, and its problems."""
    table = parse_jsonl(text if isinstance(text, bytes) else text.encode())
    history = place_rows(table)
    return history, [(problem.message, problem.offset) for problem in (*table.problems, *history.problems)]


def points(history: TableHistory) -> Mapping[str, list[tuple[int, float]]]:
    return {
        name: list(zip(column.steps.to_list(), column.values.to_list(), strict=True))
        for name, column in history.columns.items()
    }


def test_one_object_a_line_is_one_row() -> None:
    history, problems = read('{"step": 10, "loss": 0.1}\n{"step": 20, "loss": 1, "lr": 1e-05}\n')
    assert points(history) == {"loss": [(10, 0.1), (20, 1.0)], "lr": [(20, 1e-05)]}
    assert (history.rows, history.kept, history.last_step, problems) == (2, 2, 20, [])


def test_nested_objects_become_names_with_dots() -> None:
    history, problems = read('{"epoch": 1, "train": {"loss": 0.5, "grad": {"norm": 2}}}\n{"epoch": 2, "train": 3}\n')
    assert points(history) == {"train": [(2, 3.0)], "train.grad.norm": [(1, 2.0)], "train.loss": [(1, 0.5)]}
    assert problems == []


def test_of_two_keys_with_one_name_the_plain_one_counts() -> None:
    history, problems = read('{"step": 1, "a.b": 1, "a": {"b": 2}}\n')
    assert points(history) == {"a.b": [(1, 1.0)]}
    assert problems == [("two keys are called 'a.b'; the nested one is left out", None)]


@pytest.mark.parametrize("value", ["null", "true", '"0.5"', "[1, 2]", "{}", '"NaN"', '{"a": []}'])
def test_what_is_no_number_is_no_row_and_no_problem(value: str) -> None:
    history, problems = read(f'{{"step": 1, "loss": {value}}}\n{{"step": 2, "loss": 0.5}}\n')
    assert (points(history), history.rows, problems) == ({"loss": [(2, 0.5)]}, 2, [])


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("NaN", math.nan), ("Infinity", math.inf), ("-Infinity", -math.inf), ("1e400", math.inf), ("-0.0", -0.0),
        ("9007199254740993", 9007199254740992.0), ("18446744073709551617", 18446744073709551616.0),
        ("-1" + "0" * 400, -math.inf), ("0", 0.0),
    ],
)  # fmt: skip
def test_a_number_is_read_as_it_was_meant(text: str, value: float) -> None:
    history, problems = read(f'{{"step": 1, "loss": {text}}}\n')
    assert repr(points(history)) == repr({"loss": [(1, value)]})
    assert problems == []


def test_steps_beyond_the_exact_floats_stay_exact_and_whole_floats_are_steps() -> None:
    history, _ = read('{"step": 3.0, "loss": 1}\n{"step": 9007199254740993, "loss": 2}\n')
    assert points(history) == {"loss": [(3, 1.0), (9007199254740993, 2.0)]}


@pytest.mark.parametrize("step", ["null", '"7"', "true", "NaN", str(1 << 63), "[7]", "1e300"])
def test_a_row_without_a_whole_step_is_left_out_where_others_have_one(step: str) -> None:
    first = '{"step": 1, "loss": 0.5}\n'
    history, problems = read(f'{first}{{"step": {step}, "loss": 0.25}}\n{{"event": "saved"}}\n')
    assert points(history) == {"loss": [(1, 0.5)]}
    assert problems == [("rows without a whole number in the column 'step', left out: 1", len(first))]
    assert (history.rows, history.kept) == (3, 2)


def test_without_a_step_rows_are_counted_lines_that_cannot_be_read_too() -> None:
    history, problems = read('{"loss": 1}\nxx\n\n{"loss": 2}\n')
    assert points(history) == {"loss": [(0, 1.0), (2, 2.0)]}
    assert problems == [("lines that are no JSON objects, left out: 1", 12)]


@pytest.mark.parametrize("line", ["[1]", "1", '"x"', "null", "{", '{"a": 1} {"b": 2}', "{'a': 1}", "\x00\x00", '{"a"'])
def test_a_line_that_is_no_object_is_counted_and_located(line: str) -> None:
    history, problems = read(f'\ufeff{{"step": 1, "loss": 1}}\r\n{line}\r\n{{"step": 2, "loss": 2}}\r\n{line}\n')
    assert points(history) == {"loss": [(1, 1.0), (2, 2.0)]}
    assert problems == [("lines that are no JSON objects, left out: 2", 27)]


def test_a_last_line_without_an_end_counts_if_it_is_whole() -> None:
    assert read('{"step": 1, "loss": 1}\n{"step": 2, "loss": 2}')[1] == []
    history, problems = read('{"step": 1, "loss": 1}\n{"step": 2, "loss": 2')
    assert points(history) == {"loss": [(1, 1.0)]}
    assert problems == [("the last line is cut off and left out; it may still be being written", 23)]


def test_nothing_but_other_things_than_objects_is_an_error_and_an_empty_file_is_not() -> None:
    for content in ("[1]\n[2]\n", "step,loss\n1,2\n"):
        with pytest.raises(CorruptLog, match="none of its lines"):
            parse_jsonl(content.encode())
    for content in ("", "\n\n", '{"a'):
        assert read(content)[0].rows == 0


def test_objects_nested_beyond_measure_are_passed_over() -> None:
    for depth in (150, 900, 5000):
        deep = '{"a":' * depth + "1" + "}" * depth
        history, _ = read(f'{{"step": 1, "loss": 1}}\n{{"step": 2, "loss": 2, "x": {deep}}}\n')
        assert points(history)["loss"][0] == (1, 1.0)
        assert list(history.columns) == ["loss"]


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=3),
    lambda below: st.lists(below, max_size=2) | st.dictionaries(st.sampled_from("abc"), below, max_size=3),
    max_leaves=6,
)


def leaves(prefix: str, value: Any) -> Iterator[tuple[str, float]]:
    if isinstance(value, dict):
        for key, below in value.items():
            yield from leaves(f"{prefix}.{key}" if prefix else key, below)
    elif isinstance(value, int | float) and not isinstance(value, bool):
        yield prefix, float(value)


@pytest.mark.untraced
@given(st.lists(st.dictionaries(st.sampled_from("abcd"), JSON, max_size=4), max_size=20), st.integers(1, 8))
def test_what_was_written_is_what_is_read_in_chunks_of_any_size(rows: list[dict[str, Any]], chunk: int) -> None:
    expected: dict[str, list[tuple[int, float]]] = {}
    for number, row in enumerate(rows):
        for name, value in leaves("", row):
            expected.setdefault(name, []).append((number, value))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(table_jsonl, "CHUNK", chunk)
        history, problems = read("".join(json.dumps(row) + "\n" for row in rows))
    assert repr(points(history)) == repr(dict(sorted(expected.items())))
    assert (history.rows, problems) == (len(rows), [])


def test_a_glance_shows_the_objects_that_are_whole() -> None:
    assert list(leading_rows(b'{"a": 1}\n[2]\n{"a": NaN, "b": {}}\n{"a"'))[:1] == [{"a": 1}]
    assert [list(row) for row in leading_rows(b'{"a": 1}\n[2]\n{"a": NaN, "b": {}}\n{"a"')] == [["a"], ["a", "b"]]
