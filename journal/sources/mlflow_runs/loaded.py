"""A run of MLflow, opened: what was recorded of it, and its values as columns."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from journal.model.revision import Code
from journal.model.run import Origin, Problem, Run, RunHead
from journal.sources.open_run import Loaded, OpenRun

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path

    from journal.sources.mlflow_runs.points import Points
    from journal.sources.mlflow_runs.recorded import Recorded


@dataclass(frozen=True)
class Whence:
    """Where a run was read from.

    Attributes:
        kind: The kind of source.
        path: What its origin is called.
        place: Where it lies, for people.
        files: What it was read from; None for a server.
        host: The server that gave it.
        fetched: When the server gave it.
    """

    kind: str
    path: str
    place: str
    files: tuple[Path, ...] | None = None
    host: str | None = None
    fetched: datetime | None = None


def opened(recorded: Recorded, points: Points, whence: Whence, problems: tuple[Problem, ...] = ()) -> OpenRun:
    """A run, from all that its store tells of it; what could not be read there is in `problems`."""
    placed = points.placed()
    head = recorded.head(whence.place)
    run = Run(
        **{name: getattr(head, name) for name in RunHead.model_fields},
        state=recorded.state,
        config=recorded.config,
        rows=len(points),
        last_step=placed.last_step,
        problems=(*problems, *placed.problems),
    )
    origin = Origin(
        kind=whence.kind,
        path=whence.path,
        bytes=points.bytes,
        sha256=points.sha256,
        extract=whence.host is None,
        host=whence.host,
        fetched=whence.fetched,
    )
    code = (Code(commit=head.commit, remote=head.remote, started=head.started),)
    summary = dict(sorted(recorded.latest.items()))
    return OpenRun(Loaded(run, origin, placed.columns, summary, points.sum_of, whence.files, code, kept=placed.kept))
