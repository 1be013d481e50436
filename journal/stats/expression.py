"""Expressions in their canonical spelling: `statistic(metric)[window]@handle`."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from journal.model.table import Window

# What a metric or handle may hold without quotes.
_BARE = re.compile(r"[A-Za-z_][A-Za-z0-9_./-]*")


def spell(statistic: str, metric: str, window: Window, handle: str) -> str:
    """The expression for one statistic of one metric; the whole run needs no window.

    Examples:
        >>> from journal.model.table import Window
        >>> spell("mean", "train/loss", Window(first=3500, last=4000), "ipa")
        'mean(train/loss)[3500..4000]@ipa'
        >>> spell("last", "val loss (ema)", Window(), "ipa")
        'last("val loss (ema)")@ipa'
    """
    span = "" if str(window) == "all" else f"[{window}]"
    return f"{statistic}({_quoted(metric)}){span}@{_quoted(handle)}"


def _quoted(name: str) -> str:
    if _BARE.fullmatch(name):
        return name
    escaped = name.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
