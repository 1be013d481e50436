"""Runs as `--json` shows them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from journal.cli.output import problem

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from journal.index.run_list import ListedRun
    from journal.model.run import Run, RunHead, Segment
    from journal.sources.open_run import OpenRun


def in_list(listed: ListedRun, kind: str) -> dict[str, Any]:
    """The shape of a run in a listing, from this kind of source; what its log alone holds is null where not read."""
    return of_run(listed.head, listed.run, kind) | {
        "cited_by": list(listed.cited_by),
        "problem": problem(listed.problem) if listed.problem else None,
    }


def of_run(head: RunHead, run: Run | None, kind: str) -> dict[str, Any]:
    """The shape of a run by itself, whoever cites it."""
    return {
        "id": head.id,
        "entity": head.entity,
        "project": head.project,
        "name": head.name,
        "state": run.state if run else None,
        "started": _moment(head.started),
        "commit": head.commit,
        "dirty": run.dirty if run else None,
        "rows": run.rows if run else None,
        "last_step": run.last_step if run else None,
        "source": {"place": head.place, "kind": kind, "path": None, "bytes": None, "sha256": None},
        "segments": head.segments,
        "problems": run.problem_count if run else None,
    }


def in_full(listed: ListedRun, run: OpenRun, kind: str) -> dict[str, Any]:
    """The shape of a run that is shown."""
    return in_list(listed, kind) | {
        "source": {"place": run.run.place, **run.origin.model_dump(), "kind": kind},
        "remote": run.run.remote,
        "sdk": run.run.sdk,
        "rule": run.run.rule,
        "parts": _parts(run.segments),
        "config": run.config,
        "summary": run.summary,
        "metrics": [metric.model_dump() for metric in run.metrics],
        "problems": [each.model_dump() for each in run.problems],
    }


def _parts(segments: Sequence[Segment]) -> list[dict[str, Any]]:
    return [segment.model_dump(mode="json") | {"started": _moment(segment.started)} for segment in segments]


def _moment(moment: datetime | None) -> str | None:
    return None if moment is None else moment.isoformat()
