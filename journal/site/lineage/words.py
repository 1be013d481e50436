"""Text in pictures: as wide as it may be, cut where it is longer, and harmless."""

from __future__ import annotations

from unicodedata import east_asian_width

from journal.tables.markdown import plain

_NARROW = frozenset("fijlrtI.,:;'!|()[]{} /-")
_WIDE = frozenset("mwMW@%")


def width(text: str) -> float:
    """About how wide text is, in units of its size: no font is at hand when a picture is drawn."""
    return sum(map(_wide, text))


def _wide(character: str) -> float:
    if character in _NARROW:
        return 0.34
    if character in _WIDE:
        return 0.88
    if character > "\u02ff" and east_asian_width(character) in "WF":
        return 1.05
    return 0.7 if character.isupper() else 0.6


def cut(text: str, most: float) -> str:
    """Text that is at most so wide, in units of its size."""
    if width(text) <= most:
        return text
    kept = text
    while kept and width(kept) > most - 1:
        kept = kept[:-1]
    return kept.rstrip() + "\N{HORIZONTAL ELLIPSIS}"


def wrapped(text: str, most: float, lines: int) -> list[str]:
    """Text in at most so many lines, broken between words where that can be, the last one cut."""
    words = text.split()
    found: list[str] = []
    while words and len(found) < lines - 1:
        line = words.pop(0)
        while words and width(f"{line} {words[0]}") <= most:
            line = f"{line} {words.pop(0)}"
        found.append(cut(line, most))
    if words:
        found.append(cut(" ".join(words), most))
    return found


def text(x: float, y: float, words: str, style: str = "") -> str:
    """Words in a picture, harmless."""
    dressed = f' class="{style}"' if style else ""
    return f'<text x="{x:g}" y="{y:g}"{dressed}>{plain(words)}</text>'
