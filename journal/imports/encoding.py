"""Bytes of a note as text: the encoding that they are in, and one that was broken and can be undone."""

from __future__ import annotations

import codecs
import re
import unicodedata
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),  # begins like UTF-16's
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_NOT_ASCII = re.compile(r"[^\x00-\x7f]+")
_FEW_NULS, _MANY_NULS = 0.03, 0.2  # shares of the bytes


@dataclass(frozen=True)
class Decoded:
    """A note's bytes, read.

    Attributes:
        text: Its text, without a byte order mark; line endings as they stand.
        encoding: Python's name of the encoding: `raw.decode(encoding)` is the text.
        exact: Whether these are surely the characters that were written. If not, each byte stands for one of Latin-1's.
    """

    text: str
    encoding: str
    exact: bool


def decode(raw: bytes) -> Decoded:
    """Read a note's bytes, in whichever encoding they are.

    An encoding older than Unicode is believed only where it alone gives ordinary words. Short notes often leave two
    readings, and then none is chosen.

    Examples:
        >>> decode("Größe".encode("cp1252"))
        Decoded(text='Größe', encoding='cp1252', exact=True)
    """
    for mark, encoding in _MARKS:
        if raw.startswith(mark) and (text := _read(raw, encoding)) is not None:
            return Decoded(text, encoding, exact=True)
    wide = _unmarked(raw)
    if wide and (text := _read(raw, wide)) is not None and _is_text(text):
        return Decoded(text, wide, exact=True)
    if wide is None and (text := _read(raw, "utf-8")) is not None:
        return Decoded(text, "utf-8", exact=True)
    legacy = _LEGACY if wide is None else {}
    readings = [(name, text) for name, fits in legacy.items() if (text := _read(raw, name)) is not None and fits(text)]
    korean = [reading for reading in readings if reading[0] == "cp949" and len(_foreign(reading[1])) >= _SURELY_KOREAN]
    if len(korean or readings) == 1:
        name, text = (korean or readings)[0]
        return Decoded(text, name, exact=True)
    return Decoded(raw.decode("latin-1"), "latin-1", exact=False)


