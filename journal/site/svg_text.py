"""Words in pictures: harmless, cut, wrapped and kept apart, without a browser to measure them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from unicodedata import east_asian_width

from journal.tables.markdown import plain

if TYPE_CHECKING:
    from collections.abc import Sequence

_NARROW = frozenset("fijlrtI.,:;'!|()[]{} /-")
_WIDE = frozenset("mwMW@%")
_ELLIPSIS = "\N{HORIZONTAL ELLIPSIS}"
# XML has no way to tell these, and one of them makes a whole picture unreadable.
_NO_XML = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
_ACTIVE = re.compile(r"[&<>\"'\t\n\r]")


def in_file(words: str) -> str:
    """Words for a picture that is a file, as text or inside an attribute."""
    return _ACTIVE.sub(lambda match: f"&#{ord(match[0])};", _held(words))


def in_page(words: str) -> str:
    """Words for a picture in a page, as text: no Markdown dialect looks for markup in them."""
    return plain(_held(words))


def _held(words: str) -> str:
    return _NO_XML.sub("\N{REPLACEMENT CHARACTER}", words)


def text(x: float, y: float, words: str, style: str = "") -> str:
    """Words at a place of a picture in a page."""
    dressed = f' class="{style}"' if style else ""
    return f'<text x="{x:g}" y="{y:g}"{dressed}>{in_page(words)}</text>'


def width(words: str) -> float:
    """About how wide words are, in units of their size."""
    return sum(map(_wide, words))


def _wide(character: str) -> float:
    if character in _NARROW:
        return 0.34
    if character in _WIDE:
        return 0.88
    if character > "\u02ff" and east_asian_width(character) in "WF":
        return 1.05
    return 0.7 if character.isupper() else 0.6


def cut(words: str, most: float) -> str:
    """Words that are at most so wide, in units of their size."""
    if width(words) <= most:
        return words
    kept = words
    while kept and width(kept) > most - 1:
        kept = kept[:-1]
    return kept.rstrip() + _ELLIPSIS


def wrapped(words: str, most: float, lines: int) -> list[str]:
    """Words in at most so many lines, broken between words where that can be, the last one cut."""
    left = words.split()
    found: list[str] = []
    while left and len(found) < lines - 1:
        line = left.pop(0)
        while left and width(f"{line} {left[0]}") <= most:
            line = f"{line} {left.pop(0)}"
        found.append(cut(line, most))
    if left:
        found.append(cut(" ".join(left), most))
    return found


def extent(words: str) -> float:
    """About as many pixels as words of a chart take; letters of East Asia are twice as wide."""
    return sum(12.5 if east_asian_width(each) in {"W", "F"} else 6.7 for each in words)


def filled(sentences: Sequence[str], pixels: float) -> list[str]:
    """Sentences of a chart in as many lines as they need."""
    lines = [""]
    for word in " ".join(sentences).split():
        longer = f"{lines[-1]} {word}".strip()
        if extent(longer) > pixels and lines[-1]:
            lines.append(word)
        else:
            lines[-1] = longer
    return [line for line in lines if line]


def shortened(words: str, most: int) -> str:
    """Words of no more characters than that."""
    return words if len(words) <= most else words[: most - 1] + _ELLIPSIS


def apart(wanted: Sequence[float], low: float, high: float, most: float = 14.0) -> list[float]:
    """Places in the same order, as far from each other as words need (or `most`), and between two ends."""
    gap = min(most, (high - low) / max(1, len(wanted) - 1))
    found: list[float] = []
    for each in wanted:
        found.append(max(each, low, found[-1] + gap if found else low))
    ceiling = high
    for place in range(len(found) - 1, -1, -1):
        found[place] = min(found[place], ceiling)
        ceiling = found[place] - gap
    return found
