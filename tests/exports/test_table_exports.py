from __future__ import annotations

import csv
import json
import math
from html.parser import HTMLParser
from io import StringIO
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from journal.exports.latex import latex
from journal.exports.table import Format, render
from journal.model.evidence import CellEvidence, CellState, GroupEvidence, SignificanceEvidence
from journal.tables.grid import Grid, markdown, sides

VALUE = 0.7744912345678901
MEAN = CellEvidence(
    row="loss", column="ipa", expression="mean(loss)@ipa", state=CellState.VALUE, value=VALUE, n=101, nonfinite=2
)
PENDING = CellEvidence(row="loss", column="iga", expression="mean(loss)@iga", state=CellState.PENDING)
GRID = Grid(
    head=("metric", "ipa", "iga", "note"),
    rows=(("loss", "0.774", "TBD", 'a "b", <c> | d'),),
    aligned=sides(4, left=1),
    caption="mean over steps 1..2; rows used: a|b 101",
    cells=((None, MEAN, PENDING, None),),
)
TEXTS = st.text(max_size=10) | st.lists(
    st.sampled_from(["=", "+", "-", "@", "\t", "\r", "\n", '"', ",", "1", "a"])
).map("".join)


@st.composite
def grids(draw: st.DrawFn) -> Grid:
    """Tables of any texts, without evidence."""
    wide = draw(st.integers(1, 4))
    line = st.lists(TEXTS, min_size=wide, max_size=wide).map(tuple)
    rows = draw(st.lists(line, max_size=3))
    return Grid(draw(line), tuple(rows), sides(wide), draw(st.none() | TEXTS))


class Page(HTMLParser):
    """The tags of a piece of HTML with their attributes, and the text in each."""

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=True)
        self.found: list[tuple[str, dict[str, str | None], str]] = []
        self.open: list[str] = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.open.append(tag)
        self.found.append((tag, dict(attrs), ""))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if self.open and self.open[-1] in {"th", "td", "caption"}:
            tag, attributes, text = self.found[-1]
            self.found[-1] = (tag, attributes, text + data)

    def texts(self, *tags: str) -> list[str]:
        return [text for tag, _, text in self.found if tag in tags]


def read_csv(text: str) -> list[list[str]]:
    return list(csv.reader(StringIO(text, newline=""), strict=True))


def read_json(text: str) -> Any:
    def refuse(name: str) -> float:
        raise AssertionError(f"{name} is no JSON")

    return json.loads(text, parse_constant=refuse)


# --- every format -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("form", Format)
def test_full_precision_shows_every_digit_and_otherwise_the_table_does(form: Format) -> None:
    short, full = (render(GRID, form, full=full) for full in (False, True))
    assert "0.774" in short
    assert "TBD" in full
    assert str(VALUE) in full
    assert (str(VALUE) in short) == (form is Format.JSON)


@given(grids(), st.sampled_from(Format), st.booleans())
def test_any_text_can_be_written_in_any_format(grid: Grid, form: Format, full: bool) -> None:
    text = render(grid, form, full=full)
    assert text.encode().decode() == text
    assert text.endswith("\n")
    assert "\x1b" not in text


@pytest.mark.parametrize("form", Format)
def test_what_no_format_can_hold_is_replaced(form: Format) -> None:
    text = render(Grid(("\x1b[2J", "\ud800"), (("a\x00", "b"),), sides(2), caption="\x07"), form, full=False)
    places = {Format.CSV: 3, Format.JSON: 5}  # no caption; and each heading also beside its cells
    assert text.count("\N{REPLACEMENT CHARACTER}") == places.get(form, 4)


# --- Markdown and LaTeX -----------------------------------------------------------------------------------------------


def test_markdown_is_what_the_block_says() -> None:
    assert render(GRID, Format.MD, full=False) == markdown(GRID) + "\n"
    assert "| loss | 0.774 | TBD |" in render(GRID, Format.MD, full=False)


def test_latex_is_the_table_with_its_caption() -> None:
    assert render(GRID, Format.LATEX, full=False) == latex(GRID)


# --- CSV --------------------------------------------------------------------------------------------------------------


def test_csv_has_headings_and_rows_and_ends_lines_as_the_standard_says() -> None:
    assert render(GRID, Format.CSV, full=False) == ('metric,ipa,iga,note\r\nloss,0.774,TBD,"a ""b"", <c> | d"\r\n')


@pytest.mark.parametrize(
    "text", ["=1+1", "=cmd|' /C calc'!A0", "+1+cmd", "@sum(a)", "-2+3", "-x", "+", "--", "\t=1", "+1-2", "-1 (n = 3"]
)
def test_what_a_spreadsheet_would_run_is_text_in_headings_and_cells(text: str) -> None:
    grid = Grid((text, "a"), ((text, "b"),), sides(2))
    assert read_csv(render(grid, Format.CSV, full=False)) == [[f"'{text}", "a"], [f"'{text}", "b"]]


@pytest.mark.parametrize(
    "text",
    [
        *("-0.5", "+3.1%", "1.28×", "+12", "-1.23e-05", "-∞", "+0.5 ± 0.1 (n = 3)", "-0.5 [-0.7, +0.3]"),
        *(
            "+0.5 (p < 0.001)",
            "+0.5 (p = 0.01)",
            "+0.5 (p unknown)",
            "-0.5 ± 0.1 [-0.7, -0.3] (n = 3)",
            "train/loss",
            "a=1",
            "—",
            "",
        ),
    ],
)
def test_numbers_and_ordinary_text_are_left_alone(text: str) -> None:
    grid = Grid(("metric", "a"), (("x", text),), sides(2))
    assert read_csv(render(grid, Format.CSV, full=False))[1] == ["x", text]


