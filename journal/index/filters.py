"""Which entries are wanted, by what they say of themselves."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from journal.index.named_runs import named_run
from journal.index.words import folded, phrase
from journal.model.when import When
from journal.sources.reference import SHORTEST_PREFIX, Address, parse_address

if TYPE_CHECKING:
    from journal.index.card import Card
    from journal.model.life import Status

SHORTEST_SHA = 4
"""Hex digits that the beginning of a commit needs to stand for it."""

_SHA = re.compile(rf"[0-9a-f]{{{SHORTEST_SHA},64}}")


@dataclass(frozen=True)
class EntryFilter:
    """Which entries are wanted; what is None or empty does not matter.

    Attributes:
        tags: Tags that it must have, all of them, spelt just so.
        run: A run that it is about or cites: a reference of any form, a handle, a label, or the beginning of an id.
        commit: A commit that it is about: the sha, or the beginning of it; either may be the shorter one.
        metric: A metric that it asks for: the name, or one or several of its parts between slashes.
        author: Words of an author's name.
        status: Where the work stands.
        since: The first day, or the first moment.
        until: The last day, all of it, or the last moment.
    """

    tags: tuple[str, ...] = ()
    run: str | None = None
    commit: str | None = None
    metric: str | None = None
    author: str | None = None
    status: Status | None = None
    since: When | None = None
    until: When | None = None

    @property
    def takes_all(self) -> bool:
        """Whether nothing matters."""
        return self == EntryFilter()

    def takes(self, card: Card) -> bool:
        """Whether an entry is wanted; a file that is no entry is, where nothing matters."""
        if self.takes_all:
            return True
        matter = card.matter
        return (
            card.problem is None
            and set(self.tags) <= set(matter.get("tags", ()))
            and (self.status is None or matter.get("status") == self.status)
            and (self.commit is None or self._is_about(matter.get("commits", ())))
            and (self.run is None or self._is_of_run(card))
            and (self.metric is None or any(self._asked in f"/{folded(name)}/" for name in card.metrics))
            and (self.author is None or any(self._named in phrase(each["name"]) for each in matter.get("authors", ())))
            and self._is_in_time(matter["created"])
        )

    def _is_about(self, commits: Any) -> bool:
        wanted = str(self.commit).lower()
        if _SHA.fullmatch(wanted) is None:
            return False
        shas = (commit["sha"].lower() for commit in commits)
        return any(sha.startswith(wanted) or wanted.startswith(sha) for sha in shas)

    def _is_of_run(self, card: Card) -> bool:
        refs = card.matter.get("runs", ())
        names = {folded(name) for ref in refs for name in (ref["id"], ref.get("as"), ref.get("label")) if name}
        if folded(str(self.run).strip()) in names:
            return True
        return any(self._means(reference) for reference in (*(ref["id"] for ref in refs), *card.cited))

    def _means(self, reference: str) -> bool:
        """Whether a reference can mean the wanted run; what one of the two leaves open, such as the entity, fits."""
        wanted, name = self._run, named_run(reference)
        if wanted.id != name:
            return len(wanted.id) >= SHORTEST_PREFIX and not any(wanted[:2]) and name.startswith(wanted.id)
        address = parse_address(reference) or Address(None, None, name)
        pairs = zip(wanted[:2], address[:2], strict=True)
        return all(one is None or other is None or one == other for one, other in pairs)

    def _is_in_time(self, created: str) -> bool:
        if self.since is None and self.until is None:
            return True
        when = When(created)
        return (self.since is None or _order(when, self.since) >= 0) and (
            self.until is None or _order(when, self.until) <= 0
        )

    @cached_property
    def _run(self) -> Address:
        text = str(self.run).strip()
        name = named_run(text)
        address = parse_address(text)
        return address if address is not None and address.id == name else Address(None, None, name)

    @cached_property
    def _asked(self) -> str:
        return f"/{folded(str(self.metric).strip('/'))}/"

    @cached_property
    def _named(self) -> str:
        return phrase(str(self.author))


def _order(when: When, other: When) -> int:
    """Below, at or above zero for before, at and after: a day as it was written with a day, a moment with a moment."""
    if other.has_clock:
        return (when.moment > other.moment) - (when.moment < other.moment)
    return (when.day > other.day) - (when.day < other.day)
