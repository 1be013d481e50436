"""An expression: which number of which metric is meant, in its one canonical spelling."""

from __future__ import annotations

import re

from journal.model.base import Frozen
from journal.model.table import Window

# What is spelt without quotes. A reader takes more for granted; what is written is the same everywhere.
_BARE = re.compile(r"[A-Za-z_][A-Za-z0-9_./-]*")


class Expression(Frozen):
    """One statistic of one metric over one window; its text is `statistic(metric)[window]@handle`."""

    statistic: str
    """Name of the statistic."""
    metric: str
    """Name of the metric, as the tracker shows it."""
    window: Window = Window()
    """Steps to look at; the whole run by default."""
    handle: str | None = None
    """The run, by the short name that an entry gives it; None where the run is given otherwise."""

    def __str__(self) -> str:
        window = "" if self.window == Window() else f"[{self.window}]"
        handle = "" if self.handle is None else f"@{_quoted(self.handle)}"
        return f"{self.statistic}({_quoted(self.metric)}){window}{handle}"


def _quoted(name: str) -> str:
    if _BARE.fullmatch(name):
        return name
    escaped = name.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
