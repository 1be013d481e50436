"""Rows as a server gives them, whole or in pieces, make the columns that the local log makes."""

import json
import math
from collections import Counter
from io import BytesIO
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from wandb_writer import frame, history

from conftest import RUNS
from journal import open_run
from journal.sources.wandb_api.rows import PageColumns, columns_of
from journal.sources.wandb_log.framing import LogRecord, read_records
from journal.sources.wandb_log.records import HistoryRow, KeyPath, decode
from journal.sources.wandb_log.scan import LogScan
from journal.sources.wandb_log.values import read_value

Row = dict[str, Any]
Logged = dict[KeyPath, Any]
"""A row as it was logged: what stands where."""
Told = tuple[list[tuple[int, str]], dict[str, list[tuple[int, str]]], Counter[str]]
"""Times and columns by step, every number spelt to the last bit, and how many were rounded."""

STOP = 1 << 40
NOT_FINITE = {"nan": "NaN", "inf": "Infinity", "-inf": "-Infinity"}


def told(pages: list[PageColumns]) -> Told:
    """What pages say, one after another."""
    times = [
        (step, repr(time))
        for page in pages
        for step, time in zip(page.steps.tolist(), page.times.tolist(), strict=True)
    ]
    columns: dict[str, list[tuple[int, str]]] = {}
    for page in pages:
        for name, (rows, values) in page.cells.items():
            assert (rows.dtype.name, values.dtype.name) == ("uint32", "float64")
            at = zip(page.steps[rows].tolist(), map(repr, values.tolist()), strict=True)
            columns.setdefault(name, []).extend(at)
    return times, columns, sum((page.inexact for page in pages), Counter())


def told_of_log(rows: dict[int, Logged]) -> Told:
    """What the reader of local logs says of the same rows."""
    log, scan = frame([history(dict(row.items()), step) for step, row in rows.items()]), LogScan()
    scan.read(BytesIO(log), len(log))
    found = scan.history
    cells = {".".join(path): found.cells(path) for path in found.kept}
    inexact = Counter({".".join(path): count for path, count in found.inexact.items()})
    return told([PageColumns(found.steps, found.times, cells, inexact, 0)])


def flat(step: int, row: Logged) -> Row:
    """The row with dotted names, as exports have it."""
    return {"_step": step, **{".".join(path): spelt(value) for path, value in row.items()}}


def nested(step: int, row: Logged) -> Row:
    """The row with dictionaries, as live pages have it."""
    tree: Row = {"_step": float(step)}
    for path, value in row.items():
        node = tree
        for key in path[:-1]:
            node = node.setdefault(key, {})
        node[path[-1]] = value
    return tree


def spelt(value: Any) -> Any:
    """A value as JSON that knows no NaN has it."""
    return NOT_FINITE.get(repr(value), value) if isinstance(value, float) else value


def column(page: PageColumns, name: str) -> list[tuple[int, float]]:
    """Steps and numbers of one metric."""
    rows, values = page.cells[name]
    return list(zip(page.steps[rows].tolist(), values.tolist(), strict=True))


WHOLE = st.one_of(st.integers(-3, 3), st.integers(-(2**70), 2**70), st.just(10**400))
VALUES = st.one_of(st.floats(), WHOLE, st.none(), st.booleans(), st.sampled_from(["text", "1.5", ""]), st.just([1.0]))
PATHS: list[KeyPath] = [
    *(("loss",), ("x.y",), ("val", "acc"), ("val", "deep", "x"), ("h", "min"), ("h", "of", "n")),
    *(("_timestamp",), ("_runtime",), ("_wandb", "runtime"), ("_wandbx",), ("val", "_step")),
]
LOGGED: st.SearchStrategy[Logged] = st.builds(
    lambda cells, media: cells | media,
    st.dictionaries(st.sampled_from(PATHS), VALUES, max_size=6),
    st.sampled_from([{}, {}, {("h", "_type"): "histogram"}, {("val", "deep", "_type"): "image-file"}]),
)
HISTORIES = st.dictionaries(st.integers(0, 40), LOGGED, max_size=12).map(lambda rows: dict(sorted(rows.items())))


@st.composite
def given_rows(draw: st.DrawFn, rows: dict[int, Logged]) -> list[Row]:
    """The rows as a server may give them: in both spellings, some twice or in two pieces, in any order."""
    answer = []
    for step, row in rows.items():
        pieces = [row]
        if draw(st.booleans()):
            first = draw(st.sets(st.sampled_from(sorted(row)))) if row else set()
            blank = dict.fromkeys(row)
            pieces = [blank | {path: row[path] for path in first}, {path: row[path] for path in row.keys() - first}]
        pieces += draw(st.lists(st.just(row), max_size=1))
        answer += [draw(st.sampled_from([flat, nested]))(step, piece) for piece in pieces]
    return draw(st.permutations(answer))


