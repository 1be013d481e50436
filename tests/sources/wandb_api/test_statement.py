"""What a server says of a run: which texts are numbers, and what its row count is good for."""

from __future__ import annotations

import math
from datetime import UTC, datetime
from typing import Any

import pytest

from journal.sources.wandb_api.places import RunPlace
from journal.sources.wandb_api.statement import Statement

PLACE = RunPlace("https://wandb.lab.example", "lab", "notes", "kp12ab")
LOSS = {"loss": {"typeCounts": [{"type": "number", "count": 5}]}}


def statement(**told: Any) -> Statement:
    return Statement(PLACE, datetime(2026, 2, 21, 11, tzinfo=UTC), {"state": "finished", **told})


def test_a_text_of_the_config_stays_the_text_it_was() -> None:
    config = {"init": "NaN", "tag": "Infinity", "clip": math.inf, "deep": {"fill": ["-Infinity"]}}
    assert statement(config=config).run.config == config
    assert Statement.load(statement(config=config).dump()).run.config == config


def test_a_number_of_the_summary_that_is_spelt_as_text_is_a_number() -> None:
    summary = statement(summary={"best": "-Infinity", "loss": "NaN", "word": "nan"}).summary
    assert (summary["best"], math.isnan(summary["loss"]), summary["word"]) == (-math.inf, True, "nan")


@pytest.mark.parametrize(
    ("rows", "keys", "is_doubtful", "last"),
    [
        (5, {"keys": LOSS, "lastStep": 4}, False, 4),
        (0, {"keys": {}, "lastStep": -1}, False, None),
        (0, {"keys": {}, "lastStep": 0}, False, None),
        (0, None, False, None),
        (0, {"keys": LOSS, "lastStep": 4}, True, 4),
        (0, {"keys": {}, "lastStep": 4}, True, 4),
        (None, {"keys": LOSS, "lastStep": 4}, True, 4),
        (None, None, True, None),
    ],
)
def test_a_row_count_that_contradicts_the_rest_is_doubted(
    rows: int | None,
    keys: dict[str, Any] | None,
    is_doubtful: bool,
    last: int | None,
) -> None:
    said = statement(rows=rows, history_keys=keys)
    assert (said.doubt is not None, said.last_step) == (is_doubtful, last)


def test_the_numbers_of_a_history_that_nobody_counted_are_as_many_as_there_can_be() -> None:
    texts = {"note": {"typeCounts": [{"type": "string", "count": 2}]}}
    assert statement(rows=5, history_keys={"keys": LOSS}).cells == 5
    assert statement(rows=5, history_keys={"keys": {**LOSS, **texts}}).cells == 10
