"""Words in a picture: made harmless, cut, wrapped and kept apart, without a browser to measure them."""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

_NO_XML = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
_ACTIVE = re.compile(r"[&<>\"'\t\n\r]")


def text(words: str) -> str:
    """Words for an SVG file, as text or inside an attribute."""
    held = _NO_XML.sub("\N{REPLACEMENT CHARACTER}", words)
    return _ACTIVE.sub(lambda match: f"&#{ord(match[0])};", held)


def apart(wanted: Sequence[float], low: float, high: float) -> list[float]:
    """Heights in the same order, far enough from each other to be read, and between two ends."""
    gap = min(14.0, (high - low) / max(1, len(wanted) - 1))
    found: list[float] = []
    for each in wanted:
        found.append(max(each, low, found[-1] + gap if found else low))
    ceiling = high
    for place in range(len(found) - 1, -1, -1):
        found[place] = min(found[place], ceiling)
        ceiling = found[place] - gap
    return found


def wrapped(sentences: Sequence[str], width: float) -> list[str]:
    """Sentences in lines of a width in pixels."""
    lines = [""]
    for word in " ".join(sentences).split():
        longer = f"{lines[-1]} {word}".strip()
        if extent(longer) > width and lines[-1]:
            lines.append(word)
        else:
            lines[-1] = longer
    return [line for line in lines if line]


def extent(words: str) -> float:
    """About as many pixels as words take; letters of East Asia are twice as wide."""
    return sum(12.5 if unicodedata.east_asian_width(each) in {"W", "F"} else 6.7 for each in words)


def cut(words: str, most: int) -> str:
    """Words of no more characters than that."""
    return words if len(words) <= most else f"{words[: most - 1]}…"