@settings(max_examples=150)
@given(HISTORIES, st.data())
def test_a_history_in_pages_and_pieces_is_that_of_the_local_log(rows: dict[int, Logged], data: st.DataObject) -> None:
    answer = data.draw(given_rows(rows))
    cuts = [0, *sorted(data.draw(st.sets(st.integers(1, 41), max_size=3))), STOP]
    pages = []
    for first, stop in pairwise(cuts):
        stray = data.draw(st.booleans())
        asked = [row for row in answer if stray or first <= row["_step"] < stop]
        page = columns_of(asked, first, stop)
        assert page.dropped == sum(not first <= row["_step"] < stop for row in asked)
        pages.append(page)
    assert told(pages) == told_of_log(rows)


LOGS = ["eras/0.13.11", "eras/0.16.6", "eras/0.31.0", "eras/0.31.0-typed", "blocks/0.31.0", "gallery", "sdk-0.31.0"]


@pytest.mark.parametrize("folder", LOGS)
def test_the_rows_of_a_real_log_come_back_as_the_journal_reads_them(folder: str) -> None:
    log = min((RUNS / folder).rglob("*.wandb"))
    run, rows = open_run(log), [served(row) for row in rows_in(log.read_bytes())]
    cuts = range(0, 400 * 60, 60)
    pages = [columns_of(rows, first, first + 60) for first in cuts]
    times, columns, inexact = told(pages)
    assert len(times) == run.rows > 0
    assert sorted(columns) == list(run.metric_names) != []
    for name in run.metric_names:
        held = run.column(name)
        assert held is not None
        assert columns[name] == list(zip(held.steps, map(repr, held.values), strict=True)), name
        known = dict(times)
        assert [known[step] for step, _ in columns[name]] == [repr(time) for time in held.times], name
        assert inexact[name] == held.rounded, name


def rows_in(log: bytes) -> list[HistoryRow]:
    """The rows of a log, record by record."""
    bodies = [decode(found.payload).body for found in read_records(log) if isinstance(found, LogRecord)]
    return [body for body in bodies if isinstance(body, HistoryRow)]


def served(row: HistoryRow) -> Row:
    """A row as a server gives it: an odd one with texts for what JSON does not know, an even one as it was logged."""
    cells = {".".join(path): read_value(value) for path, value in row.items}
    step = int(cells["_step"] if row.step is None else row.step)
    return {name: spelt(value) if step % 2 else value for name, value in cells.items()} | {"_step": step}


def test_of_two_rows_of_one_step_the_later_number_counts_and_none_takes_nothing_back() -> None:
    rows: list[Row] = [
        *({"_step": 3, "a": 1.0, "b": 1.0, "c": 5}, {"_step": 2, "a": 9.0}),
        *({"_step": 3, "a": 2.0, "b": None, "c": "text"}, {"_step": 3}),
    ]
    page = columns_of(rows, 0, 10)
    assert page.steps.tolist() == [2, 3]
    assert {name: column(page, name) for name in page.cells} == {
        "a": [(2, 9.0), (3, 2.0)],
        "b": [(3, 1)],
        "c": [(3, 5)],
    }
    assert page.dropped == 0


def test_the_last_of_many_pieces_counts() -> None:
    rows = [{"_step": (7 * turn) % 5, "a": float(turn)} for turn in range(500)]
    last = {int(row["_step"]): row["a"] for row in rows}
    assert column(columns_of(rows, 0, 5), "a") == sorted(last.items())


def test_a_row_without_numbers_is_a_row() -> None:
    page = columns_of([{"_step": 1}, {"_step": 4, "note": "text", "flag": True, "list": [1, 2], "none": None}], 0, 10)
    assert (page.steps.tolist(), page.cells) == ([1, 4], {})


@pytest.mark.parametrize(
    "step", [None, "3", True, -1, -1.0, math.nan, math.inf, "NaN", 2.0**62, 1 << 62, 10**400, [3], {"_step": 3}]
)
def test_a_row_without_a_usable_step_is_left_out_and_counted(step: Any) -> None:
    page = columns_of([{"_step": step, "a": 1.0}, {"_step": 3, "a": 2.0}, {"a": 1.0}], -5, 1 << 65)
    assert (column(page, "a"), page.dropped) == ([(3, 2.0)], 2)


