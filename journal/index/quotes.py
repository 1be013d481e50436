"""Which other entries quote a value of an entry: where it stands in their words, and what ties them to it."""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

from journal.document import amounts, body, front_matter, store
from journal.document.spots import Stands
from journal.errors import EntryError
from journal.index.named_runs import runs_by_name
from journal.index.relations import INVERSE
from journal.model.entry import RELATIONS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from typing import Protocol

    from journal.config import Config
    from journal.document.amounts import Amount
    from journal.index.relations import Relating, Relations

    class Quoting(Relating, Protocol):
        """An entry, or its abstract: its front matter has relations, runs and corrections."""

        @property
        def path(self) -> str:
            """Its file, relative to the journal."""
            ...

    class Correcting(Protocol):
        """A correction."""

        @property
        def was(self) -> str:
            """The wrong value, as it stood."""
            ...

        @property
        def now(self) -> str | None:
            """The right value."""
            ...

    class Shelf(Protocol):
        """A journal, or as much of one as this needs."""

        @property
        def config(self) -> Config:
            """Its configuration."""
            ...

        @property
        def entries(self) -> Iterable[Quoting]:
            """Its entries."""
            ...

        @property
        def relations(self) -> Relations:
            """Who names whom among them."""
            ...


_COUNTED = (Stands.WORDS, Stands.FORMULA)
# All that is no blank and no sign of Markdown or punctuation: an id in any script.
_LIKE_AN_ID = re.compile(rb"(?<![\w\x80-\xff-])[0-9]{4}-[0-9]{2}-[0-9]{2}-[\w\x80-\xff-]+")


@dataclass(frozen=True)
class Quote:
    """A place in another entry that holds the value.

    Attributes:
        path: The other entry's file, relative to the journal.
        id: Its id.
        line: Line, from 1.
        column: Column in characters, from 1.
        text: The value as it stands there: `0.990` quotes `0.99`.
        related_by: What ties the two entries, in words; empty where the value may be equal by chance.
    """

    path: str
    id: str
    line: int
    column: int
    text: str
    related_by: tuple[str, ...] = ()

    @property
    def related(self) -> bool:
        """Whether anything but the value ties the two entries."""
        return bool(self.related_by)


class Repeated(NamedTuple):
    """A value that was corrected in one entry and stands unchanged in another that is tied to it.

    Attributes:
        entry: The entry that corrected it.
        correction: How.
        quote: Where it still stands.
    """

    entry: Quoting
    correction: Correcting
    quote: Quote


def like_ids(raw: bytes) -> tuple[str, ...]:
    """What looks like an entry's id in the bytes of another, each once, sorted."""
    return tuple(sorted({found.decode("utf-8", "replace") for found in _LIKE_AN_ID.findall(raw)}))


