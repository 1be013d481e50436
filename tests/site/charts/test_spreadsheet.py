from __future__ import annotations

import csv
import io

import pytest
from drawn import figure, line

from journal.site.charts import spreadsheet


def read(raw: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(raw.decode("utf-8"), newline="")))


def test_each_point_is_a_row_with_the_number_as_it_is() -> None:
    raw = spreadsheet.rows([figure(line([-0.5, 1e-9], "a"), metric="train/loss")])
    assert read(raw) == [
        ["run", "handle", "metric", "step", "value"],
        ["lab/project/a", "a", "train/loss", "0", "-0.5"],
        ["lab/project/a", "a", "train/loss", "1", "1e-09"],
    ]


def test_a_metric_in_two_figures_stands_once() -> None:
    of = figure(line([1.0], "a"))
    assert len(read(spreadsheet.rows([of, of]))) == 2


@pytest.mark.parametrize("name", ["=1+1", "+1", "-1", "@sum", "\t=1", "  =1", "\r=1", "\n=1"])
def test_no_name_is_a_formula(name: str) -> None:
    (_, row) = read(spreadsheet.rows([figure(line([1.0], name), metric=name)]))
    assert row[1] == row[2]
    assert row[1].startswith("'")


def test_commas_quotes_and_odd_characters_stay_in_their_cell() -> None:
    name = 'a,"b"\nc\x00\ud800é'
    (_, row) = read(spreadsheet.rows([figure(line([1.0], "a"), metric=name)]))
    assert row[2] == 'a,"b" c ?é'
