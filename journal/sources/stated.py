"""Numbers as trackers state them in JSON, and what is none though it holds some."""

from __future__ import annotations

from typing import Any

MEDIA_MARK = "_type"
"""The key that turns a dictionary into a histogram, an image or another thing that is no number."""

SPELT = {text: float(text) for text in ("NaN", "Infinity", "-Infinity")}
"""The texts that stand for numbers JSON has no words for."""


def number(value: Any) -> float | None:
    """A number as a float, or None for anything else; booleans are not numbers."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    try:
        return float(value)
    except OverflowError:
        return float("inf") if value > 0 else float("-inf")


def stated_number(value: Any) -> float | None:
    """A number as a server states it, where NaN and the infinities may be texts; None for anything else."""
    return SPELT.get(value) if isinstance(value, str) else number(value)