@given(grids())
def test_csv_reads_back_as_the_table_and_nothing_in_it_is_a_formula(grid: Grid) -> None:
    found = read_csv(render(grid, Format.CSV, full=False))
    held = [[text.removeprefix("'") for text in line] for line in found]
    printable = [["".join("\ufffd" if _unshowable(c) else c for c in text) for text in line] for line in _lines(grid)]
    assert held == [[text.removeprefix("'") for text in line] for line in printable]
    assert not [text for line in found for text in line if text.startswith(("=", "@", "\t", "\r", "\n"))]


def _lines(grid: Grid) -> list[tuple[str, ...]]:
    return [grid.head, *grid.rows]


def _unshowable(character: str) -> bool:
    code = ord(character)
    return (code < 32 and character not in "\t\r\n") or 0x7F <= code < 0xA0 or 0xD800 <= code < 0xE000


# --- JSON -------------------------------------------------------------------------------------------------------------


def test_json_has_rows_with_full_values_and_what_they_rest_on() -> None:
    assert read_json(render(GRID, Format.JSON, full=False)) == {
        "schema_version": 1,
        "caption": GRID.caption,
        "columns": ["metric", "ipa", "iga", "note"],
        "rows": [
            {
                "row": "loss",
                "cells": [
                    {
                        "column": "ipa",
                        "text": "0.774",
                        "value": VALUE,
                        "n": 101,
                        "nonfinite": 2,
                        "state": "value",
                        "expression": "mean(loss)@ipa",
                        "group": None,
                        "test": None,
                    },
                    {
                        "column": "iga",
                        "text": "TBD",
                        "value": None,
                        "n": None,
                        "nonfinite": None,
                        "state": "pending",
                        "expression": "mean(loss)@iga",
                        "group": None,
                        "test": None,
                    },
                    {"column": "note", "text": 'a "b", <c> | d'},
                ],
            }
        ],
    }


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf])
def test_json_has_null_for_what_is_not_finite(value: float) -> None:
    group = GroupEvidence(n=2).model_copy(update={"std": value})
    test = SignificanceEvidence(name="paired t-test", p=0.25, n=2, paired=True)
    cell = MEAN.model_copy(update={"value": value, "group": group, "test": test})
    grid = Grid(("metric", "a"), (("loss", "x"),), sides(2), cells=((None, cell),))
    for full in (False, True):
        (found,) = read_json(render(grid, Format.JSON, full=full))["rows"][0]["cells"]
        assert found["value"] is None
        assert found["group"] == {"n": 2, "std": None, "low": None, "high": None, "interval": None}
        assert found["test"] == {"name": "paired t-test", "p": 0.25, "n": 2, "paired": True}


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_json_gives_back_every_float(value: float) -> None:
    cell = MEAN.model_copy(update={"value": value})
    grid = Grid(("metric", "a"), (("loss", "x"),), sides(2), cells=((None, cell),))
    assert read_json(render(grid, Format.JSON, full=False))["rows"][0]["cells"][0]["value"] == value


# --- HTML -------------------------------------------------------------------------------------------------------------


def test_html_is_a_table_with_caption_head_and_body() -> None:
    page = Page(render(GRID, Format.HTML, full=False))
    assert [tag for tag, _, _ in page.found] == [
        *("table", "caption", "thead", "tr", "th", "th", "th", "th", "tbody", "tr", "td", "td", "td", "td")
    ]
    assert page.open == []
    assert page.texts("caption") == [GRID.caption]
    assert page.texts("th") == list(GRID.head)
    assert page.texts("td") == list(GRID.rows[0])
    at_right = [attributes.get("style") for tag, attributes, _ in page.found if tag == "td"]
    assert at_right == [None, "text-align: right", "text-align: right", None]


@given(grids())
def test_no_text_becomes_a_tag(grid: Grid) -> None:
    page = Page(render(grid, Format.HTML, full=False))
    cells = sum(map(len, _lines(grid)))
    assert [tag for tag, _, _ in page.found if tag in {"th", "td"}] == ["th"] * len(grid.head) + ["td"] * (
        cells - len(grid.head)
    )
    assert {tag for tag, _, _ in page.found} <= {"table", "caption", "thead", "tbody", "tr", "th", "td"}
    assert page.open == []


def test_a_table_of_nothing_but_a_caption_can_be_written_too() -> None:
    grid = Grid((), (), (), caption="no runs yet")
    assert render(grid, Format.MD, full=True) == "*no runs yet*\n"
    assert render(grid, Format.CSV, full=True) == ""
    assert read_json(render(grid, Format.JSON, full=True))["rows"] == []
    assert Page(render(grid, Format.HTML, full=True)).texts("caption") == ["no runs yet"]


@pytest.mark.parametrize(
    "text",
    [
        *("=1+1", " =1", "\t=1", "\u00a0=1", "\ufeff@x", "+x", "-x", "@x"),
        "\N{FULLWIDTH EQUALS SIGN}1",
        " \N{FULLWIDTH PLUS SIGN}1",
        "\N{FULLWIDTH HYPHEN-MINUS}x",
        "\N{FULLWIDTH COMMERCIAL AT}x",
    ],
)
def test_csv_runs_no_formula_behind_blanks_or_of_full_width(text: str) -> None:
    grid = Grid(("a", "b"), ((text, "-0.5"),), sides(2))
    (_, row) = csv.reader(StringIO(render(grid, Format.CSV, full=False), newline=""), strict=True)
    assert row == [f"'{text}", "-0.5"]
