"""What is to be found of the runs that `mlflow_server` writes, wherever they are read."""

from __future__ import annotations

import math

from journal.model.run import RunState
from journal.sources.contract import ExpectedRun
from mlflow_server import COMMIT

LOSS = [(0, 0.1), (5, math.nan), (7, -math.inf), (9, 0.30000000000000004), (11, 5e-324)]
LONG = {"loss": LOSS, "tie": [(1, 4.0)], "val/acc": [(-2, 0.25), (3, 9007199254740992.0)]}
TOLD = {
    "state": RunState.FINISHED,
    "name": "a long one",
    "commit": COMMIT,
    "rows": 11,
    "last_step": 11,
    "first_step": -2,
    "summary": {"loss": 5e-324, "tie": 4.0, "val/acc": 9007199254740992.0},
    "config": {
        "lr": 1e-05, "layers": 12, "optimiser": "adam", "sha": "1234e56", "none": "None",
        "tags": {"best": "yes", "note": "ä\nb"},
    },
}  # fmt: skip


def expected(ids: dict[str, str]) -> tuple[ExpectedRun, ...]:
    """The runs that were not deleted, by the ids that they have got."""
    return (
        ExpectedRun(ids["a long one"], LONG, TOLD, problems=True),
        ExpectedRun(ids["going"], {"loss": [(0, 1.5)]}, {"state": RunState.CRASHED_OR_RUNNING}),
        ExpectedRun(ids["killed"], {}, {"state": RunState.FAILED, "config": {}, "last_step": None}),
    )
