from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from desk import Desk, rows
from journal.cli import progress
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


@pytest.mark.parametrize(
    ("expression", "out", "facts"),
    [
        ("count(train/loss >= 2.5)", "97", "steps 0..119, 97 of 120 rows"),
        ("share(train/loss >= 2.5)[last 10 rows]", "0", "steps 110..119, 0 of 10 rows"),
        ("share(train/loss < 2.25)[last 10 rows]", "0.7", "steps 110..119, 7 of 10 rows"),
        ("nonfinite(train/loss)", "0", "steps 0..119, 0 of 120 rows NaN or infinite"),
        ("at(train/loss, 60)", "3.0625", "the row at step 60"),
        ("argmin(train/loss)[first 50 steps]", "49", "steps 0..49, 50 rows used"),
        ("p50(train/loss)", "3.0703125", "steps 0..119, 120 rows used"),
        ("slope(train/loss)", "-0.015625", "steps 0..119, 120 rows used"),
        ('n("val loss (ema)")[last 20 steps]', "2", "steps 100..110, 2 rows used"),
        ("summary(train/loss)", "2.140625", "the summary that the tracker stored"),
        ("config(model.dropout.attn)", "0.125", "the config that the tracker stored"),
        ("config(dotted.key)", "kept whole", "the config that the tracker stored"),
        ("config(betas)", "[0.9,0.999]", "the config that the tracker stored"),
        ("config(warm)", "true", "the config that the tracker stored"),
        ("config(resume_from)", "null", "the config that the tracker stored"),
    ],
)
def test_every_form_tells_what_its_value_rests_on(
    desk: Desk, capsys: Capsys, expression: str, out: str, facts: str
) -> None:
    said = desk.call(capsys, "stat", expression, "--run", "plain031")
    assert (said.code, said.out) == (0, f"{out}\n")
    assert said.err == f"{expression} of attention-lab/sigma-floor/plain031: {facts}\n"


def test_arithmetic_tells_what_each_part_rests_on(desk: Desk, capsys: Capsys) -> None:
    expression = "count(train/loss >= 2.5) / n(train/loss) - config(layers) * n(train/loss)"
    said = desk.call(capsys, "stat", expression, "--run", "plain031")
    assert (said.code, float(said.out)) == (0, 97 / 120 - 4 * 120)
    assert said.err.splitlines() == [
        "count(train/loss >= 2.5) = 97: steps 0..119, 97 of 120 rows",
        "n(train/loss) = 120: steps 0..119, 120 rows used",
        "config(layers) = 4: the config that the tracker stored",
        f"{expression} of attention-lab/sigma-floor/plain031",
    ]


def test_what_is_not_finite_at_a_step_is_told_as_text(desk: Desk, capsys: Capsys) -> None:
    step = next(step for step, value in rows("nestd016", "odd") if value != value)  # noqa: PLR0124  (NaN)
    said = desk.call(capsys, "stat", f"at(odd, {step})", "--run", "nestd016")
    assert (said.code, said.out) == (0, "NaN\n")
    answer = desk.call(capsys, "stat", f"at(odd, {step})", "--run", "nestd016", "--json").json
    assert (answer["value"], answer["text"], answer["n"], answer["nonfinite"]) == (None, "NaN", 0, 1)
    assert answer["window"] == [step, step]


def test_rows_left_out_and_things_not_read_are_told(desk: Desk, capsys: Capsys) -> None:
    said = desk.call(capsys, "stat", "last(odd)", "--run", "nestd016")
    assert "6 rows used, 18 left out as NaN or infinite" in said.err
    said = desk.call(capsys, "stat", "share(odd > 1)", "--run", "nestd016")
    assert " of 6 rows, 18 left out as NaN or infinite" in said.err
    said = desk.call(capsys, "stat", "nonfinite(odd)", "--run", "nestd016")
    assert (said.out, said.err.split(", ")[-1]) == ("18\n", "18 of 24 rows NaN or infinite\n")
    said = desk.call(capsys, "stat", "last(loss)", "--run", "killd031")
    assert said.err.endswith("; 1 problem in reading this run: see `journal runs show killd031`\n")
    said = desk.call(capsys, "stat", "last(loss) / 2", "--run", "killd031")
    assert said.err.count("1 problem in reading this run") == 1


def test_json_has_the_whole_shape(desk: Desk, capsys: Capsys) -> None:
    said = desk.call(capsys, "stat", "last(odd)", "--run", "attention-lab/sigma-floor/nestd016", "--json")
    assert (said.code, said.err) == (0, "")
    assert said.json == {
        "schema_version": 1,
        "value": 1.5,
        "text": None,
        "n": 6,
        "nonfinite": 18,
        "window": [3, 23],
        "expression": "last(odd)",
        "statistic": "last",
        "metric": "odd",
        "run": "nestd016",
        "problems": 0,
    } | {"window": said.json["window"]}
    first, last = said.json["window"]
    assert 0 <= first < last == 23


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        (
            "share( train/loss>=2.5 )",
            {"value": 97 / 120, "n": 120, "statistic": "share(x >= 2.5)", "metric": "train/loss", "window": [0, 119]},
        ),
        ("config(kind)", {"value": None, "text": "plain", "statistic": "config", "metric": "kind", "window": None}),
        (
            "max(train/loss)-min(train/acc)",
            {
                "value": 4.0,
                "n": 240,
                "statistic": None,
                "metric": None,
                "expression": "max(train/loss) - min(train/acc)",
            },
        ),
    ],
)
def test_json_of_every_form(desk: Desk, capsys: Capsys, expression: str, expected: dict[str, object]) -> None:
    answer = desk.call(capsys, "stat", expression, "--run", "plain031", "--json").json
    assert answer | expected == answer


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
    ("expression", "code", "line"),
    [
        ("std(train/loss)[3..3]", "no-data", "no data: std needs two finite rows, train/loss of large031 has one"),
        ("1 / (last(tokens) - max(tokens))", "no-data", "no data: 1 / (last(tokens) - max(tokens)) divides by zero"),
        ("config(kind) * 2", "expression", "config(kind) is 'large', and only numbers can be calculated with"),
        ("config(layrs)", "source", "the config of run large031 has no key 'layrs' (did you mean layers?)"),
        ("last(train/loss)[matched]", "expression", "the window of last(train/loss)[matched] needs a table"),
        ("ema(train/loss, 0)", "expression", "column 17: expected a number of rows: a whole number from 1 on"),
    ],
)
def test_what_has_no_value_is_a_failure_that_says_why(
    desk: Desk, capsys: Capsys, expression: str, code: str, line: str
) -> None:
    said = desk.call(capsys, "stat", expression, "--run", "large031", "--json")
    assert (said.code, said.json["error"]["code"]) == (1, code)
    assert said.err.startswith(f"error: {line}")
    assert len(said.err.splitlines()) == 1


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
    desk: Desk, capsys: Capsys, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    elsewhere = Desk(tmp_path_factory.mktemp("elsewhere"))
    told: list[int] = []
    monkeypatch.setattr(progress.Reading, "tell", lambda _self, _, done, size, _unit: told.append(done - size))
    assert elsewhere.call(capsys, "stat", "last(train/loss)", "--run", str(desk.log("large031"))).code == 0
    assert told.count(0) == 1
