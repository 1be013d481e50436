from __future__ import annotations

import csv
import io
import math
import struct
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from journal.errors import CorruptLog
from journal.sources.plain_rows import TableHistory, place_rows
from journal.sources.table_file import csv_lines as table_csv
from journal.sources.table_file.csv_lines import leading_rows, parse_csv

if TYPE_CHECKING:
    from collections.abc import Mapping

NAMES = ("loss", "grad/norm", "val loss (ema)", "größe")


def read(text: str | bytes) -> tuple[TableHistory, list[tuple[str, int | None]]]:
    """The history in a file, and its problems."""
    table = parse_csv(text if isinstance(text, bytes) else text.encode())
    history = place_rows(table)
    return history, [(problem.message, problem.offset) for problem in (*table.problems, *history.problems)]


def points(history: TableHistory) -> Mapping[str, list[tuple[int, float]]]:
    return {
        name: list(zip(column.steps.to_list(), column.values.to_list(), strict=True))
        for name, column in history.columns.items()
    }


def test_sparse_rows_of_one_step_are_merged_metric_by_metric() -> None:
    history, problems = read("epoch,step,train,val\n0,9,0.5,\n0,9,,0.75\n1,19,0.25,\n1,19,,0.5\n")
    assert points(history) == {
        "epoch": [(9, 0.0), (19, 1.0)],
        "train": [(9, 0.5), (19, 0.25)],
        "val": [(9, 0.75), (19, 0.5)],
    }
    assert (history.rows, history.kept, history.last_step, problems) == (4, 4, 19, [])


def test_keras_rows_are_steps_by_their_epoch() -> None:
    history, problems = read("epoch,accuracy,loss,val_loss\n0,0.5,1.0,NA\n1,0.75,0.5,0.25\n")
    assert points(history) == {
        "accuracy": [(0, 0.5), (1, 0.75)],
        "loss": [(0, 1.0), (1, 0.5)],
        "val_loss": [(1, 0.25)],
    }
    assert problems == []


@pytest.mark.parametrize("end", ["\n", "\r\n"])
@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"])
def test_line_ends_and_a_byte_order_mark_make_no_difference_but_to_offsets(end: str, mark: bytes) -> None:
    content = mark + f"step,loss{end}1,0.5{end}2{end}3,x{end}".encode()
    history, problems = read(content)
    assert points(history) == {"loss": [(1, 0.5)]}
    assert problems == [
        ("lines with more or fewer cells than the header, left out: 1", content.index(b"2" + end.encode())),
        ("cells of the column 'loss' that are no numbers: 1", content.index(b"3,x")),
    ]


def test_a_last_line_without_an_end_is_left_out_since_digits_may_be_missing() -> None:
    history, problems = read("step,loss\n1,0.5\n2,0.12")
    assert points(history) == {"loss": [(1, 0.5)]}
    assert problems == [("the last line has no end and is left out; it may still be being written", 16)]


@pytest.mark.parametrize(
    ("cell", "value"),
    [
        ("0.1", 0.1), ("1e-05", 1e-5), ("-0.0", -0.0), ("nan", math.nan), ("NaN", math.nan), ("inf", math.inf),
        ("-Infinity", -math.inf), (" 0.5 ", 0.5), ('"0.5"', 0.5), (' "0.5"', 0.5), ("+3", 3.0),
        ("9007199254740993", 9007199254740992.0), ("1e400", math.inf), ("5.", 5.0), (".5", 0.5),
        ("0.1000000000000000055511151231257827021181583404541015625", 0.1),
        ("2.2250738585072011e-308", 2.225073858507201e-308),
    ],
)  # fmt: skip
def test_a_number_is_read_as_it_was_meant(cell: str, value: float) -> None:
    history, problems = read(f"step,loss\n1,{cell}\n")
    assert repr(points(history)) == repr({"loss": [(1, value)]})
    assert problems == []


@pytest.mark.parametrize("cell", ["", " ", "None", "null", "NA", "N/A", "True", "false"])
def test_a_cell_that_means_no_number_is_no_row_and_no_problem(cell: str) -> None:
    history, problems = read(f"step,loss\n1,{cell}\n2,0.5\n")
    assert (points(history), problems) == ({"loss": [(2, 0.5)]}, [])


