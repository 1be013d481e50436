"""One expression on one run, from anywhere: the way in for notebooks."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from journal.sources.registry import open_run
from journal.stats.evaluation import estimate_on
from journal.stats.expression import parse

if TYPE_CHECKING:
    from journal.model.evidence import Estimate
    from journal.model.expression import Expression
    from journal.sources.open_run import OpenRun


def evaluate(expr: str | Expression, run: OpenRun | str | Path) -> Estimate:
    """One number of one run; works inside a journal and outside any.

    Args:
        expr: An expression without handles, such as `mean(train/loss)[3500..4000]` or `last(a) / config(b)`.
        run: An opened run, or what `journal.open_run` takes: a run folder, a log file, or any other run reference.

    Returns:
        The estimate: `value` in the metric's own unit, or None where there is none (`text` may stand in its place);
        `n` rows used; `nonfinite` rows left out as NaN or infinite; `window`, the steps of the first and last row
        used, or None.

    Raises:
        ExpressionError: It is no expression (`column` says where), it names a run by a handle or asks for the window
            `matched`, or it calculates with text.
        SourceError: The run cannot be found or read, or has no such metric or key.
        ConfigError: There is a journal, but its configuration cannot be read.
    """
    expression = parse(expr) if isinstance(expr, str) else expr
    opened = open_run(run) if isinstance(run, str | Path) else run
    return estimate_on(opened, expression)