def test_a_row_belongs_to_one_page_only() -> None:
    rows = [{"_step": step, "a": float(step)} for step in range(6)]
    page = columns_of(rows, 2, 4)
    assert (column(page, "a"), page.dropped) == ([(2, 2.0), (3, 3.0)], 4)


def test_a_step_that_was_given_as_a_float_is_a_whole_number() -> None:
    page = columns_of([{"_step": 3.0, "a": 1.0}, {"_step": 3, "b": 2.0}], 0, 10)
    assert (page.steps.dtype.name, page.steps.tolist()) == ("int64", [3])


def test_numbers_that_json_does_not_know_are_numbers_as_texts_too() -> None:
    texts = ["NaN", "Infinity", "-Infinity", "nan", "inf", "1.5"]
    page = columns_of([{"_step": step, "a": text} for step, text in enumerate(texts)], 0, 10)
    assert repr(column(page, "a")) == "[(0, nan), (1, inf), (2, -inf)]"


def test_a_time_that_is_no_finite_number_is_not_known() -> None:
    stamps = [12.5, "NaN", None, math.inf, 7]
    page = columns_of([{"_step": step, "_timestamp": stamp} for step, stamp in enumerate([*stamps, *stamps])], 0, 10)
    assert repr(page.times.tolist()) == repr([12.5, math.nan, math.nan, math.nan, 7.0] * 2)
    assert page.cells == {}


def test_what_a_row_says_of_its_time_is_not_taken_back_by_a_piece_without_one() -> None:
    rows: list[Row] = [{"_step": 0, "_timestamp": 5.0}, {"_step": 0, "_timestamp": None}, {"_step": 0}]
    assert columns_of(rows, 0, 1).times.tolist() == [5.0]


@pytest.mark.parametrize(
    "media",
    [
        {"h": {"_type": "histogram", "count": 3, "of": {"n": 4}}},
        {"h._type": "histogram", "h.count": 3, "h.of.n": 4},
        {"h.count": 3, "h": {"of": {"n": 4}, "_type": "histogram"}},
    ],
)
def test_the_numbers_in_media_are_no_metric_of_that_row(media: Row) -> None:
    page = columns_of([{"_step": 0, "hot": 1.0, **media}, {"_step": 1, "h.count": 5, "h": {"_type": 2}}], 0, 10)
    assert {name: column(page, name) for name in page.cells} == {
        "hot": [(0, 1.0)],
        "h.count": [(1, 5.0)],
        "h._type": [(1, 2.0)],
    }


def test_a_number_in_the_place_of_media_is_hidden_as_in_a_log() -> None:
    logged: Logged = {("h",): 3, ("h", "_type"): "histogram", ("hot",): 1}
    page = columns_of([flat(0, logged)], 0, 1)
    assert list(page.cells) == ["hot"]
    assert told([page]) == told_of_log({0: logged})


def test_a_type_at_the_top_of_a_row_hides_nothing() -> None:
    page = columns_of([{"_step": 0, "_type": "text", "a": 1.0}], 0, 10)
    assert list(page.cells) == ["a"]


def test_whole_numbers_that_no_float_equals_are_counted_once_a_row() -> None:
    large = (1 << 53) + 1
    values = [large, large, large - 1, 5, 10**400, -large, 1e300, -(10**400)]
    page = columns_of([{"_step": min(step, 6), "a": value} for step, value in enumerate(values)] * 2, 0, 10)
    assert page.inexact == {"a": 3}
    assert column(page, "a")[4] == (4, math.inf)
    assert column(page, "a")[6] == (6, -math.inf)


def test_a_rounded_number_that_a_later_row_replaces_does_not_count() -> None:
    page = columns_of([{"_step": 0, "a": (1 << 53) + 1}, {"_step": 0, "a": 1.5}], 0, 1)
    assert (column(page, "a"), page.inexact) == ([(0, 1.5)], {})


def test_a_name_that_is_no_text_and_a_bottomless_value_are_passed_over() -> None:
    deep: Any = json.loads('{"a":' * 150 + "1" + "}" * 150)
    page = columns_of([{"_step": 0, "half \ud800": 1.0, "deep": deep, "a": 2.0}], 0, 10)
    assert list(page.cells) == ["a"]


def test_a_page_may_be_empty() -> None:
    page = columns_of([], 0, 1000)
    assert (len(page.steps), len(page.times), page.cells, page.inexact, page.dropped) == (0, 0, {}, {}, 0)
