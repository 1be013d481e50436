"""Words as they are looked for: text of any script folded to a common form, and cut into tokens."""

from __future__ import annotations

import re
import unicodedata

# Scripts that put no blank between words, and Hangul, whose words carry their particles: each character is a token, so
# that any part of such a text is a phrase.
_DENSE = (
    "\u0e00-\u0fff\u1000-\u109f\u1780-\u17ff\u2e80-\u2fdf\u3005-\u3007\u3040-\u30ff\u3100-\u318f\u31a0-\u31bf"
    "\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af\uf900-\ufaff\U00020000-\U0003ffff"
)
# Accents of Latin, Greek and Cyrillic, and the points of Hebrew, Arabic and Syriac, which most texts leave out. The
# vowel signs of other scripts are no such marks: without them a word is another one.
_MARKS = (
    "\u0300-\u036f\u0483-\u0487\u0591-\u05bd\u05bf\u05c1\u05c2\u05c4\u05c5\u05c7\u0610-\u061a\u064b-\u065f\u0670"
    "\u06d6-\u06dc\u06df-\u06e4\u06e7\u06e8\u06ea-\u06ed\u0711\u0730-\u074a\u08ca-\u08e1\u08e3-\u08ff"
    "\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f"
)
# The vowels of Indic scripts are no letters to Python.
_INDIC = "\u0900-\u0963\u0966-\u0dff"

_ACCENT = re.compile(f"[{_MARKS}]+")
_EACH = re.compile(f"([{_DENSE}])")
_TOKEN = re.compile(rf"(?:[^\W_]|[{_INDIC}{_DENSE}])+")
_PLACED = re.compile(rf"[{_DENSE}]|(?:(?![{_DENSE}])(?:[^\W_]|[{_INDIC}]))+")


def folded(text: str) -> str:
    """The text without case, accents and the width of its characters; as many lines as before.

    Examples:
        >>> folded("Déjà-vu, STRASSE, Straße, ﬁt")
        'deja-vu, strasse, strasse, fit'
    """
    if text.isascii():
        return text.lower()
    bare = _ACCENT.sub("", unicodedata.normalize("NFKD", text))
    return unicodedata.normalize("NFKC", bare.casefold())


def tokens(text: str) -> list[str]:
    """The tokens of a text: words, numbers, and each character of a script that puts no blanks between words.

    Names fall into their parts, so that a part of a name is found, and the whole name as a phrase.

    Examples:
        >>> tokens("debug/wmax_sat_frac ≥ 0.95 时注意力饱和")
        ['debug', 'wmax', 'sat', 'frac', '0', '95', '时', '注', '意', '力', '饱', '和']
    """
    return cut(folded(text))


def cut(text: str) -> list[str]:
    """The tokens of a text that is folded already."""
    return _TOKEN.findall(text if text.isascii() else _EACH.sub(r" \1 ", text))


def phrase(text: str) -> str:
    """The tokens of a text with a blank around each; a text holds another's words in a row if its phrase holds theirs.

    Examples:
        >>> phrase("Hopper") in phrase("Grace Hopper"), phrase("hop") in phrase("Grace Hopper")
        (True, False)
    """
    return f" {' '.join(tokens(text))} "


def placed(text: str) -> list[tuple[str, int, int]]:
    """The tokens of a text with where each begins and ends in it; a character that becomes several lies in all."""
    if text.isascii():
        return [(match[0], *match.span()) for match in _PLACED.finditer(text.lower())]
    parts = [folded(character) for character in text]
    origin = [number for number, part in enumerate(parts) for _ in part]
    found = _PLACED.finditer("".join(parts))
    return [(match[0], origin[match.start()], origin[match.end() - 1] + 1) for match in found]