@pytest.mark.parametrize("cell", ["abc", "1_0", "0x10", "tensor(0.5)", "0.5.5", "--1", "1e", "\u0661"])
def test_a_cell_that_is_no_number_in_a_column_of_numbers_is_counted_and_located(cell: str) -> None:
    history, problems = read(f"step,loss\n1,0.5\n2,{cell}\n3,{cell}\n")
    assert points(history) == {"loss": [(1, 0.5)]}
    assert problems == [("cells of the column 'loss' that are no numbers: 2", 16)]


def test_a_column_of_text_is_no_metric_and_no_problem() -> None:
    history, problems = read('step,split,note,loss\n1,train,"a, b",0.5\n2,val,"say ""x""",0.25\n')
    assert (points(history), problems) == ({"loss": [(1, 0.5), (2, 0.25)]}, [])


def test_a_quote_that_does_not_close_spoils_its_line_alone() -> None:
    history, problems = read('"step","a,b"\n1,"0.5"\n2,"0.25\n3,0.125\n"4,"x\n')
    assert points(history) == {"a,b": [(1, 0.5), (3, 0.125)]}
    assert problems == [("lines with more or fewer cells than the header, left out: 2", 21)]


def test_a_header_that_comes_again_is_no_row() -> None:
    history, problems = read("epoch,loss\n0,1\nepoch,loss\n1,2\nepoch,loss\n")
    assert (points(history), history.rows, problems) == ({"loss": [(0, 1.0), (1, 2.0)]}, 2, [])


