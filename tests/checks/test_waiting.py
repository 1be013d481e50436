from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from toys import Toys

if TYPE_CHECKING:
    from pathlib import Path

NOW = 1771671675  # 2026-02-21 19:01:15 +0800
DAY = 86_400
E1 = "2026-02-21-one"
TABLE = "<!-- journal:table losses\nmetrics: [loss]\n-->\n<!-- /journal:table -->\n"
Capsys = pytest.CaptureFixture[str]
Patch = pytest.MonkeyPatch


@pytest.fixture
def desk(tmp_path: Path) -> Toys:
    toys = Toys.begin(tmp_path)
    toys.run("good", {"loss": [(1, 2.0), (2, 1.0)]}, started=NOW)
    toys.run("bad", {"loss": [(1, 2.0)]}, code=1, started=NOW)
    toys.run("base", {"loss": [(1, 2.0)]}, started=NOW - 90 * DAY)
    return toys


def found(desk: Toys, capsys: Capsys, monkeypatch: Patch, code: str, days: float) -> list[tuple[int, str]]:
    """Line and message of what a rule finds so many days after the entry was written."""
    monkeypatch.setenv("SOURCE_DATE_EPOCH", str(int(NOW + days * DAY)))
    findings = desk.call(capsys, "check", "--json").json["findings"]
    return [(each["line"], each["message"]) for each in findings if each["code"] == code]


# --- TAB009 -----------------------------------------------------------------------------------------------------------


def test_a_block_that_waits_for_long_is_told_of_once_an_entry(desk: Toys, capsys: Capsys, monkeypatch: Patch) -> None:
    body = f"{TABLE}\n{TABLE.replace('losses', 'more')}"
    desk.entry(E1, body, runs="good, tomorrow")
    desk.call(capsys, "fill-results")
    assert found(desk, capsys, monkeypatch, "TAB009", 29.9) == []
    assert found(desk, capsys, monkeypatch, "TAB009", 30.1) == [
        (7, "a result is awaited here since 2026-02-21, and in 1 more place")
    ]


@pytest.mark.parametrize(
    ("body", "line"),
    [
        ("## Results\n\nTBD\n", 6),
        ("## Key result\n\n| run | loss |\n|---|---|\n| a | 0.5 |\n| b | **TBD** |\n", 11),
        ("## 结果\n\n待补充\n", 6),
        ("## Results\n\nIt ends at 0.5, the eval is to be done.\n", None),
        ("## Plan\n\nTBD\n\n| run | loss |\n|---|---|\n| b | TBD |\n", None),
        ("## Results\n\n| TBD | what |\n|---|---|\n| TBD | pending jobs of the queue |\n", None),
    ],
)
def test_a_result_to_come_that_is_written_by_hand_counts_below_a_heading_of_results(
    desk: Toys, capsys: Capsys, monkeypatch: Patch, body: str, line: int | None
) -> None:
    desk.entry(E1, body)
    said = found(desk, capsys, monkeypatch, "TAB009", 31)
    assert [each for each, _ in said] == ([] if line is None else [line])


@pytest.mark.parametrize("status", ["planned", "concluded", "abandoned"])
def test_what_is_planned_is_waited_for_patiently_and_what_is_over_is_not(
    desk: Toys, capsys: Capsys, monkeypatch: Patch, status: str
) -> None:
    desk.entry(E1, "## Results\n\nTBD\n", matter=f"status: {status}\n")
    assert found(desk, capsys, monkeypatch, "TAB009", 400) == []


def test_an_update_begins_the_wait_anew_and_the_settings_say_how_long_it_is(
    desk: Toys, capsys: Capsys, monkeypatch: Patch
) -> None:
    desk.write("journal.toml", "sections = []\n[check]\npending-days = 7\n")
    desk.entry(E1, "## Results\n\nTBD\n", matter="updates: [{at: 2026-03-01T10:00:00+08:00}]\n")
    assert found(desk, capsys, monkeypatch, "TAB009", 10) == []
    assert found(desk, capsys, monkeypatch, "TAB009", 15) == [(7, "a result is awaited here since 2026-03-01")]


# --- LIF012 -----------------------------------------------------------------------------------------------------------


def test_what_is_concluded_waits_for_no_result(desk: Toys, capsys: Capsys, monkeypatch: Patch) -> None:
    desk.entry(E1, TABLE, runs="good, tomorrow", matter="status: concluded\n")
    desk.call(capsys, "fill-results")
    said = [(8, "its status is concluded, but a result is pending here")]
    assert found(desk, capsys, monkeypatch, "LIF012", 0) == said
    update = "updates: [{at: 2026-02-22T10:00:00+08:00, status: concluded}]\n"
    desk.entry(E1, TABLE, runs="good, tomorrow", matter=f"status: concluded\n{update}")
    desk.call(capsys, "fill-results")
    assert found(desk, capsys, monkeypatch, "LIF012", 2) == []


@pytest.mark.parametrize(
    ("step", "is_told"),
    [
        ("- [ ] Run seed 3: it decides between the two", True),
        ("- [ ] Three seeds before concluding", True),
        ("- [x] Run seed 3: it decides between the two", False),
        ("- [ ] Decide on the next learning rate", False),
        ("- [ ] Clean up", False),
        ("- Run seed 3: it decides", False),
    ],
)
def test_an_open_box_that_decides_it_contradicts_a_conclusion(
    desk: Toys, capsys: Capsys, monkeypatch: Patch, step: str, is_told: bool
) -> None:
    desk.entry(E1, f"## Next steps\n\n{step}\n", matter="status: concluded\n")
    assert (found(desk, capsys, monkeypatch, "LIF012", 0) != []) == is_told


@pytest.mark.parametrize("status", ["planned", "running"])
def test_what_has_long_finished_and_is_filled_is_not_under_way(
    desk: Toys, capsys: Capsys, monkeypatch: Patch, status: str
) -> None:
    desk.entry(E1, TABLE, runs="good, {id: base, role: baseline}", matter=f"status: {status}\n")
    desk.call(capsys, "fill-results")
    assert found(desk, capsys, monkeypatch, "LIF012", 13) == []
    assert found(desk, capsys, monkeypatch, "LIF012", 15) == [
        (5, f"its status is {status}, but all its runs have finished, and its results are there")
    ]


def test_what_runs_while_all_its_runs_failed_does_not(desk: Toys, capsys: Capsys, monkeypatch: Patch) -> None:
    desk.entry(E1, TABLE, runs="bad, {id: base, role: baseline}", matter="status: running\n")
    desk.call(capsys, "fill-results")
    assert found(desk, capsys, monkeypatch, "LIF012", 1) == []
    assert found(desk, capsys, monkeypatch, "LIF012", 3) == [(5, "its status is running, but all its runs failed")]


@pytest.mark.parametrize("runs", ["good, bad", "bad, tomorrow", "{id: bad, role: baseline}"])
def test_where_some_run_may_go_on_or_did_well_nothing_is_said(
    desk: Toys, capsys: Capsys, monkeypatch: Patch, runs: str
) -> None:
    desk.entry(E1, TABLE, runs=runs, matter="status: running\n")
    desk.call(capsys, "fill-results")
    assert found(desk, capsys, monkeypatch, "LIF012", 60) == []
