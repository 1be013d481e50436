"""Predictions of an entry: scored by a fill, kept when they cannot be scored anew, and dated by git."""

from __future__ import annotations

import json
import shutil
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest

from desk import cells
from toys import ENTRY, Toys, block, line, said

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    Capsys = pytest.CaptureFixture[str]

STARTED = datetime(2026, 3, 2, 12, tzinfo=UTC).timestamp()
BEFORE, AFTER = "2026-03-02T11:00:00+00:00", "2026-03-02T13:00:00+00:00"
SHOWN = block("", "predictions").replace("\n\n-->", " -->")


@pytest.fixture
def toys(tmp_path: Path) -> Toys:
    desk = Toys.begin(tmp_path)
    desk.run("a", {"loss": line(range(10))}, started=STARTED, config={"name": "adam"})
    desk.run("b", {"loss": line(range(10), 2.0)}, started=STARTED + 60)
    return desk


def predict(toys: Toys, *expects: str, body: str = "", runs: tuple[str, ...] = ("a", "b")) -> None:
    lines = "".join(f"  - {{claim: claim {number}, expect: '{each}'}}\n" for number, each in enumerate(expects, 1))
    toys.ask(body, *runs, matter=f"predictions:\n{lines}")


def one(toys: Toys) -> dict[str, Any]:
    """The evidence of the entry's one prediction."""
    (found,) = toys.found["predictions"]
    return dict(found)


@pytest.mark.parametrize(
    ("expect", "verdict", "value", "threshold"),
    [
        ("max(loss)@a < 10", "confirmed", 9.0, 10.0),
        ("max(loss)@a < 9", "refuted", 9.0, 9.0),
        ("max(loss)@b / max(loss)@a == 2", "confirmed", 2.0, 2.0),
        ("max(loss)@a > max(loss)@b", "refuted", 9.0, 18.0),
        ("mean(loss)[last 2 rows]@a >= 8.5", "confirmed", 8.5, 8.5),
        ("nonfinite(loss)@a == 0", "confirmed", 0.0, 0.0),
        ("max(loss)@later < 1", "open", None, 1.0),
        ("max(gone)@a < 1", "open", None, 1.0),
        ("max(loss)[50..60]@a < 1", "open", None, 1.0),
        ("config(name)@a == 1", "open", None, 1.0),
    ],
)
def test_a_prediction_is_scored_by_a_fill(
    toys: Toys, expect: str, verdict: str, value: float | None, threshold: float
) -> None:
    predict(toys, expect, runs=("a", "b", "later"))
    assert toys.standing()[0] == ("pending" if verdict == "open" else "stale")
    toys.fill()
    found = one(toys)
    assert (found["verdict"], found.get("value"), found.get("threshold")) == (verdict, value, threshold)
    assert toys.standing()[0] == ("pending" if verdict == "open" else "fresh")
    again = toys.files()
    toys.fill()
    assert toys.files() == again


def test_each_is_reported_at_its_line(toys: Toys) -> None:
    predict(toys, "max(loss)@a < 10", "max(loss)@b < 10")
    reports = toys.fill().blocks
    lines = toys.text.splitlines()
    assert [(report.kind, report.name) for report in reports] == [("prediction", f"claim {n}") for n in (1, 2)]
    assert [lines[report.line - 1].strip()[:18] for report in reports] == ["- {claim: claim 1,", "- {claim: claim 2,"]
    assert {said(report) for report in reports} == {("stale", "not scored yet")}


def test_the_block_shows_what_was_expected_and_what_was_found(toys: Toys) -> None:
    predict(
        toys,
        "max(loss)@a < 10",
        "max(loss)@a > max(loss)@b",
        "max(loss)@later < 1",
        body=SHOWN,
        runs=("a", "b", "later"),
    )
    toys.fill()
    assert [row[2:] for row in cells(toys.text)[1:]] == [
        ["9", "confirmed", "not before its run"],
        ["9 against 18", "refuted", "not before its run"],
        ["TBD", "open", "—"],
    ]
    assert toys.found["blocks"]["predictions"]["kind"] == "predictions"
    again = toys.files()
    toys.fill()
    assert toys.files() == again


def test_a_block_of_no_predictions_says_so(toys: Toys) -> None:
    toys.ask(SHOWN, "a")
    toys.fill()
    assert toys.caption == "no predictions yet"
    assert toys.standing() == ("fresh", "")


def test_the_only_run_of_an_entry_need_not_be_named(toys: Toys) -> None:
    predict(toys, "max(loss) < 10", runs=("a",))
    toys.fill()
    assert one(toys)["verdict"] == "confirmed"


