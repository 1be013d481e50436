"""Runs that are held in memory, with whatever is known of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import polars as pl

from journal.model.run import Column, Origin, Run, RunState
from journal.sources.open_run import Loaded, OpenRun

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


def opened(run_id: str, metrics: Mapping[str, Sequence[tuple[int, float]]] | None = None, **known: Any) -> OpenRun:
    """A run that is held in memory; `code` is what it ran, everything else a field of `Run`."""
    code = known.pop("code", None)
    held = {
        name: Column(
            name,
            pl.Series([step for step, _ in rows], dtype=pl.Int64),
            pl.Series([value for _, value in rows], dtype=pl.Float64),
            pl.Series([None for _ in rows], dtype=pl.Float64),
        )
        for name, rows in (metrics or {}).items()
    }
    last = max((rows[-1][0] for rows in (metrics or {}).values()), default=None)
    about = {"config": {}, "rows": 1, "state": RunState.FINISHED, "last_step": last} | known
    run = Run(id=run_id, place=f"wandb/{run_id}", **about)
    return OpenRun(Loaded(run, Origin(kind="toy", path="x", bytes=1, sha256="0" * 64), held, {}, code=code))
