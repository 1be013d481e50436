"""A filled number and a run of which further folders appear: nothing replaces it but rows that go on from its own."""

from collections.abc import Callable
from pathlib import Path

import pytest
from part_folders import part_folder

from desk import Desk

Capsys = pytest.CaptureFixture[str]

ENTRY = """---
title: One
created: 2026-02-21T19:01:15+08:00
runs: [r1]
---

## Results

<!-- journal:table numbers
metrics: [x]
stats: [mean]
window: {window}
-->
<!-- /journal:table -->
"""


def filled(tmp_path: Path, capsys: Capsys, window: str, *parts: Callable[[Path], object]) -> Desk:
    desk = Desk(tmp_path)
    desk.write("journal.toml", "")
    for part in parts:
        part(tmp_path / "wandb")
    desk.write("entries/2026-02-21-one.md", ENTRY.replace("{window}", window))
    said = desk.call(capsys, "fill-results")
    assert said.code == 0, said.out + said.err
    return desk


def first(wandb: Path) -> object:
    return part_folder(wandb, "r1", range(100), start=1)


LATER: dict[str, Callable[[Path], object]] = {
    "starts over": lambda wandb: part_folder(wandb, "r1", range(150), start=30),
    "starts over, of no project": lambda wandb: part_folder(wandb, "r1", range(150), start=30, entity="", project=""),
    "rewound": lambda wandb: part_folder(wandb, "r1", range(50, 200), start=30, branch=("r1", 49)),
    "goes back": lambda wandb: part_folder(wandb, "r1", range(50, 200), start=30),
}


@pytest.mark.parametrize("later", LATER)
def test_rows_that_were_overtaken_leave_the_number_that_they_gave(tmp_path: Path, capsys: Capsys, later: str) -> None:
    desk = filled(tmp_path, capsys, "60..90", first)
    LATER[later](tmp_path / "wandb")
    before = desk.files()
    said = desk.call(capsys, "fill-results")
    assert (said.code, desk.files()) == (1, before)
    assert "that counted no longer do: see `journal runs show r1`" in said.out
    assert desk.call(capsys, "check").code == 1
    assert desk.call(capsys, "fill-results", "--force").code == 0
    assert desk.call(capsys, "check").code == 0


def test_rows_that_were_overtaken_behind_the_window_matter_to_nobody(tmp_path: Path, capsys: Capsys) -> None:
    desk = filled(tmp_path, capsys, "10..40", first)
    text = desk.read("2026-02-21-one")
    LATER["goes back"](tmp_path / "wandb")
    assert desk.call(capsys, "fill-results").code == 0
    assert desk.read("2026-02-21-one") == text
    assert desk.call(capsys, "check").code == 0


def test_a_run_that_goes_on_in_another_folder_is_filled_anew(tmp_path: Path, capsys: Capsys) -> None:
    desk = filled(tmp_path, capsys, "all", first)
    part_folder(tmp_path / "wandb", "r1", range(100, 120), start=30, resume=True)
    assert desk.call(capsys, "fill-results").code == 0
    assert "rows used: r1 120" in desk.read("2026-02-21-one")


def test_a_part_that_is_gone_is_not_made_up_for_by_another(tmp_path: Path, capsys: Capsys) -> None:
    desk = filled(tmp_path, capsys, "all", first, lambda wandb: part_folder(wandb, "r1", range(100, 150), start=20))
    gone = tmp_path / "wandb" / "offline-run-19700101_000020-r1"
    gone.rename(tmp_path / "elsewhere")
    part_folder(tmp_path / "wandb", "r1", range(100, 300), start=40)
    before = desk.files()
    said = desk.call(capsys, "fill-results")
    assert (said.code, desk.files()) == (1, before)
    assert "a log that run r1 was read from is gone, or does not begin as it did" in said.out


def test_a_log_that_was_rewritten_is_another_log(tmp_path: Path, capsys: Capsys) -> None:
    desk = filled(tmp_path, capsys, "0..50", first)
    log = tmp_path / "wandb" / "offline-run-19700101_000001-r1" / "run-r1.wandb"
    other = part_folder(tmp_path / "other", "r1", range(0, 400, 2), start=1)
    log.write_bytes((other / "run-r1.wandb").read_bytes())
    before = desk.files()
    said = desk.call(capsys, "fill-results")
    assert (said.code, desk.files()) == (1, before)
    assert "does not begin as it did" in said.out


def test_a_log_that_has_grown_is_filled_anew(tmp_path: Path, capsys: Capsys) -> None:
    desk = filled(tmp_path, capsys, "all", lambda wandb: part_folder(wandb, "r1", range(100), start=1, code=None))
    log = tmp_path / "wandb" / "offline-run-19700101_000001-r1" / "run-r1.wandb"
    grown = part_folder(tmp_path / "other", "r1", range(130), start=1, code=None)
    assert (grown / "run-r1.wandb").read_bytes().startswith(log.read_bytes())
    log.write_bytes((grown / "run-r1.wandb").read_bytes())
    assert desk.call(capsys, "fill-results").code == 0
    assert "rows used: r1 130" in desk.read("2026-02-21-one")


@pytest.mark.parametrize("grown", [True, False])
def test_a_csv_history_may_grow_and_may_not_be_rewritten(tmp_path: Path, capsys: Capsys, *, grown: bool) -> None:
    history = tmp_path / "wandb" / "r1" / "metrics.csv"
    history.parent.mkdir(parents=True)
    lines = [f"{step},{step / 2}" for step in range(20)]
    history.write_text("step,x\n" + "".join(f"{line}\n" for line in lines))
    desk = filled(tmp_path, capsys, "all")
    lines = [*lines, "20,7"] if grown else ["0,9", *lines[1:], "20,7"]
    history.write_text("step,x\n" + "".join(f"{line}\n" for line in lines))
    assert desk.call(capsys, "fill-results").code == (0 if grown else 1)


def test_a_cache_that_is_believed_wrongly_fills_no_number(
    tmp_path: Path, capsys: Capsys, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("journal.sources.wandb_folder.folders._WORTH_KEEPING", 0)
    monkeypatch.setattr("journal.sources.wandb_log.cache._SUMMED_UP", 0)
    monkeypatch.setattr("journal.sources.wandb_log.cache._STRIDE", 1 << 30)
    desk = filled(tmp_path, capsys, "all", lambda wandb: part_folder(wandb, "r1", range(9000), start=1, code=None))
    log = tmp_path / "wandb" / "offline-run-19700101_000001-r1" / "run-r1.wandb"
    grown = (part_folder(tmp_path / "other", "r1", range(9500), start=1, code=None) / "run-r1.wandb").read_bytes()
    log.write_bytes(
        grown[:131_072] + bytes(32_768) + grown[163_840:]
    )  # a block in the middle is lost, the ends are not
    before = desk.files()
    said = desk.call(capsys, "fill-results")
    assert (said.code, desk.files()) == (1, before)
    assert "the log of run r1 held 9000 rows" in said.out


def test_parts_that_lie_in_another_folder_are_still_the_same_run(
    tmp_path: Path, capsys: Capsys, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk = filled(
        tmp_path, capsys, "all", first, lambda wandb: part_folder(wandb, "r1", range(100, 150), start=20, resume=True)
    )
    assert len(desk.evidence("2026-02-21-one")["runs"]["r1"]["segments"]) == 2
    before = desk.files()
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "wandb").rename(tmp_path / "elsewhere" / "wandb")
    monkeypatch.setenv("WANDB_DIR", str(tmp_path / "elsewhere"))
    assert desk.call(capsys, "fill-results").code == 0
    assert desk.files() == before