class Quotes:
    """Finds where entries hold a value of another in their own words and tables.

    A number is quoted by one of the same value that is told at least as exactly, whether it has thousands separators,
    an exponent or a per cent sign (see `amounts.quotes`); any other text by itself.

    Blocks, cited values, code blocks and what is struck out do not count. An entry that records the same correction
    itself has dealt with it and is left out; so is a section too long to be looked through.

    Args:
        journal: The journal.
        read: Gives the bytes of an entry by its path; from the disk by default.
        names: Gives what `like_ids` finds in an entry by its path; by default, every entry is read for that.
    """

    def __init__(
        self,
        journal: Shelf,
        read: Callable[[str], bytes] | None = None,
        names: Callable[[str], Iterable[str]] | None = None,
    ) -> None:
        self._journal = journal
        self._read = raw = read or (lambda path: store.read(journal.config.root / path).raw)
        self._names = names or (lambda path: like_ids(raw(path)))  # without itself: what it holds goes when it goes

    def repeated(self) -> Iterator[Repeated]:
        """All values that were corrected, wherever they stand unchanged in an entry that is tied to the one.

        Raises:
            EntryError: An entry's file cannot be read.
        """
        for entry in self._journal.entries:
            for correction in entry.front_matter.corrections:
                for each in self.of(entry, correction.was, related=True):
                    if each.related:
                        yield Repeated(entry, correction, each)

    def of(self, entry: Quoting, was: str, *, related: bool = False) -> tuple[Quote, ...]:
        """Where other entries hold a value of an entry: related entries first, by path.

        Args:
            entry: The entry whose value it is.
            was: The value as it stands there, such as `4127.8`.
            related: Whether to look at related entries alone, which takes less time where many values are asked for.

        Raises:
            EntryError: An entry's file cannot be read.
        """
        found: list[Quote] = []
        amount = amounts.read(was)
        trace = re.compile(re.escape(was.encode("utf-8", "replace"))) if amount is None else amounts.trace(amount)
        for other in self._related(entry) if related else self._journal.entries:
            if other.id == entry.id or _has_corrected(other, was, amount):
                continue
            raw = self._read(other.path)
            if trace.search(raw):
                found += _quotes(entry, other, raw, was)
        return tuple(sorted(found, key=lambda quote: (not quote.related, quote.path, quote.line, quote.column)))

    def _related(self, entry: Quoting) -> list[Quoting]:
        """The entries that may be tied to one: by a run, by a relation, or by its id in their words."""
        matter, relations = entry.front_matter, self._journal.relations
        ids = {id_ for relation in RELATIONS for id_ in getattr(matter, relation)}
        ids |= {id_ for naming in relations.inverse(entry.id).values() for id_ in naming}
        like = _LIKE_AN_ID.match(entry.id.encode("utf-8", "replace"))
        near = [] if like is None else list(self._naming.get(like[0].decode("utf-8", "replace"), ()))
        near += (other for run in runs_by_name(entry) for other in self._by_run[run])
        near += [self._by_id[id_] for id_ in ids if id_ in self._by_id]
        return list({other.path: other for other in near}.values())

    @cached_property
    def _by_id(self) -> dict[str, Quoting]:
        return {entry.id: entry for entry in self._journal.entries}

    @cached_property
    def _by_run(self) -> dict[str, list[Quoting]]:
        found: dict[str, list[Quoting]] = defaultdict(list)
        for entry in self._journal.entries:
            for run in runs_by_name(entry):
                found[run].append(entry)
        return found

    @cached_property
    def _naming(self) -> dict[str, list[Quoting]]:
        """The entries whose words hold something like an id, by that."""
        found: dict[str, list[Quoting]] = defaultdict(list)
        for entry in self._journal.entries:
            for word in self._names(entry.path):
                found[word].append(entry)
        return found


def _has_corrected(other: Quoting, was: str, amount: Amount | None) -> bool:
    """Whether an entry records a correction of the same value, however it is spelt there."""
    for correction in other.front_matter.corrections:
        theirs = amounts.read(correction.was) if amount is not None else None
        if correction.was == was or (amount is not None and theirs is not None and amounts.equal(amount, theirs)):
            return True
    return False


def _quotes(entry: Quoting, other: Quoting, raw: bytes, was: str) -> Iterator[Quote]:
    try:
        places = body.mentions(raw, other.path, was, amounts.quotes, _COUNTED)
    except EntryError:  # too long to be looked through, or no entry any more since the journal was read
        return
    if places:
        ties = tuple(_ties(entry, other, raw))
        yield from (Quote(other.path, other.id, place.line, place.column, place.text, ties) for place in places)


def _ties(entry: Quoting, other: Quoting, raw: bytes) -> Iterator[str]:
    """What ties an entry to another, as seen from the other."""
    for run in runs_by_name(other):
        if run in runs_by_name(entry):
            yield f"same run {run}"
    for relation in RELATIONS:
        if entry.id in getattr(other.front_matter, relation):
            yield f"{_words(relation)} it"
        elif other.id in getattr(entry.front_matter, relation):
            yield f"{_words(INVERSE[relation])} it"
    _, start = front_matter.read(raw, other.path)
    if re.search(rb"(?<![\w-])%s(?![\w-])" % re.escape(entry.id.encode()), raw[start:]):
        yield "names its id"


def _words(relation: str) -> str:
    return {"related": "related to", "related_from": "related to"}.get(relation, relation.replace("_", " "))