@pytest.mark.parametrize(
    ("expect", "message"),
    [
        ("max(loss) < 10", "does not say which run it is about"),
        ("max(loss)@c < 10", "no run 'c' in this entry"),
        ("max(loss)@a", "expected a comparison"),
        ("mex(loss)@a < 1", "no statistic 'mex'"),
        ("config(name)@a + 1 < 2", "config(name)"),
    ],
)
def test_what_cannot_be_expected_is_a_one_line_error_at_its_place(
    toys: Toys, capsys: Capsys, expect: str, message: str
) -> None:
    predict(toys, expect)
    found = toys.call(capsys, "fill-results")
    assert found.code == 1
    assert found.err.startswith(f"error: entries/{ENTRY}.md:6:")
    assert message in found.err.splitlines()[0]


def test_a_prediction_drifts_with_a_reason_when_the_log_grows(toys: Toys) -> None:
    toys.run("a", {"loss": line(range(10))}, started=STARTED, code=None)
    predict(toys, "max(loss)@a < 10", body=SHOWN)
    toys.fill()
    toys.run("a", {"loss": line(range(15))}, started=STARTED, code=None)
    state, message = said(toys.plan().blocks[-1])
    assert state == "drifted"
    assert message == "confirmed with 9.0 is now refuted with 14.0 (the log of run a grew from 10 to 15 rows)"
    toys.fill()
    assert cells(toys.text)[1][2:4] == ["14", "refuted"]
    assert {said(report) for report in toys.plan().blocks} == {("fresh", "")}


def test_an_open_prediction_is_stale_once_its_run_is_there(toys: Toys) -> None:
    predict(toys, "max(loss)@later < 10", runs=("later",))
    toys.fill()
    assert toys.standing() == ("pending", "run later is not there yet")
    toys.run("later", {"loss": line(range(3))}, started=STARTED)
    assert toys.standing() == ("stale", "open is now confirmed with 2.0")
    toys.fill()
    assert toys.standing() == ("fresh", "")


@pytest.mark.parametrize("body", ["", SHOWN])
def test_a_prediction_whose_run_is_out_of_reach_stands_as_it_was(toys: Toys, capsys: Capsys, body: str) -> None:
    predict(toys, "max(loss)@a < 10", "max(loss)@b < 10", body=body)
    toys.fill()
    before = toys.files()
    for pattern in ("*-a", "*"):
        toys.take_away(pattern)
        states = {report.state.value for report in toys.plan().blocks}
        assert "unverifiable" in states
        assert states <= {"unverifiable", "fresh"}
        assert toys.call(capsys, "fill-results").code == 3
        assert toys.files() == before
    toys.bring_back()
    assert {said(report) for report in toys.plan().blocks} == {("fresh", "")}


def test_another_expectation_with_the_run_away_does_not_lose_the_old_score(toys: Toys) -> None:
    predict(toys, "max(loss)@a < 10")
    toys.fill()
    toys.take_away()
    toys.rewrite("< 10", "< 8")  # of the same calls: recalled, and scored
    toys.fill()
    assert (one(toys)["verdict"], one(toys)["value"]) == ("refuted", 9.0)


def test_a_log_that_was_replaced_does_not_change_a_verdict(toys: Toys, capsys: Capsys) -> None:
    predict(toys, "max(loss)@a < 10")
    toys.fill()
    before = toys.files()
    toys.run("a", {"loss": line(range(5), 100.0)}, started=STARTED)
    state, message = toys.standing()
    assert state == "drifted"
    assert "held 10 rows" in message
    for _ in range(2):
        assert toys.call(capsys, "fill-results").code == 1
        assert toys.files() == before
    toys.fill(force=True)
    assert one(toys)["verdict"] == "refuted"


@pytest.mark.parametrize(
    "change",
    [
        lambda found: found.update(value=8.0),
        lambda found: found.update(verdict="refuted"),
        lambda found: found.update(threshold=11.0),
        lambda found: found.update(claim="another"),
        lambda found: found.update(preregistered=True),
        lambda found: found.update(commit="0" * 40),
        lambda found: found["parts"][0].update(n=9),
        lambda found: found["parts"][0].update(value=8.0),
        lambda found: found.update(expect="max(loss)@a < 11"),
    ],
)
@pytest.mark.parametrize("away", [False, True])
def test_evidence_of_a_prediction_that_was_changed_is_never_fresh(
    toys: Toys, capsys: Capsys, change: Callable[[dict[str, Any]], None], *, away: bool
) -> None:
    predict(toys, "max(loss)@a < 10")
    toys.commit("after the run", date=AFTER)
    toys.fill()
    evidence = toys.found
    change(evidence["predictions"][0])
    toys.write(f"evidence/{ENTRY}.json", json.dumps(evidence))
    if away:
        toys.take_away()
        assert toys.standing()[0] != "fresh"
        return
    assert toys.standing()[0] in {"stale", "drifted"}
    found = toys.call(capsys, "check")
    assert (found.code, " error: " in found.out) == (1, True)
    toys.fill()
    assert one(toys)["verdict"] == "confirmed"
    assert toys.standing() == ("fresh", "")


