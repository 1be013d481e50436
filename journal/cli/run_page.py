"""One run as people see it."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING, Any

from journal.cli.grid import width_of
from journal.cli.output import put, table
from journal.cli.sparkline import sparkline, thinned

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from journal.index.run_list import ListedRun
    from journal.model.run import Problem, Segment
    from journal.sources.open_run import OpenRun

CURVE = 20
"""Characters of a metric's curve."""

WHOLE_NAME = 24
"""Characters of a metric's name that are worth more than the columns beside it."""


def print_run(listed: ListedRun, run: OpenRun) -> None:
    """Print what a run is, its parts, config, metrics and summary, and what of it could not be read."""
    _pairs(("", ""), _identity(listed, run))
    if len(run.segments) > 1:
        put("")
        _print_parts(run.segments)
    if run.config:
        put("")
        _pairs(("config", "value"), list(flattened(run.config)))
    if run.metric_names:
        put("")
        _print_metrics(run)
    if run.summary:
        put("")
        _pairs(("summary, as the tracker has it", "value"), sorted(flattened(run.summary)))
    if run.problems:
        put("")
        _print_problems(run.problems)


def flattened(tree: Mapping[str, Any], above: str = "") -> Iterator[tuple[str, str]]:
    """The leaves of nested settings by their dotted names, as text: words as they are, anything else as JSON."""
    for key, value in tree.items():
        name = f"{above}{key}"
        if isinstance(value, dict) and value:
            yield from flattened(value, f"{name}.")
        else:
            yield name, value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _identity(listed: ListedRun, run: OpenRun) -> list[tuple[str, str]]:
    about = run.run
    dirty = {True: " (dirty)", False: " (clean)", None: ""}[about.dirty]
    lines = {
        "run": about.address,
        "name": about.name,
        "place": about.place,
        "state": about.state.value,
        "started": about.started.isoformat(sep=" ", timespec="seconds") if about.started else None,
        "commit": f"{about.commit}{dirty}" if about.commit else None,
        "SDK": about.sdk,
        "rows": f"{about.rows}" + (f", the last at step {about.last_step}" if about.last_step is not None else ""),
        "segments": f"{len(run.segments)}: {about.rule or ''}".rstrip(": ") if len(run.segments) > 1 else None,
        "cited by": ", ".join(listed.cited_by),
    }
    return [(name, text) for name, text in lines.items() if text]


def _print_parts(segments: Sequence[Segment]) -> None:
    head = ("segment", "state", "rows", "kept", "first step", "last step", "note")
    rows = [
        (
            *(part.place, part.state.value, str(part.rows), str(part.kept)),
            *(_text(part.first_step), _text(part.last_step), part.note),
        )
        for part in segments
    ]
    table(head, rows, ("segment", "state", "note"), right=head[2:6], optional=("state", "rows"))


def _print_metrics(run: OpenRun) -> None:
    metrics, curves = run.metrics, _curves(run)
    columns = {
        "metric": [metric.name for metric in metrics],
        "n": [str(metric.n) for metric in metrics],
        "non-finite": [str(metric.nonfinite) for metric in metrics],
        "first step": [_text(metric.first_step) for metric in metrics],
        "last step": [_text(metric.last_step) for metric in metrics],
        "last": ["" if metric.last is None else f"{metric.last:.6g}" for metric in metrics],
        "rounded": [str(metric.rounded or "") for metric in metrics],
        "curve": [curves[metric.name] for metric in metrics],
        "x-axis": [metric.step_metric or "" for metric in metrics],
    }
    shown = {name: cells for name, cells in columns.items() if any(cells)}
    longest = min(max(map(width_of, columns["metric"])), WHOLE_NAME)
    table(
        tuple(shown),
        list(zip(*shown.values(), strict=True)),
        {"metric": longest},
        right=("n", "non-finite", "first step", "last step", "last", "rounded"),
        optional=("x-axis", "rounded", "first step", "non-finite", "last step", "n", "curve"),
    )


def _curves(run: OpenRun) -> dict[str, str]:
    """Each metric's curve; none where the output has no block characters."""
    if not (sys.stdout.encoding or "").lower().startswith("utf"):
        return dict.fromkeys(run.metric_names, "")
    columns = {name: run.column(name) for name in run.metric_names}
    return {name: sparkline(thinned(held.values, CURVE)) if held else "" for name, held in columns.items()}


def _print_problems(problems: Sequence[Problem]) -> None:
    put("could not be read:")
    for problem in problems:
        where = f"at byte {problem.offset}: " if problem.offset is not None else ""
        put(f"- {where}{problem.message}")


def _pairs(head: tuple[str, str], rows: Sequence[tuple[str, str]]) -> None:
    table(head, rows, (head[1],))


def _text(step: int | None) -> str:
    return "" if step is None else str(step)
