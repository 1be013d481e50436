from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest

from toys import Toys

if TYPE_CHECKING:
    from pathlib import Path

A, B = "2026-02-21-a", "2026-02-22-b"
Capsys = pytest.CaptureFixture[str]


@pytest.fixture
def desk(tmp_path: Path, capsys: Capsys) -> Toys:
    """An entry whose evidence has numbers of a run that is no longer here."""
    toys = Toys.begin(tmp_path)
    folder = toys.run("gone", {"loss": [(1, 2.0), (2, 1.0)]}, started=1.77e9)
    toys.entry(A, table("value: last(loss)"), runs="{id: gone, as: it}")
    assert toys.call(capsys, "fill-results").code == 0
    shutil.rmtree(folder)
    return toys


def table(column: str) -> str:
    expression = column.removeprefix("value: ")
    return f"<!-- journal:table losses\nvalues: [{expression!r}]\n-->\n<!-- /journal:table -->\n"


def found(desk: Toys, capsys: Capsys) -> list[tuple[str, int, str]]:
    findings = desk.call(capsys, "check", "--json").json["findings"]
    return [(each["path"][8:-3], each["line"], each["message"]) for each in findings if each["code"] == "LIF013"]


def ask(desk: Toys, capsys: Capsys, column: str = "last(loss)", matter: str = "", run: str = "gone") -> None:
    desk.entry(B, table(column), runs=f"{{id: {run}, as: other}}", matter=matter)
    desk.call(capsys, "fill-results", B)


def test_a_value_that_waits_here_and_stands_in_another_entrys_evidence_is_found(desk: Toys, capsys: Capsys) -> None:
    ask(desk, capsys)
    assert found(desk, capsys) == [(B, 7, f"last(loss)@other is pending here and stands in {A} (losses)")]


@pytest.mark.parametrize(
    ("column", "matter", "run"),
    [("min(loss)", "", "gone"), ("last(loss)", "status: abandoned\n", "gone"), ("last(loss)", "", "another")],
)
def test_another_statistic_another_run_and_an_entry_that_is_over_are_no_matter(
    desk: Toys, capsys: Capsys, column: str, matter: str, run: str
) -> None:
    ask(desk, capsys, column, matter, run)
    assert found(desk, capsys) == []


def test_a_run_that_is_at_hand_has_only_to_be_filled(desk: Toys, capsys: Capsys) -> None:
    ask(desk, capsys)
    desk.run("gone", {"loss": [(1, 2.0), (2, 1.0)]}, started=1.77e9)
    assert found(desk, capsys) == []
