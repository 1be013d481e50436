from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from desk import Desk, cells, truth

if TYPE_CHECKING:
    from pathlib import Path

E1 = "2026-02-21-one"
BLOCK = "<!-- journal:runs -->\n<!-- /journal:runs -->\n"


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk.begin(tmp_path)


@pytest.mark.parametrize("kind", ["plain", "nestd", "faild", "killd", "large"])
@pytest.mark.parametrize("sdk", ["016", "031"])
def test_a_run_is_shown_as_its_log_tells_it(
    desk: Desk, capsys: pytest.CaptureFixture[str], kind: str, sdk: str
) -> None:
    run_id = kind + sdk
    desk.entry(E1, BLOCK, runs=f"{{id: {run_id}, as: it, role: reference}}")
    assert desk.call(capsys, "fill-results").code == 0
    expected = truth(run_id)
    steps = [step for points in expected["metrics"].values() for step, _ in points]
    assert cells(desk.read(E1)) == [
        ["run", "id", "role", "commit", "state", "last step", "label"],
        [
            *("it", run_id, "reference", expected["commit"][:7], expected["state"], str(max(steps))),
            expected["name"] or "—",
        ],
    ]


def test_the_authors_label_goes_before_the_trackers_name(desk: Desk, capsys: pytest.CaptureFixture[str]) -> None:
    desk.entry(E1, BLOCK, runs="{id: plain031, label: 'Mine | <b>'}")
    desk.call(capsys, "fill-results")
    assert "| Mine &#124; &#60;b&#62; |" in desk.read(E1)


def test_runs_stand_in_the_order_of_the_front_matter_or_of_the_spec(
    desk: Desk, capsys: pytest.CaptureFixture[str]
) -> None:
    runs = "{id: plain031, as: b}, {id: large031, as: a}, {id: faild031, as: c}"
    desk.entry(E1, BLOCK + BLOCK.replace(" -->", "\nruns: [c, {The first: b}]\n-->", 1), runs=runs)
    assert desk.call(capsys, "fill-results").code == 0
    first, second = desk.read(E1).split("<!-- /journal:runs", 1)
    assert [row[0] for row in cells(first)] == ["run", "b", "a", "c"]
    assert [row[0] for row in cells(second)] == ["run", "c", "The first"]
    assert set(desk.evidence(E1)["blocks"]) == {"runs", "runs-2"}


def test_a_run_that_is_not_there_yet_is_pending(desk: Desk, capsys: pytest.CaptureFixture[str]) -> None:
    desk.entry(E1, BLOCK, runs="{id: a/b/tomorrow, as: t, label: soon}")
    (entry,) = desk.call(capsys, "fill-results", "--json").json["entries"]
    assert entry["state"] == "pending"
    assert entry["blocks"][0]["message"] == "run t (a/b/tomorrow) is not there yet"
    assert cells(desk.read(E1))[1] == ["t", "a/b/tomorrow", "—", "TBD", "TBD", "TBD", "soon"]


def test_a_run_that_went_on_makes_the_block_stale(desk: Desk, capsys: pytest.CaptureFixture[str]) -> None:
    log = desk.log("large031")
    whole = log.read_bytes()
    log.write_bytes(whole[: len(whole) // 2])
    desk.entry(E1, BLOCK, runs="large031")
    desk.call(capsys, "fill-results")
    assert cells(desk.read(E1))[1][4] == "crashed or running"
    log.write_bytes(whole)
    said = desk.call(capsys, "fill-results", "--check", "--json")
    assert said.code == 1
    assert said.json["entries"][0]["state"] == "stale"
    desk.call(capsys, "fill-results")
    assert cells(desk.read(E1))[1][4:6] == ["finished", "399"]
