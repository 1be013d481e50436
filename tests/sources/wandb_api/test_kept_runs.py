"""The runs of servers that are kept: replaced as a whole, and never taken from another process."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from journal.config import CONFIG_NAME, Config, Settings
from journal.sources.wandb_api import kept
from journal.sources.wandb_api.gathering import Gathered
from journal.sources.wandb_api.kept import KeptRuns
from journal.sources.wandb_api.places import RunPlace
from journal.sources.wandb_api.rows import columns_of
from journal.sources.wandb_api.statement import Statement

if TYPE_CHECKING:
    from pathlib import Path

PLACE = RunPlace("https://wandb.lab.example", "lab", "notes", "kp12ab")
SAID = Statement(PLACE, datetime(2026, 2, 21, 11, tzinfo=UTC), {"state": "finished", "rows": 3})


@pytest.fixture
def config(tmp_path: Path) -> Config:
    (tmp_path / CONFIG_NAME).write_text("")
    return Config(tmp_path, Settings(), tmp_path / CONFIG_NAME)


def gathered(*steps: int) -> Gathered:
    found = Gathered()
    for step in steps:
        found.add(columns_of([{"_step": step, "loss": step / 2}], step, step + 1), step + 1)
    return found


def history(rows: Gathered, **more: Any) -> dict[str, Any]:
    return {**rows.told, "settled": True, "short": {}, **more}


def test_what_another_has_just_kept_is_not_forgotten(config: Config) -> None:
    one, other, rows = KeptRuns(config).run(PLACE), KeptRuns(config).run(PLACE), gathered(0, 1, 2)
    one.write(SAID, history(rows), rows.arrays())
    more = gathered(0, 1, 2, 3)
    other.write(SAID, history(more), more.arrays())
    assert one.array("steps") is None
    one.forget()
    assert one.history["rows"] == 4
    assert KeptRuns(config).run(PLACE).history["rows"] == 4


def test_what_is_damaged_is_forgotten_for_everybody(config: Config) -> None:
    one, rows = KeptRuns(config).run(PLACE), gathered(0, 1, 2)
    one.write(SAID, history(rows), rows.arrays())
    one.forget()
    assert one.history == {}
    assert KeptRuns(config).run(PLACE).statement is None
    assert KeptRuns(config).heads() == {}


def test_what_another_version_kept_is_not_listed(config: Config, monkeypatch: pytest.MonkeyPatch) -> None:
    rows = gathered(0, 1, 2)
    KeptRuns(config).run(PLACE).write(SAID, history(rows), rows.arrays())
    assert list(KeptRuns(config).heads()) == [PLACE]
    monkeypatch.setattr(kept, "FORMAT", kept.FORMAT + 1)
    assert KeptRuns(config).heads() == {}


def test_a_run_stands_if_it_has_ended_and_all_of_it_came(config: Config) -> None:
    run, rows = KeptRuns(config).run(PLACE), gathered(0, 1, 2)
    assert not run.stands
    for said, told, stands in (
        (SAID, history(rows), True),
        (SAID, history(rows, settled=False), False),
        (SAID, history(rows, short={"loss": 2}), False),
        (Statement(PLACE, SAID.fetched, {"state": "running"}), history(rows), False),
    ):
        run.write(said, told, rows.arrays())
        assert run.stands is stands


def test_a_draft_is_gone_on_with_by_whoever_wrote_it_last(config: Config) -> None:
    rows = gathered(0, 1)
    one = KeptRuns(config).run(PLACE).draft
    one.save(SAID, {}, rows)
    next_one = KeptRuns(config).run(PLACE).draft
    found = next_one.gathered()
    assert found is not None
    found.add(columns_of([{"_step": 2, "lr": 0.5}], 2, 3), 3)
    next_one.save(SAID, {}, found)
    rows.add(columns_of([{"_step": 5, "loss": 9.0}], 5, 6), 6)
    one.save(SAID, {}, rows)
    last = KeptRuns(config).run(PLACE).draft.gathered()
    assert last is not None
    assert (last.rows, last.next, last.numbers) == (3, 3, {"loss": 0, "lr": 1})
    assert last.ends_as(found)
    assert (KeptRuns(config).heads(), len(KeptRuns(config).watched())) == ({}, 1)


@pytest.mark.parametrize(
    ("name", "array"),
    [
        ("steps", np.array([0, 1], np.int64)),
        ("times", np.zeros(4)),
        ("values 0", np.zeros(2)),
        ("rows 0", np.array([0, 1, 3], np.uint32)),
        ("rows 0", None),
    ],
)
def test_arrays_that_do_not_fit_one_another_are_no_rows(name: str, array: Any) -> None:
    rows = gathered(0, 1, 2)
    arrays = rows.arrays()
    whole = Gathered.restored(rows.told, arrays.get)
    assert whole is not None
    assert whole.ends_as(rows)
    assert Gathered.restored(rows.told, {**arrays, name: array}.get) is None


def test_rows_end_alike_only_if_every_cell_of_them_does() -> None:
    one = gathered(0, 1, 2)
    last = gathered(1, 2)
    assert one.ends_as(last)
    last.add(columns_of([{"_step": 3, "loss": 1.5}], 3, 4), 4)
    assert not one.ends_as(last)
    assert not one.ends_as(gathered(0, 2))