@pytest.mark.parametrize("second", ["step,acc", '"step","acc"', "_step,acc", "step,acc,lr"])
def test_another_header_names_the_cells_below_it(second: str) -> None:
    more = ",1" * (second.count(",") - 1)
    history, problems = read(f"step,loss,lr\n1,0.5,3\n{second}\n2,0.75{more}\nstep,loss\n3,\n")
    if second.startswith("_"):
        assert points(history) == {"loss": [(1, 0.5)], "lr": [(1, 3.0)]}
        assert problems == [
            ("'_step' is no metric's name; the column is left out", None),
            ("rows without a whole number in the column 'step', left out: 1", 31),
        ]
    else:
        assert points(history)["acc"] == [(2, 0.75)]
        assert points(history)["loss"] == [(1, 0.5)]
        assert points(history)["lr"] == [(1, 3.0), (2, 1.0)][: 1 + len(more) // 2]
        assert problems == []


def test_steps_beyond_the_exact_floats_stay_exact() -> None:
    history, _ = read("step,loss\n9007199254740993,1\n9007199254740995,2\n")
    assert points(history) == {"loss": [(9007199254740993, 1.0), (9007199254740995, 2.0)]}


@pytest.mark.parametrize("step", ["1.5", "nan", "x", "", "4611686018427387905", "1e300"])
def test_a_step_that_cannot_be_one_is_never_guessed(step: str) -> None:
    history, problems = read(f"step,loss\n1,0.5\n{step},0.25\n3,0.125\n")
    if step == "1.5":
        assert points(history)["loss"] == [(0, 0.5), (1, 0.25), (2, 0.125)]
        assert points(history)["step"] == [(0, 1.0), (1, 1.5), (2, 3.0)]
        assert problems[0][0] == "the column 'step' holds numbers that are not whole and is not taken for the step"
    else:
        assert points(history) == {"loss": [(1, 0.5), (3, 0.125)]}
        assert ("rows without a whole number in the column 'step', left out: 1", 16) in problems
        assert (history.rows, history.kept) == (3, 2)


def test_rows_without_a_step_are_counted_lines_that_cannot_be_read_too() -> None:
    history, _ = read("loss,acc\n0.5,1\n0.25\n0.125,2\n")
    assert points(history)["loss"] == [(0, 0.5), (2, 0.125)]


def test_columns_without_a_name_are_left_out_and_double_names_told() -> None:
    history, problems = read(",step,loss,loss\n0,10,0.5,9\n")
    assert points(history) == {"loss": [(10, 0.5)]}
    assert problems == [("the header names 'loss' more than once; the first of these columns counts", None)]


def test_blank_lines_and_a_file_of_blanks_are_no_problem() -> None:
    history, problems = read("\n\nstep,loss\n\n1,0.5\n  \n")
    assert (points(history), problems) == ({"loss": [(1, 0.5)]}, [])
    for empty in ("", "\n", "\r\n\r\n", "step,loss\n"):
        history, problems = read(empty)
        assert (history.columns, history.rows, history.last_step, problems) == ({}, 0, None, [])


@pytest.mark.parametrize("content", ["1,2\n3,4\n", "0.5\n", "nan,1e5\n"])
def test_a_file_without_a_header_is_not_read(content: str) -> None:
    with pytest.raises(CorruptLog, match="no header line"):
        parse_csv(content.encode())


def test_bytes_that_are_no_text_spoil_their_cell_alone() -> None:
    history, problems = read("step,größe,loss\n1,0.5,".encode() + b"\xff0.1\n2,0.25,0.2\n\x00\x00\x00\n3,0.125,0.3\n")
    assert points(history) == {"größe": [(1, 0.5), (2, 0.25), (3, 0.125)], "loss": [(2, 0.2), (3, 0.3)]}
    assert problems == [
        ("lines with more or fewer cells than the header, left out: 1", 40),
        ("cells of the column 'loss' that are no numbers: 1", 18),
    ]


def test_wall_times_go_with_their_rows_and_are_no_metric() -> None:
    history, _ = read("step,time,loss,acc\n1,1700000000.5,0.5,\n2,,0.25,3\n")
    assert list(history.columns) == ["acc", "loss"]
    assert history.columns["loss"].times.to_list() == [1700000000.5, None]
    assert history.columns["acc"].times.to_list() == [None]


@pytest.mark.parametrize("second", ["12.5", "nan", "1700000000000"])
def test_seconds_since_the_start_are_a_metric(second: str) -> None:
    history, _ = read(f"step,time,loss\n1,1700000000.5,0.5\n2,{second},0.25\n")
    assert "time" in history.columns
    assert history.columns["loss"].times.to_list() == [None, None]


@pytest.mark.untraced
@given(
    st.lists(st.lists(st.one_of(st.none(), st.floats()), min_size=4, max_size=4), max_size=30),
    st.booleans(),
    st.integers(1, 300),
)
def test_what_was_written_is_what_is_read_quoted_or_not_in_blocks_of_any_size(
    rows: list[list[float | None]], quoted: bool, block: int
) -> None:
    stream = io.StringIO(newline="")
    writer = csv.writer(stream, quoting=csv.QUOTE_ALL if quoted else csv.QUOTE_MINIMAL, lineterminator="\n")
    writer.writerow(["step", *NAMES])
    writer.writerows([[step, *row] for step, row in enumerate(rows)])
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(table_csv, "BLOCK", block)
        history, problems = read(stream.getvalue())
    written = {
        name: [(step, row[place]) for step, row in enumerate(rows) if row[place] is not None]
        for place, name in enumerate(NAMES)
    }
    assert repr(points(history)) == repr({name: written[name] for name in sorted(NAMES) if written[name]})
    assert problems == []


@given(st.binary(max_size=200), st.integers(0, 400), st.integers(0, 60))
def test_damage_never_ends_in_another_error(noise: bytes, place: int, cut: int) -> None:
    whole = b"step,loss,acc\n" + b"".join(struct.pack("<4s", b"%d" % step) + b",0.5,1\n" for step in range(30))
    damaged = whole[:place] + noise + whole[place + cut :]
    try:
        history, _ = read(damaged)
    except CorruptLog:
        return
    assert all(column.steps.is_sorted() for column in history.columns.values())


@given(st.integers(1, 200))
def test_what_is_said_of_a_file_does_not_depend_on_the_blocks_it_is_read_in(block: int) -> None:
    content = "\ufeffstep,loss,note\n1,a,b\n2\n\n3,0.5,c\nstep,loss,note\n4,x,\nstep,acc,acc\n5,1,2\n6,\n7,y,2\n8,0."
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(table_csv, "BLOCK", block)
        history, problems = read(content)
    assert points(history) == {"acc": [(5, 1.0)], "loss": [(3, 0.5)]}
    assert problems == [
        ("the header names 'acc' more than once; the first of these columns counts", None),
        ("the last line has no end and is left out; it may still be being written", content.encode().index(b"8,0.")),
        ("lines with more or fewer cells than the header, left out: 2", 24),
        ("cells of the column 'loss' that are no numbers: 2", 18),
        ("cells of the column 'acc' that are no numbers: 1", content.encode().index(b"7,y")),
    ]


def test_a_glance_shows_the_first_rows_without_a_line_that_may_be_cut() -> None:
    sample = b'\xef\xbb\xbfstep,"time"\r\n1, 2\r\n3\r\n\r\n"4",5\r\n6,7'
    assert list(leading_rows(sample)) == [{"step": "1", "time": "2"}, {"step": "4", "time": "5"}]
    assert list(leading_rows(b"")) == list(leading_rows(b"step,lo")) == []