def _unmarked(raw: bytes) -> str | None:
    """Which UTF-16 bytes look like that have no mark: every other byte of ordinary words is NUL there.

    Empty where many bytes are NUL, but not so plainly; None where hardly any are.
    """
    if raw.count(0) <= len(raw) * _FEW_NULS:
        return None
    half = max(len(raw) // 2, 1)
    first, second = (raw[place::2].count(0) / half for place in (0, 1))
    if min(first, second) > max(first, second) / 4 or max(first, second) < _MANY_NULS:
        return ""
    return "utf-16-le" if second > first else "utf-16-be"


def _is_text(text: str) -> bool:
    return not any(unicodedata.category(char) in {"Cc", "Cn", "Co"} and char not in "\t\n\r\f" for char in text)


def _read(raw: bytes, encoding: str) -> str | None:
    try:
        text = raw.decode(encoding)
        # Some encodings write one character in two ways; those bytes were not written by a common editor.
        return text if encoding not in _LEGACY or text.encode(encoding) == raw else None
    except UnicodeError:
        return None


# Telling the encodings older than Unicode apart -----------------------------------------------------------------------

_ENOUGH = 4  # characters; fewer are too easily right by chance
_USUAL = 0.95  # the share of an ordinary text's characters that are everyday ones
_SURELY_KOREAN = 12  # Chinese in GB 2312 looks like Korean syllables, but hardly that many in a row


def _foreign(text: str) -> str:
    return "".join(_NOT_ASCII.findall(text))


def _everyday(charset: str, leads: Iterable[range]) -> Callable[[str], bool]:
    """Whether a text's characters are those that a charset keeps in front: its signs and its everyday words."""
    first = {lead for span in leads for lead in span}

    def fits(text: str) -> bool:
        foreign = _foreign(text)
        coded = [char.encode(charset, "ignore") for char in foreign]
        usual = sum(len(code) > 1 and code[0] in first for code in coded)
        return len(foreign) >= _ENOUGH and usual >= _USUAL * len(foreign)

    return fits


def _japanese(text: str) -> bool:
    kana = any("\u3041" <= char <= "\u30fe" for char in text)
    return kana and _everyday("cp932", [range(0x81, 0x85), range(0x88, 0x98)])(text)


_LETTERS = frozenset("ÀÁÂÃÄÅÆÇÈÉÊËÌÍÎÏÐÑÒÓÔÕÖØÙÚÛÜÝÞßàáâãäåæçèéêëìíîïðñòóôõöøùúûüýþÿŒœ")
_SIGNS = frozenset("€…‘’“”„•–—™\u00a0£§©«»®°±²³·µ¹º¼½¾×¡¿")
_AMID = frozenset("‘’–—…·\u00ad\u00a0×")  # signs that stand between two letters too


def _western(text: str) -> bool:
    """Whether the letters and signs of Windows' Western code page stand where its languages have them."""
    around = f" {text} "
    return all(
        _in_a_word(before, char, after) if char in _LETTERS else _beside_one(before, char, after)
        for before, char, after in zip(around, text, around[2:], strict=False)
        if not char.isascii()
    )


def _in_a_word(before: str, char: str, after: str) -> bool:
    inside = not (char.isupper() and before.islower())
    beside = any(near.isascii() and near.isalpha() for near in (before, after))
    return inside and (beside or char in "Àà")  # the one word that is one such letter


def _beside_one(before: str, char: str, after: str) -> bool:
    return char in _SIGNS and (char in _AMID or not (before.isalpha() and after.isalpha()))


_LEGACY: dict[str, Callable[[str], bool]] = {
    "gb18030": _everyday("gb2312", [range(0xA1, 0xA4), range(0xB0, 0xD8)]),
    "big5": _everyday("big5", [range(0xA1, 0xC7)]),
    "cp932": _japanese,
    "cp949": _everyday("euc_kr", [range(0xB0, 0xC9)]),
    "cp1252": _western,
}

# Undoing an encoding that was broken ----------------------------------------------------------------------------------

# The charsets that UTF-8 is taken for, the usual one first.
_TAKEN_FOR = ("cp1252", "mac_roman", "latin_1", "cp437")
# Characters that some software has for the same byte: the old currency sign, and ohm for omega.
_VARIANTS = {"mac_roman": {0xA4: 0xDB, 0x2126: 0xBD}}
_SURE = 3  # one sequence that nobody writes, or three that somebody might
# Signs that stand side by side in sound texts as well, by the charset that makes a UTF-8 sequence look like them: any
# of the first before any of the others. Alone they prove nothing.
_ANY = None
_SOFT: dict[str, tuple[tuple[str | None, str | None], ...]] = {
    "cp1252": ((_ANY, "’…–—\u00a0»®™·šœžªº"), ("×Øß", "±²³¹½¼¾°µ")),
    "latin_1": ((_ANY, "\u00a0»®·ªº"), ("×Øß", "±²³¹½¼¾°µ")),
    "mac_roman": (("«»“”‘’‹›…–—\u00a0€⁄", _ANY), ("√≈∆ƒ÷◊¬", "πµ∞±∑∏∫Ω∂≤≥≠°"), (_ANY, "™®©°†•")),
    "cp437": ((_ANY, "".join(map(chr, range(0x2500, 0x25A0)))),),
}
# What looks like them and is far more often a broken letter or sign.
_HARD = {
    "cp1252": frozenset({"Ã—", "Ãœ", "Î»"}.union(f"{lead}{after}" for lead in "ÂÃ" for after in "\u00a0®·ªº")),
    "latin_1": frozenset({"Î»"}.union(f"{lead}{after}" for lead in "ÂÃ" for after in "\u00a0®·ªº")),
    "mac_roman": frozenset(
        [*(f"¬{after}" for after in "∞±µ∑≤≥Ω°®©™"), *(f"√{after}" for after in "≥≤≠±∂∏∫©®°™†")],
    ),
    "cp437": frozenset[str](),
}


@dataclass(frozen=True)
class Repair:
    """What a text was before its encoding was broken.

    Attributes:
        encoding: The encoding that its UTF-8 was taken for, in Python's name.
        text: The text as it was, with as many lines.
        mends: How many characters of it had been broken.
    """

    encoding: str
    text: str
    mends: int


@lru_cache(maxsize=2)  # whoever is offered none asks why
def repair(text: str) -> Repair | None:
    """What a text was whose UTF-8 was read in another encoding and saved as UTF-8 again; None for any other.

    It is the whole text or nothing: every character goes back to its byte, and the bytes are UTF-8. Where that might
    be chance, as it is for one rare pair of letters, nothing is offered.

    Examples:
        >>> repair("20 Â°C â€” fine")
        Repair(encoding='cp1252', text='20 °C — fine', mends=2)
        >>> repair("20 °C — fine") is None
        True
    """
    if text.isascii():
        return None
    undone = {name: whole for name in _TAKEN_FOR if (whole := _undone(text, name)) is not None}
    proofs = {name: _proof(whole, name) for name, whole in undone.items()}
    best = max(proofs, key=proofs.__getitem__, default=None)
    if best is None or proofs[best] < _SURE:
        return None
    return Repair(best, undone[best], len(_foreign(undone[best])))


def unrepairable(text: str) -> str | None:
    """Why a text that looks broken cannot be repaired whole, as a sentence; None where it can be or is sound."""
    if text.isascii() or repair(text) is not None:
        return None
    for name in _TAKEN_FOR:
        if places := _broken_places(text, name):
            line = text.count("\n", 0, _first_obstacle(text, name)) + 1
            return (
                f"{places} character{'s' * (places != 1)} of it look like UTF-8 that was read as {name}, but not the "
                f"whole text does: line {line} holds something else, so it is left as it stands"
            )
    return None


@cache
def _bytes_of(encoding: str) -> dict[int, int]:
    """Byte of each character. For a byte that a charset leaves undefined, software has the control of that number."""
    chars = (bytes([byte]).decode(encoding, "ignore") or chr(byte) for byte in range(256))
    return _VARIANTS.get(encoding, {}) | {ord(char): byte for byte, char in enumerate(chars)}


@cache
def _chars_of(encoding: str) -> tuple[str, ...]:
    by_byte = {byte: chr(char) for char, byte in _bytes_of(encoding).items()}
    return tuple(by_byte[byte] for byte in range(256))


def _undone(text: str, encoding: str) -> str | None:
    try:
        codecs.charmap_encode(
            _foreign(text), "strict", _bytes_of(encoding)
        )  # soon says that most texts were not broken
        return codecs.charmap_encode(text, "strict", _bytes_of(encoding))[0].decode("utf-8")
    except UnicodeError:
        return None


def _first_obstacle(text: str, encoding: str) -> int:
    """Index of the first character that keeps a text from being undone; 0 where none does."""
    try:
        codecs.charmap_encode(text, "strict", _bytes_of(encoding))[0].decode("utf-8")
    except (UnicodeEncodeError, UnicodeDecodeError) as error:
        return error.start  # one byte for each character, so the index is the same
    return 0


def _broken(char: str, encoding: str) -> str:
    return "".join(_chars_of(encoding)[byte] for byte in char.encode("utf-8", "surrogatepass"))


def _proof(text: str, encoding: str) -> int:
    """How surely a text had been broken: by its distinct characters, and what they had looked like."""
    weights = (_weight(char, encoding) for char in set(_foreign(text)))
    return sum(weights)


def _weight(char: str, encoding: str) -> int:
    if unicodedata.category(char) in {"Cc", "Cn", "Mn"} and char != "\ufe0f":
        return 0
    looked = _broken(char, encoding)
    # No word ends in the lead of the most usual signs, such as a dash or an arrow in cp1252.
    if looked in _HARD[encoding] or (looked[0] == "â" and encoding == "cp1252"):
        return _SURE
    lead, after = looked[0], set(looked[1:])
    soft = (
        (leads is _ANY or lead in leads) and (signs is _ANY or after <= set(signs)) for leads, signs in _SOFT[encoding]
    )
    return 1 if any(soft) else _SURE


def _broken_places(text: str, encoding: str) -> int:
    """How many signs, pictures and Latin letters of a text look broken beyond doubt."""
    pattern, usual = _usual(encoding)
    return sum(any(run[:size] in usual for size in (2, 3, 4)) for run in pattern.findall(text))


@cache
def _usual(encoding: str) -> tuple[re.Pattern[str], frozenset[str]]:
    """What broken characters begin like, and those of them that notes are full of."""
    spans = (range(0xA1, 0x100), range(0x2010, 0x2027), range(0x2030, 0x203B), range(0x2190, 0x2300))
    usual = [chr(code) for span in (*spans, range(0x2500, 0x27C0), range(0x1F300, 0x1FA00)) for code in span]
    broken = frozenset(_broken(char, encoding) for char in usual if _weight(char, encoding) == _SURE)
    leads = re.escape("".join({looked[0] for looked in broken}))
    after = re.escape("".join(_chars_of(encoding)[0x80:0xC0]))
    return re.compile(f"[{leads}][{after}]{{1,3}}"), broken
