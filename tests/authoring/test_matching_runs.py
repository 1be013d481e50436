from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from journal.authoring import matching_runs
from journal.authoring.matching_runs import started
from journal.authoring.take_capture import take
from journal.document.document import parse
from toys import Toys, line

if TYPE_CHECKING:
    from pathlib import Path

Capsys = pytest.CaptureFixture[str]

NOON = datetime(2026, 2, 1, 12, tzinfo=UTC)


@pytest.fixture
def toys(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Toys:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1771671675")
    toys = Toys.begin(tmp_path / "lab", "sections = []\n")
    (toys.root / "entries").mkdir()
    return toys


def commit(toys: Toys, subject: str, *, hours: float = 0) -> str:
    return toys.commit(subject, date=(NOON + timedelta(hours=hours)).isoformat())


def run(toys: Toys, run_id: str, *, hours: float, commit: str = "") -> None:
    toys.run(run_id, {"loss": line(range(3))}, started=(NOON + timedelta(hours=hours)).timestamp(), commit=commit)


def told(toys: Toys, capsys: Capsys, *args: str) -> Any:
    said = toys.call(capsys, "new", "--json", *args)
    assert said.code == 0, said.err
    return said.json


def test_a_run_that_recorded_the_commit_is_told_with_its_verdict_and_its_delay(toys: Toys, capsys: Capsys) -> None:
    sha = commit(toys, "One")
    run(toys, "aaaa0001", hours=2 + 5 / 60, commit=sha)
    (found,) = told(toys, capsys, "--from-commit", sha)["runs"]
    assert (found["id"], found["role"], found["verdict"]) == ("aaaa0001", "candidate", "consistent")
    assert found["started_after_s"] == 7500
    assert f"it ran {sha[:7]}" in found["reasons"]
    said = toys.call(capsys, "new", "--from-commit", sha)
    assert f"aaaa0001: consistent: started 2 h 5 min after the commit; it ran {sha[:7]}" in said.err
    assert "1 run; next:" in said.err
    text = (toys.root / said.out.strip()).read_text()
    assert "started 2 h" not in text  # what the clocks say today is not written into the entry


def test_a_run_without_a_commit_belongs_to_what_was_newest_when_it_started(toys: Toys, capsys: Capsys) -> None:
    one = commit(toys, "One")
    two = commit(toys, "Two", hours=10)
    run(toys, "before", hours=-1)
    run(toys, "between", hours=3)
    run(toys, "after", hours=11)
    assert [each["id"] for each in told(toys, capsys, "--from-commit", one)["runs"]] == ["between"]
    assert [each["id"] for each in told(toys, capsys, "--from-commit", two, "--no-follow")["runs"]] == ["after"]
    said = toys.call(capsys, "new", "--from-commit", two, "--no-follow")
    assert f"after: consistent: it started 1 h after {two[:7]}, before anything else" in said.err  # said once


def test_runs_of_later_commits_are_counted_and_left_out(toys: Toys, capsys: Capsys) -> None:
    one, two = commit(toys, "One"), commit(toys, "Two", hours=1)
    toys.git("switch", "-q", "-c", "aside", one)
    three = commit(toys, "Three", hours=2)
    for number, sha in enumerate((two, two, three, "ab" * 20)):
        run(toys, f"later{number}", hours=4, commit=sha)
    answer = told(toys, capsys, "--from-commit", one)
    assert (answer["runs"], answer["later_runs"]) == ([], 3)
    assert "3 runs of later commits not listed (`journal link" in toys.call(capsys, "new", "--from-commit", one).err
    assert told(toys, capsys, "--from-commit", two, "--no-follow")["later_runs"] == 0


def test_a_run_that_lacks_another_of_the_commits_is_left_out_with_the_reason(toys: Toys, capsys: Capsys) -> None:
    one = commit(toys, "One")
    toys.git("switch", "-q", "-c", "aside", one)
    two = commit(toys, "Two", hours=1)
    toys.git("switch", "-q", "main")
    three = commit(toys, "Three", hours=1.5)
    run(toys, "lacking", hours=3, commit=two)
    answer = told(toys, capsys, "--from-commit", two, "--from-commit", three)
    assert answer["runs"] == []
    assert [(each["id"], each["verdict"]) for each in answer["left_out"]] == [("lacking", "contradicted")]
    said = toys.call(capsys, "new", "--from-commit", two, "--from-commit", three)
    assert "left out lacking: contradicted: started 2 h after the commit; " in said.err


def test_a_baseline_that_was_asked_for_is_judged_as_one(toys: Toys, capsys: Capsys) -> None:
    one = commit(toys, "One")
    two = commit(toys, "Two", hours=1)
    run(toys, "old", hours=0.5, commit=one)
    (found,) = told(toys, capsys, "--from-commit", two, "--run", "baseline:old")["runs"]
    assert (found["role"], found["verdict"]) == ("baseline", "consistent")
    assert found["started_after_s"] == -1800
    assert found["reasons"][0].endswith("fine for a run to compare with")


def test_a_sweep_does_not_flood_the_entry(toys: Toys, capsys: Capsys, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(matching_runs, "MOST_TAKEN", 3)
    sha = commit(toys, "One")
    for number in range(5):
        run(toys, f"sweep{number}", hours=5 - number, commit=sha)
    said = toys.call(capsys, "new", "--from-commit", sha)
    matter = parse((toys.root / said.out.strip()).read_bytes(), "x.md").entry.front_matter
    assert [ref.id for ref in matter.runs] == ["sweep4", "sweep3", "sweep2"]
    assert "2 more runs of this commit not listed (`journal link" in said.err


@pytest.mark.parametrize(
    ("since", "words"),
    [
        (timedelta(minutes=125), "started 2 h 5 min after the commit"),
        (timedelta(seconds=-70), "started 1 min 10 s before the commit"),
        (None, "nobody knows when it started"),
    ],
)
def test_when_a_run_started_is_said_in_words(since: timedelta | None, words: str) -> None:
    assert started(since) == words


def test_a_run_of_the_change_before_it_was_committed_belongs_to_the_commit(toys: Toys, capsys: Capsys) -> None:
    now = 1771671675
    toys.write("train.py", "rate = 1\n")
    before = commit(toys, "One")
    folder = toys.run("early001", {"loss": line(range(3))}, started=now - 3, commit=before)
    toys.run("other001", {"loss": line(range(3))}, started=now - 900, commit=before)
    toys.write("train.py", "rate = 2\n")
    take(folder, [toys.root], keep_patch=True)
    sha = toys.commit("Two", date=datetime.fromtimestamp(now + 600, UTC).isoformat())
    said = told(toys, capsys, "--from-commit", sha)
    (found,) = said["runs"]
    assert (found["id"], found["verdict"]) == ("early001", "consistent")
    assert f"with just the change of {sha[:7]}" in found["reasons"][0]
    assert said["left_out"] == []


def test_a_run_of_what_became_the_commit_belongs_to_it(toys: Toys, capsys: Capsys) -> None:
    commit(toys, "Begin")
    toys.write("train.py", "rate = 2\n")
    old = commit(toys, "One")
    toys.git("commit", "-q", "--amend", "-m", "One, in better words")
    sha = toys.git("rev-parse", "HEAD")
    run(toys, "aaaa0001", hours=1, commit=old)
    assert told(toys, capsys, "--from-commit", sha, "one")["runs"] == []
    toys.entry("2026-01-01-a", matter=f"commits: [{{sha: '{old[:9]}', became: '{sha}'}}]\n")
    (found,) = told(toys, capsys, "--from-commit", sha, "two", "--no-follow")["runs"]
    assert (found["id"], found["verdict"]) == ("aaaa0001", "consistent")
