from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

import journal
from desk import Desk, rows
from journal.errors import ExpressionError, RunNotFound, SourceError
from journal.stats.expression import parse

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk.begin(tmp_path)


def test_a_number_is_had_outside_any_journal_from_a_folder_a_log_or_an_opened_run(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir("/")
    expected = [value for step, value in rows("plain031", "train/loss") if 60 <= step <= 119]
    folder = desk.folder("plain031")
    for run in (folder, str(folder), desk.log("plain031"), journal.open_run(folder)):
        found = journal.evaluate("mean(train/loss)[60..119]", run)
        assert found.value == sum(expected) / len(expected)  # the fixture's values are sums of powers of two
        assert (found.n, found.nonfinite, found.window) == (60, 0, (60, 119))


def test_rows_that_are_not_finite_are_counted(desk: Desk) -> None:
    found = journal.evaluate(parse("last(odd)"), desk.folder("nestd016"))
    assert (found.n, found.nonfinite) == (6, 18)


def test_every_form_of_an_expression_is_taken(desk: Desk) -> None:
    run = journal.open_run(desk.folder("plain031"))
    losses = [value for _, value in rows("plain031", "train/loss")]
    found = journal.evaluate("last(train/loss) / max(train/loss)[first 5 rows] + config(layers)", run)
    assert found.value == losses[-1] / max(losses[:5]) + 4
    assert (found.n, found.window) == (125, (0, 119))
    name = journal.evaluate("config(model.name)", run)
    assert (name.value, name.text, name.window) == (None, "ipa", None)
    assert journal.evaluate("n(train/loss)[last 7 steps]", run).value == 7


def test_inside_a_journal_a_run_is_found_by_its_id(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(desk.root)
    assert journal.evaluate("last(train/loss)", "plain031").value == rows("plain031", "train/loss")[-1][1]
    with pytest.raises(RunNotFound):
        journal.evaluate("last(train/loss)", "plain032")


def test_what_cannot_be_evaluated_says_why(desk: Desk) -> None:
    with pytest.raises(ExpressionError) as caught:
        journal.evaluate("mean(train/loss", desk.folder("plain031"))
    assert caught.value.column == 16
    for wrong in ("mean(train/loss)@ipa", "mean(train/loss)[matched]", "-config(kind)"):
        with pytest.raises(ExpressionError):
            journal.evaluate(wrong, desk.folder("plain031"))
    with pytest.raises(SourceError, match="did you mean train/loss"):
        journal.evaluate("mean(train/los)", desk.folder("plain031"))
    assert journal.evaluate("mean(train/loss)[9999..]", desk.folder("plain031")).value is None
