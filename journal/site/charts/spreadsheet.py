"""The numbers of a page's figures for a spreadsheet: a row for each point that a digest keeps."""

from __future__ import annotations

import csv
import io
import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from journal.site.charts.figure import Figure

HEAD = ("run", "handle", "metric", "step", "value")

_FORMULA = ("=", "+", "-", "@")
_NO_LINE = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]+")


def rows(figures: Iterable[Figure]) -> bytes:
    """The points as comma-separated values in UTF-8; each metric of a run once."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(HEAD)
    told = set()
    for figure in figures:
        for line in figure.lines:
            names = (line.id, line.shown.label, figure.asked.metric)
            if names in told:
                continue
            told.add(names)
            shown = [harmless(name) for name in names]
            writer.writerows((*shown, step, repr(value)) for step, value in zip(line.steps, line.values, strict=True))
    return out.getvalue().encode("utf-8", "replace")


def harmless(name: str) -> str:
    """A name on one line that no spreadsheet takes for a formula: one that looks like that gets an apostrophe before.

    Examples:
        >>> harmless("=SUM(A1)"), harmless("train/loss")
        ("'=SUM(A1)", 'train/loss')
    """
    bare = _NO_LINE.sub(" ", name)
    return f"'{bare}" if bare.lstrip().startswith(_FORMULA) else bare
