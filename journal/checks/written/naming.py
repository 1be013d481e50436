"""Which runs, metrics, statistics and windows a piece of text names."""

from __future__ import annotations

import re
from functools import lru_cache
from itertools import islice
from typing import TYPE_CHECKING

from journal.model.window import Edge, Unit, Window

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

_WORDS = {
    "max": r"max(?:imum)?|peak|highest|largest",
    "min": r"min(?:imum)?|lowest|smallest",
    "mean": r"mean|average|avg",
    "median": r"median|p50",
    "std": r"std(?:ev|dev)?|standard\s+deviation",
    "p95": r"p95|95th",
    "p99": r"p99|99th",
    "last": r"last|final|latest|end",
    "first": r"first|initial",
}
STATISTICS = tuple(_WORDS)
"""The statistics that are looked for, by the names that expressions have for them."""

_STATISTIC = re.compile(
    rf"(?<![A-Za-z0-9])(?:{'|'.join(f'(?P<{name}>{words})' for name, words in _WORDS.items())})(?![A-Za-z0-9])",
    re.IGNORECASE,
)
_STATISTIC_WORD = re.compile("|".join(_WORDS.values()), re.IGNORECASE)

_STEP = r"(\d{1,15})"
_WINDOW = re.compile(
    rf"\bsteps?\s+{_STEP}\s*(?:\u2013|—|-|to|\.\.|…)\s*{_STEP}(?!\d)|\[{_STEP}\.\.{_STEP}\]"
    rf"|\b(first|last)\s+{_STEP}\s+(step|row)s?\b|\bstep\s+{_STEP}(?![\d\u2013—.-])",
    re.IGNORECASE,
)
# What a metric's name is made of, as far as it needs no quotes.
_TOKEN = re.compile(r"[A-Za-z_][\w./-]*+")
_PLAIN = re.compile(r"[\w./-]+")
_SHORTEST = 3
_AROUND = " *_`:"
_WORD = re.compile(r"[\w-]++")
_CODE = re.compile(r"`([^`\s]{1,40})`")
# Words with one blank or hyphen between, and how many of them are taken for one name.
_WORDS_IN_A_ROW = re.compile(r"(?<![^\s\W])[a-z0-9]++(?:[ \n-][a-z0-9]++)++")
_MOST_WORDS = 6

MOST_WINDOWS = 32
"""So many windows of one text are told; one that names more tells one more than that."""

TEXTS_AT_HAND = 64
"""What is found in a text is kept for the numbers that follow: they share its paragraph, its columns, its headings."""


class Names:
    """Things that have names of several forms, and texts in which they are looked for.

    Names are found as whole words, whatever their case. A short one counts only in backticks, or where the text says
    nothing else: `a` is a word of English too.

    Args:
        names: Each thing's names.
        alone: For each thing, names that count only so, whatever their length.
    """

    def __init__(self, names: Mapping[str, Iterable[str]], alone: Mapping[str, Iterable[str]] | None = None) -> None:
        self._owners: dict[str, set[str]] = {}
        self._alone: dict[str, set[str]] = {}
        for thing, forms in names.items():
            for form in forms:
                kept = self._owners if len(form) >= _SHORTEST else self._alone
                kept.setdefault(form.casefold(), set()).add(thing)
        for thing, forms in (alone or {}).items():
            for form in forms:
                self._alone.setdefault(form.casefold(), set()).add(thing)
        longest = sorted(self._owners, key=len, reverse=True)
        # Where every name is one word, the words of a text are looked up: no pattern has to be made for each entry.
        self._are_words = all(map(_WORD.fullmatch, self._owners))
        words = "|".join(re.escape(name) for name in longest)
        self._pattern = None if self._are_words else re.compile(rf"(?<![\w-])(?:{words})(?![\w-])")
        self._known: dict[str, frozenset[str]] = {}

    def within(self, text: str) -> frozenset[str]:
        """The things that a text names."""
        if text not in self._known:
            self._known[text] = self._look(text.casefold())
        return self._known[text]

    def without(self, text: str) -> str:
        """What a text says besides these names, in small letters."""
        folded = text.casefold()
        if folded.strip(_AROUND) in self._alone:
            return ""
        folded = _CODE.sub(lambda code: " " if code[1] in self._alone else code[0], folded)
        if self._pattern is not None:
            return self._pattern.sub(" ", folded)
        return _WORD.sub(lambda word: " " if word[0] in self._owners else word[0], folded) if self._owners else folded

    def _look(self, text: str) -> frozenset[str]:
        found = set(self._alone.get(text.strip(_AROUND), ()))
        if self._alone:
            for code in _CODE.findall(text):
                found |= self._alone.get(code, set())
        names = set(_WORD.findall(text)) & self._owners.keys() if self._pattern is None else self._pattern.findall(text)
        for name in set(names):
            found |= self._owners[name]
        return frozenset(found)


