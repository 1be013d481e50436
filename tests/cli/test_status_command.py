from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from desk import refuse_runs
from journal.tables import fill
from toys import Toys

if TYPE_CHECKING:
    from pathlib import Path

    from desk import Said

E1, E2 = "2026-02-21-one", "2026-02-22-two"
P1, P2 = (f"entries/{stem}.md" for stem in (E1, E2))
BLOCK = "<!-- journal:table losses\nmetrics: [loss]\n-->\n<!-- /journal:table -->\n"
EMPTY: dict[str, list[Any]] = {
    name: []
    for name in (
        *("pending", "stale", "drifted", "edited", "open_predictions", "open_steps"),
        *("untracked_runs", "answered", "problems"),
    )
}
Capsys = pytest.CaptureFixture[str]
Patch = pytest.MonkeyPatch


@pytest.fixture
def toys(tmp_path: Path, monkeypatch: Patch, settled: None) -> Toys:  # noqa: ARG001
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1772440200")  # eight days after the entries were written
    toys = Toys.begin(tmp_path)
    (tmp_path / "entries").mkdir()
    toys.run("toy1", {"loss": [(1, 0.5)]})
    return toys


def status(toys: Toys, capsys: Capsys, *more: str) -> Said:
    return toys.call(capsys, "status", *more)


def test_where_all_is_done_nothing_waits(toys: Toys, capsys: Capsys) -> None:
    toys.entry(E1, BLOCK, runs="toy1")
    assert toys.call(capsys, "fill-results").code == 0
    said = status(toys, capsys)
    assert (said.code, said.out, said.err) == (0, "", "nothing waits\n")
    assert status(toys, capsys, "--json").json == {"schema_version": 1, **EMPTY}


def test_each_kind_of_waiting_has_a_list_with_its_count_and_places_first(toys: Toys, capsys: Capsys) -> None:
    predicts = "predictions:\n  - {claim: it falls, expect: last(loss)@toy2 < 1}\n"
    toys.entry(E1, f"{BLOCK}\n## Next steps\n\n- sleep\n- [ ] eat\n", runs="toy2", matter=predicts)
    toys.call(capsys, "fill-results")
    toys.entry(E2, BLOCK, runs="toy2")
    toys.entry("2026-02-23-three", "## Results\n\nIt fell.\n", matter=f"results_of: [{E1}]\n")
    said = status(toys, capsys)
    assert said.code == 0
    assert said.err == ""
    lines = said.out.splitlines()
    assert [line for line in lines if line and ".md" not in line] == [
        "pending results: 1",
        "answered in a follow-up: 1",
        "open predictions: 1",
        "open steps: 2",
        "runs that no entry cites: 1",
        lines[-1],
    ]
    assert f"{P2}:7: table losses, 8 days: " in said.out
    assert f"{P1}:9: see 2026-02-23-three" in lines
    assert any(line.startswith(f"{P1}:6: prediction it falls: ") for line in lines)
    assert [line.removeprefix(P1) for line in lines if "sleep" in line or "eat" in line] == [
        ":23: sleep",
        ":24: [ ] eat",
    ]
    assert lines[-1].startswith("wandb/")
    assert ": run toy1" in lines[-1]


def test_json_has_the_whole_shape(toys: Toys, capsys: Capsys) -> None:
    toys.entry(E1, f"{BLOCK}\n## Results\n\n## To do\n\n- [ ] eat\n", runs="toy1")
    toys.entry(E2, "## Results\n\nIt fell.\n", matter=f"results_of: [{E1}]\n")
    third = "2026-02-23-three"
    toys.entry(third, "## Results\n\nTBD\n")
    found = status(toys, capsys, "--json").json
    here, there = {"id": E1, "path": P1}, {"id": third, "path": f"entries/{third}.md"}
    assert found == {
        "schema_version": 1,
        **EMPTY,
        "pending": [there | {"line": 6, "kind": "section", "name": "Results", "message": "", "days": 8}],
        "stale": [here | {"line": 7, "kind": "table", "name": "losses", "message": "not filled yet", "days": 8}],
        "open_steps": [here | {"text": "eat", "line": 16, "done": False, "section": "To do", "is_box": True}],
        "answered": [here | {"line": 7, "by": [E2]}],
    }


def test_edited_and_drifted_tables_are_told(toys: Toys, capsys: Capsys) -> None:
    for stem in (E1, E2):
        toys.entry(stem, BLOCK, runs="toy1")
    toys.call(capsys, "fill-results")
    path = toys.root / P1
    path.write_text(path.read_text().replace("0.500", "0.4"))
    toys.run("toy1", {"loss": [(1, 0.7)]})
    found = status(toys, capsys, "--json").json
    assert [each["path"] for each in found["edited"]] == [P1]
    assert [each["path"] for each in found["drifted"]] == [P2]
    assert "edited tables: 1" in status(toys, capsys).out


def test_a_long_list_is_cut_for_people_alone(toys: Toys, capsys: Capsys) -> None:
    toys.entry(E1, "".join(f"- [ ] step {number}\n" for number in range(25)), runs="toy1")
    said = status(toys, capsys)
    assert said.out.splitlines()[0] == "open steps: 25"
    assert said.out.splitlines()[-1] == "... and 5 more"
    assert "step 19" in said.out
    assert "step 20" not in said.out
    assert said.err == "`journal status --json` has all of them\n"
    assert len(status(toys, capsys, "--json").json["open_steps"]) == 25


def test_a_second_look_looks_at_what_changed_alone(toys: Toys, capsys: Capsys, monkeypatch: Patch) -> None:
    looked: list[str] = []
    plan = fill.plan

    def watched(config: Any, path: str, *more: Any, **named: Any) -> fill.EntryFill:
        looked.append(path)
        return plan(config, path, *more, **named)

    toys.entry(E1, BLOCK, runs="toy1")
    toys.entry(E2, BLOCK, runs="toy1")
    toys.call(capsys, "fill-results")
    monkeypatch.setattr(fill, "plan", watched)
    first = status(toys, capsys)
    assert looked == [P1, P2]
    assert status(toys, capsys) == first
    assert looked == [P1, P2]
    toys.entry(E2, f"{BLOCK}\n- [ ] eat\n", runs="toy1")
    assert "eat" in status(toys, capsys).out
    assert looked == [P1, P2, P2]


def test_an_entry_that_cannot_be_looked_at_fails_the_rest_is_told(toys: Toys, capsys: Capsys) -> None:
    toys.entry(E1, "- [ ] eat\n", runs="toy1")
    toys.write(P2, "no front matter\n")
    said = status(toys, capsys)
    assert said.code == 1
    assert "[ ] eat" in said.out
    assert said.err.startswith(f"error: {P2}:1: the entry has no front matter")
    assert [each["path"] for each in status(toys, capsys, "--json").json["problems"]] == [P2]


def test_a_source_out_of_reach_has_an_exit_code_of_its_own(toys: Toys, capsys: Capsys, monkeypatch: Patch) -> None:
    toys.entry(E1, f"{BLOCK}\n- [ ] eat\n", runs="toy1")
    toys.call(capsys, "fill-results")
    refuse_runs(monkeypatch)
    said = status(toys, capsys)
    assert said.code == 3
    assert "[ ] eat" in said.out
    assert "Permission denied" in said.err


def test_outside_a_journal_it_says_how_to_begin(tmp_path: Path, capsys: Capsys, monkeypatch: Patch) -> None:
    monkeypatch.chdir(tmp_path)
    said = Toys(tmp_path).call(capsys, "status")
    assert said.code == 2
    assert "journal init" in said.err
