from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from desk import Desk, rows
from journal.sources.watch import watched as watched_reading
from terminal import watched

if TYPE_CHECKING:
    from pathlib import Path

Capsys = pytest.CaptureFixture[str]


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk.begin(tmp_path)


def test_people_get_the_whole_number_and_what_it_rests_on(desk: Desk, capsys: Capsys) -> None:
    said = desk.call(capsys, "stat", "mean(train/loss)[10..20]", "--run", "large031")
    within = [value for step, value in rows("large031", "train/loss") if 10 <= step <= 20]
    assert said.code == 0
    assert float(said.out) == sum(within) / len(within)
    assert said.out == f"{float(said.out)!r}\n"
    assert said.err == (
        f"mean(train/loss)[10..20] of attention-lab/sigma-floor/large031: steps 10..20, {len(within)} rows used\n"
    )


def test_rows_left_out_and_things_not_read_are_told(desk: Desk, capsys: Capsys) -> None:
    said = desk.call(capsys, "stat", "last(odd)", "--run", "nestd016")
    assert "6 rows used, 18 left out as NaN or infinite" in said.err
    said = desk.call(capsys, "stat", "last(loss)", "--run", "killd031")
    assert said.err.endswith("; 1 problem in reading this run: see `journal runs show killd031`\n")


def test_json_has_the_whole_shape(desk: Desk, capsys: Capsys) -> None:
    said = desk.call(capsys, "stat", "last(odd)", "--run", "attention-lab/sigma-floor/nestd016", "--json")
    assert (said.code, said.err) == (0, "")
    assert said.json == {
        "schema_version": 1,
        "value": 1.5,
        "n": 6,
        "nonfinite": 18,
        "window": [3, 23],
        "statistic": "last",
        "metric": "odd",
        "run": "nestd016",
        "problems": 0,
    } | {"window": said.json["window"]}
    first, last = said.json["window"]
    assert 0 <= first < last == 23


def test_it_works_outside_any_journal_on_a_folder_and_on_a_log(
    desk: Desk, capsys: Capsys, tmp_path_factory: pytest.TempPathFactory
) -> None:
    elsewhere = Desk(tmp_path_factory.mktemp("elsewhere"))
    for place in (desk.folder("plain031"), desk.log("plain031")):
        said = elsewhere.call(capsys, "stat", "last(train/loss)", "--run", str(place))
        assert (said.code, float(said.out)) == (0, rows("plain031", "train/loss")[-1][1])


def test_no_data_is_a_failure_that_says_where_there_is_some(desk: Desk, capsys: Capsys) -> None:
    said = desk.call(capsys, "stat", "mean(train/loss)[9000..]", "--run", "large031")
    assert (said.code, said.out) == (1, "")
    last = rows("large031", "train/loss")[-1][0]
    assert said.err == (
        "error: no data: train/loss of large031 has no finite row in steps 9000.."
        f" (it has rows from step 0 to {last})\n"
    )
    answer = desk.call(capsys, "stat", "mean(train/loss)[9000..]", "--run", "large031", "--json")
    assert (answer.code, answer.err) == (1, said.err)
    assert (answer.json["value"], answer.json["n"], answer.json["window"]) == (None, 0, None)
    assert answer.json["error"]["code"] == "no-data"


@pytest.mark.parametrize(
    ("expression", "line"),
    [
        ("mean(los)", "error: run large031 has no metric 'los' (did you mean train/loss?)"),
        ("maen(loss)", "error: column 1: no statistic 'maen'"),
        ("mean(loss)@a", "error: the run is given, so the expression may not name one: @a (leave it out: mean(loss))"),
        ("mean(loss", "error: column 10: expected ')', found the end"),
        ("mean(\x1b[2J)", "error: column 6: expected a metric, found '\\x1b'"),
    ],
)
def test_what_is_wrong_is_one_line(desk: Desk, capsys: Capsys, expression: str, line: str) -> None:
    said = desk.call(capsys, "stat", expression, "--run", "large031")
    assert (said.code, said.out) == (1, "")
    assert said.err.startswith(line)
    assert len(said.err.splitlines()) == 1


def test_json_keeps_the_column_apart(desk: Desk, capsys: Capsys) -> None:
    error = desk.call(capsys, "stat", "mean(loss]", "--run", "large031", "--json").json["error"]
    assert (error["code"], error["column"], error["message"]) == ("expression", 10, "expected ')', found ']'")
    assert (error["path"], error["line"]) == (None, None)


def test_the_run_must_be_named_and_be_there(desk: Desk, capsys: Capsys) -> None:
    assert desk.call(capsys, "stat", "mean(loss)").code == 2
    said = desk.call(capsys, "stat", "mean(loss)", "--run", "large032")
    assert said.code == 1
    assert "did you mean large031" in said.err


def test_on_a_terminal_a_caret_stands_under_the_place(desk: Desk) -> None:
    args = ("stat", 'last("名前\x1b" x)', "--run", "large031")
    _, shown = watched("-m", "journal", *args, cwd=desk.root)
    text, caret, line = shown.splitlines()
    assert text == '  last("名前\N{REPLACEMENT CHARACTER}" x)'
    assert caret == " " * 15 + "^"  # two of the signs are two cells wide
    assert line.startswith("error: column 12: expected ')', found 'x'")


def test_a_log_is_read_once_outside_of_any_journal_too(
    desk: Desk, capsys: Capsys, tmp_path_factory: pytest.TempPathFactory
) -> None:
    elsewhere = Desk(tmp_path_factory.mktemp("elsewhere"))
    told: list[int] = []
    with watched_reading(lambda _, done, size: told.append(done - size)):
        assert elsewhere.call(capsys, "stat", "last(train/loss)", "--run", str(desk.log("large031"))).code == 0
    assert told.count(0) == 1
