from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from desk import Desk, rows
from drafts import HEAD, PATH
from journal.document.document import parse
from journal.tables.cited_text import agrees
from terminal import watched

if TYPE_CHECKING:
    from pathlib import Path

    from journal.model.entry import CitedValue

RUNS_USED = ("large031", "plain031")
Capsys = pytest.CaptureFixture[str]


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk.with_runs(tmp_path, RUNS_USED)


def pasted(line: str) -> CitedValue:
    """What the finder makes of a printed line inside a sentence of an entry."""
    (cited,) = parse(HEAD + f"It was {line.rstrip()} here.\n".encode(), PATH).entry.citations
    return cited


def test_one_line_is_printed_that_reads_back_as_what_was_asked(desk: Desk, capsys: Capsys) -> None:
    said = desk.call(capsys, "cite", "last( train/loss )", "--run", "large031")
    value = rows("large031", "train/loss")[-1][1]
    cited = pasted(said.out)
    assert (said.code, said.err, said.out.count("\n")) == (0, "", 1)
    assert said.out == f'[{cited.text}](run:large031 "last(train/loss)")\n'
    assert (cited.run, cited.expression) == ("large031", "last(train/loss)")
    assert agrees(cited.text, value)


def test_digits_are_the_user_s_choice(desk: Desk, capsys: Capsys) -> None:
    few, many = (
        pasted(desk.call(capsys, "cite", "mean(train/loss)", "--run", "large031", "--digits", digits).out).text
        for digits in ("2", "6")
    )
    assert len(few) < len(many)
    assert desk.call(capsys, "cite", "mean(train/loss)", "--run", "large031", "--digits", "0").code == 2


def test_a_share_is_a_percentage(desk: Desk, capsys: Capsys) -> None:
    cited = pasted(desk.call(capsys, "cite", "share(train/loss >= 0.5)", "--run", "large031").out)
    column = [value for _, value in rows("large031", "train/loss")]
    assert cited.text.endswith("%")
    assert agrees(cited.text, sum(value >= 0.5 for value in column) / len(column))


def test_arithmetic_and_a_run_s_folder_can_be_cited(desk: Desk, capsys: Capsys) -> None:
    folder = str(desk.folder("plain031"))
    said = desk.call(capsys, "cite", "max(train/loss)-min(train/loss)", "--run", folder)
    assert (pasted(said.out).run, pasted(said.out).expression) == (folder, "max(train/loss) - min(train/loss)")


def test_json_has_the_link_and_its_parts(desk: Desk, capsys: Capsys) -> None:
    said = desk.call(capsys, "cite", "last(train/loss)", "--run", "large031", "--json")
    link = desk.call(capsys, "cite", "last(train/loss)", "--run", "large031").out.rstrip("\n")
    assert said.json == {
        "schema_version": 1,
        "link": link,
        "text": pasted(link).text,
        "value": rows("large031", "train/loss")[-1][1],
        "expression": "last(train/loss)",
        "run": "large031",
    }


@pytest.mark.parametrize(
    ("expression", "line"),
    [
        ("mean(los)", "error: run large031 has no metric 'los' (did you mean train/loss?)"),
        ("maen(loss)", "error: column 1: no statistic 'maen'"),
        ("mean(train/loss)[9000000..]", "error: no data: train/loss of large031 has no finite row"),
        ("mean(train/loss)@a", "error: the run is given"),
    ],
)
def test_what_is_wrong_is_one_line_and_nothing_is_printed(
    desk: Desk, capsys: Capsys, expression: str, line: str
) -> None:
    said = desk.call(capsys, "cite", expression, "--run", "large031")
    assert (said.code, said.out) == (1, "")
    assert said.err.startswith(line)
    assert len(said.err.splitlines()) == 1


def test_text_is_no_number_to_cite(desk: Desk, capsys: Capsys) -> None:
    said = desk.call(capsys, "cite", "config(optimizer)", "--run", "large031")
    assert (said.code, said.out) == (1, "")
    assert "config" in said.err


def test_on_a_terminal_a_caret_stands_under_the_place(desk: Desk) -> None:
    _, shown = watched("-m", "journal", "cite", "last(a b)", "--run", "large031", cwd=desk.root)
    text, caret, line = shown.splitlines()
    assert (text, caret) == ("  last(a b)", " " * 9 + "^")
    assert line.startswith("error: column 8: expected ')'")
