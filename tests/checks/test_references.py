from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from desk import Desk, refuse_runs

if TYPE_CHECKING:
    from pathlib import Path

E1 = "2026-02-21-one"
PATH = f"entries/{E1}.md"
Capsys = pytest.CaptureFixture[str]


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk.begin(tmp_path)


def found(desk: Desk, capsys: Capsys, code: str) -> tuple[int, list[dict[str, Any]]]:
    """The exit code of a check, and its findings of one rule."""
    said = desk.call(capsys, "check", "--json")
    return said.code, [finding for finding in said.json["findings"] if finding["code"] == code]


def places(findings: list[dict[str, Any]]) -> list[tuple[str, int, int, str]]:
    return [(each["path"], each["line"], each["column"], each["message"]) for each in findings]


def test_a_commit_that_is_not_there_is_found_at_its_line(desk: Desk, capsys: Capsys) -> None:
    sha = desk.commit("Start")
    desk.entry(E1, matter=f"commits:\n  - sha: {sha[:7]}\n  - note: x\n    sha: 1234567\n  - {sha}\n  - deadbeef\n")
    code, findings = found(desk, capsys, "REF001")
    assert code == 1
    assert places(findings) == [
        (PATH, 7, 5, "commit 1234567 is not in this repository"),
        (PATH, 9, 5, "commit deadbeef is not in this repository"),
    ]


def test_a_tree_is_no_commit(desk: Desk, capsys: Capsys) -> None:
    desk.commit("Start")
    tree = desk.git("rev-parse", "HEAD^{tree}")
    desk.entry(E1, matter=f"commits: [{tree}]\n")
    assert found(desk, capsys, "REF001")[0] == 1


def test_outside_a_repository_commits_are_not_looked_up(tmp_path: Path, capsys: Capsys) -> None:
    desk = Desk(tmp_path)
    desk.write("journal.toml", "sections = []\n")
    desk.entry(E1, matter="commits: [1234567]\n")
    assert desk.call(capsys, "check", "--json").json["findings"] == []


def test_a_run_that_no_source_holds_is_a_warning(desk: Desk, capsys: Capsys) -> None:
    desk.entry(E1, matter="runs:\n  - plain031\n  - {as: x, id: plain032}\n")
    code, findings = found(desk, capsys, "REF002")
    assert code == 0
    assert places(findings) == [(PATH, 6, 13, "no run 'plain032'")]
    assert findings[0]["severity"] == "warning"
    assert "did you mean plain031" in findings[0]["hint"]
    assert desk.call(capsys, "check", "--strict").code == 1


def test_a_run_of_which_none_is_near_is_told_without_a_guess(desk: Desk, capsys: Capsys) -> None:
    desk.entry(E1, matter="runs: [fast0001]\n")
    desk.write("wandb/wt000001/metrics.csv", "step,loss\n1,2\n")
    assert "did you mean" not in found(desk, capsys, "REF002")[1][0]["hint"]


def test_a_run_that_evidence_remembers_need_not_be_here(desk: Desk, capsys: Capsys) -> None:
    block = "<!-- journal:table\nmetrics: [loss]\n-->\n<!-- /journal:table -->\n"
    desk.entry(E1, block, runs="faild031")
    desk.call(capsys, "fill-results")
    (desk.root / "wandb").rename(desk.root / ".git/wandb")
    assert found(desk, capsys, "REF002") == (3, [])
    (desk.root / f"evidence/{E1}.json").write_text("broken")
    assert len(found(desk, capsys, "REF002")[1]) == 1


def test_a_reference_that_several_runs_answer_to_is_an_error(desk: Desk, capsys: Capsys) -> None:
    desk.entry(E1, matter="runs: [large]\n")
    code, findings = found(desk, capsys, "REF003")
    assert code == 1
    assert places(findings) == [(PATH, 4, 8, "'large' names 2 runs")]
    assert "large016" in findings[0]["hint"]
    assert "large031" in findings[0]["hint"]


def test_a_source_out_of_reach_is_a_warning_and_exit_code_3(
    desk: Desk, capsys: Capsys, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.entry(E1, "<!-- journal:runs -->\n<!-- /journal:runs -->\n", matter="runs: [large031]\n")
    refuse_runs(monkeypatch)
    code, findings = found(desk, capsys, "REF004")
    assert code == 3
    assert [finding["severity"] for finding in findings] == ["warning", "warning"]
    assert places(findings[:1]) == [(PATH, 4, 8, "run large031 is out of reach")]
    assert (findings[1]["path"], findings[1]["line"]) == ("journal.toml", None)  # why, once for all entries
    assert findings[1]["message"].startswith("runs are out of reach: ")
    assert findings[1]["hint"]


@pytest.mark.parametrize("relation", ["follows", "results_of", "supersedes", "invalidates", "related"])
def test_a_relation_to_an_entry_that_is_not_there_is_found(desk: Desk, capsys: Capsys, relation: str) -> None:
    desk.entry("2026-02-20-zero")
    desk.entry(E1, matter=f"{relation}:\n  - 2026-02-20-zero\n  - 2026-02-20\n  - nobody\n")
    code, findings = found(desk, capsys, "REF005")
    assert code == 1
    assert places(findings) == [
        (PATH, 6, 5, f"{relation}: no entry '2026-02-20'"),
        (PATH, 7, 5, f"{relation}: no entry 'nobody'"),
    ]


def test_a_relation_may_be_one_bare_id(desk: Desk, capsys: Capsys) -> None:
    desk.entry(E1, matter="follows: nobody\n")
    assert places(found(desk, capsys, "REF005")[1]) == [(PATH, 4, 1, "follows: no entry 'nobody'")]


def test_a_relation_holds_while_only_one_of_the_two_is_checked(desk: Desk, capsys: Capsys) -> None:
    desk.entry("2026-02-20-zero")
    desk.entry(E1, matter="follows: [2026-02-20-zero]\n")
    assert desk.call(capsys, "check", E1, "--json").json["findings"] == []


def test_two_runs_with_one_handle_are_found_at_the_second(desk: Desk, capsys: Capsys) -> None:
    desk.entry(E1, matter="runs:\n  - {id: plain031, as: a}\n  - {id: large031, as: b}\n  - {id: faild031, as: a}\n")
    code, findings = found(desk, capsys, "REF006")
    assert code == 1
    assert places(findings) == [(PATH, 7, 20, "two runs are called 'a'")]