@pytest.mark.parametrize(("date", "written"), [(BEFORE, "preregistered"), (AFTER, "not before its run")])
def test_a_prediction_is_preregistered_if_it_was_committed_before_its_run(
    toys: Toys, capsys: Capsys, date: str, written: str
) -> None:
    predict(toys, "max(loss)@a < 10", body=SHOWN)
    sha = toys.commit("Plan", date=date)
    assert toys.call(capsys, "fill-results").code == 0
    assert cells(toys.text)[1][4] == written
    found = one(toys)
    assert found["preregistered"] is (date == BEFORE)
    assert found.get("commit") == (sha if date == BEFORE else None)
    assert toys.call(capsys, "check").code == 0
    toys.commit("Fill", date=AFTER)
    assert toys.call(capsys, "check").code == 0
    assert toys.call(capsys, "fill-results", "--check").code == 0


def test_a_prediction_that_was_never_committed_is_not_preregistered(toys: Toys, capsys: Capsys) -> None:
    predict(toys, "max(loss)@a < 10", body=SHOWN)
    assert toys.call(capsys, "fill-results").code == 0
    assert one(toys)["preregistered"] is False
    toys.commit("Late", date=AFTER)
    assert toys.call(capsys, "check").code == 0


def test_a_threshold_that_was_moved_after_the_run_is_not_preregistered(toys: Toys, capsys: Capsys) -> None:
    predict(toys, "max(loss)@a < 5", body=SHOWN)
    toys.commit("Plan", date=BEFORE)
    toys.rewrite("< 5", "< 10")
    toys.commit("Move the goal", date=AFTER)
    assert toys.call(capsys, "fill-results").code == 0
    assert cells(toys.text)[1][3:] == ["confirmed", "not before its run"]


def test_of_two_runs_the_prediction_must_be_before_both(toys: Toys, capsys: Capsys) -> None:
    predict(toys, "max(loss)@b > max(loss)@a")
    toys.commit("Plan", date="2026-03-02T12:00:30+00:00")  # between the starts of the two
    assert toys.call(capsys, "fill-results").code == 0
    assert one(toys)["preregistered"] is False


def test_while_a_run_is_to_come_nothing_is_claimed(toys: Toys, capsys: Capsys) -> None:
    predict(toys, "max(loss)@later < 10", body=SHOWN, runs=("later",))
    toys.commit("Plan", date=BEFORE)
    assert toys.call(capsys, "fill-results").code == 0
    assert "preregistered" not in one(toys)
    toys.commit("Fill", date=BEFORE)
    assert toys.call(capsys, "fill-results", "--check").code == 0
    toys.run("later", {"loss": line(range(3))}, started=STARTED)
    assert toys.call(capsys, "fill-results").code == 0
    assert one(toys)["preregistered"] is True


def test_a_preregistered_prediction_stays_so_with_its_run_away(toys: Toys, capsys: Capsys) -> None:
    predict(toys, "max(loss)@a < 10", body=SHOWN)
    toys.commit("Plan", date=BEFORE)
    toys.call(capsys, "fill-results")
    before = toys.files()
    toys.take_away()
    assert toys.call(capsys, "fill-results").code == 3
    assert toys.files() == before


def test_predictions_that_are_taken_out_leave_the_evidence(toys: Toys) -> None:
    predict(toys, "max(loss)@a < 10")
    toys.fill()
    toys.ask("", "a")
    toys.fill()
    assert not toys.found.get("predictions")
    assert not toys.found.get("runs")


def test_what_is_preregistered_by_the_evidence_alone_is_not_taken_for_checked(toys: Toys, capsys: Capsys) -> None:
    predict(toys, "max(loss)@a < 10", body=SHOWN)
    toys.commit("Plan", date=BEFORE)
    toys.fill()
    shutil.rmtree(toys.root / ".git")
    said = toys.call(capsys, "check")
    assert said.code == 3
    assert "is unverifiable: git cannot tell here since when it has been committed" in said.out


def test_a_run_whose_beginning_is_missing_may_have_begun_before_the_prediction(toys: Toys, capsys: Capsys) -> None:
    toys.run("part", {"loss": line(range(500, 510))}, started=STARTED)
    predict(toys, "max(loss)@part < 1000", body=SHOWN, runs=("part",))
    toys.commit("Plan", date=BEFORE)
    assert toys.call(capsys, "fill-results").code == 0
    assert cells(toys.text)[1][3:] == ["confirmed", "—"]


def test_two_claims_of_one_expectation_are_two_predictions(toys: Toys, capsys: Capsys) -> None:
    both = "".join(f"  - claim: {claim}\n    expect: max(loss)@a < 10\n" for claim in ("it falls", "it does not rise"))
    toys.ask("", "a", matter=f"predictions:\n{both}")
    toys.commit("Plan", date=BEFORE)
    assert toys.call(capsys, "fill-results").code == 0
    assert [each["claim"] for each in toys.found["predictions"]] == ["it falls", "it does not rise"]
    assert toys.call(capsys, "fill-results", "--check").code == 0
    assert toys.call(capsys, "check").code == 0