class Metrics:
    """The names of metrics, whole or by their last parts: `scaling_loss` means `train/ellipsoid_scaling_loss`.

    A last part begins behind `/` or `.`; behind `_` only if it has several words itself, so that `loss` does not mean
    every loss there is.
    """

    def __init__(self, names: Iterable[str]) -> None:
        self._by_part: dict[str, set[str]] = {}
        self._spelt: dict[str, set[str]] = {}
        self._odd: dict[str, str] = {}
        for name in names:
            if not _PLAIN.fullmatch(name):
                self._odd[name.casefold()] = name
            for part in _parts(name.casefold()):
                self._by_part.setdefault(part, set()).add(name)
                if _may_be_spelt(part):
                    self._spelt.setdefault(part, set()).add(name)
        self._longest = max((part.count("_") + 1 for part in self._spelt), default=0)
        self._known: dict[str, frozenset[str]] = {}
        self._known_spelt: dict[str, frozenset[str]] = {}

    def within(self, text: str) -> frozenset[str]:
        """The metrics that a text names."""
        if text not in self._known:
            self._known[text] = self._look(text.casefold())
        return self._known[text]

    def _look(self, text: str) -> frozenset[str]:
        found: set[str] = set()
        for token in set(_TOKEN.findall(text)):
            found |= self._by_part.get(token.rstrip("./-"), set())
        found |= {name for folded, name in self._odd.items() if folded in text}
        return frozenset(found)

    def spelt(self, text: str) -> frozenset[str]:
        """The metrics that a text names, those too whose last part it gives in words: `scaling loss`."""
        if text not in self._known_spelt:
            found = set(self.within(text))
            for row in _WORDS_IN_A_ROW.findall(text.casefold()) if self._spelt else ():
                found |= self._in_words(re.split("[ \n-]", row))
            self._known_spelt[text] = frozenset(found)
        return self._known_spelt[text]

    def _in_words(self, words: list[str]) -> set[str]:
        found: set[str] = set()
        place = 0
        while place < len(words):
            # The longest name counts, and what it is made of does not.
            for end in range(min(place + self._longest, len(words)), place + 1, -1):
                if names := self._spelt.get("_".join(words[place:end])):
                    found |= names
                    place = end - 1
                    break
            place += 1
        return found


def _parts(name: str) -> Iterable[str]:
    yield name
    for boundary in re.finditer(r"[/._]", name):
        part = name[boundary.end() :]
        several = "_" in part or "/" in part
        if len(part) >= _SHORTEST and (boundary[0] != "_" or several) and not _STATISTIC_WORD.fullmatch(part):
            yield part


def _may_be_spelt(part: str) -> bool:
    """Whether it is words alone, and none of them says of what statistic: `loss max` may be the maximum of a loss."""
    words = part.split("_")
    return 1 < len(words) <= _MOST_WORDS and all(
        re.fullmatch("[a-z0-9]+", word) and not _STATISTIC_WORD.fullmatch(word) for word in words
    )


@lru_cache(maxsize=TEXTS_AT_HAND)
def statistics(text: str) -> frozenset[str]:
    """The statistics that a text names; `last 500 steps` is a window and none."""
    return frozenset(str(found.lastgroup) for found in _STATISTIC.finditer(_WINDOW.sub(" ", text)))


@lru_cache(maxsize=TEXTS_AT_HAND)
def windows(text: str) -> tuple[Window, ...]:
    """The windows that a text names, in order: `steps 3500..4000`, `first 500 steps`, `step 7762`."""
    found = islice(filter(None, map(_window, _WINDOW.finditer(text))), MOST_WINDOWS + 1)
    return tuple(dict.fromkeys(found))


def _window(found: re.Match[str]) -> Window | None:
    first, last = found[1] or found[3] or found[8], found[2] or found[4] or found[8]
    if first is None:
        return _at_edge(Edge(found[5].lower()), int(found[6]), Unit(f"{found[7].lower()}s"))
    return Window(first=int(first), last=int(last)) if int(first) <= int(last) else None


def _at_edge(edge: Edge, count: int, unit: Unit) -> Window | None:
    return Window(edge=edge, count=count, unit=unit) if count else None
