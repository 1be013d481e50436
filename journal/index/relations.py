"""Relations between entries, seen from both ends: one entry names another, and only the one is written."""

from __future__ import annotations

from typing import TYPE_CHECKING

from journal.model.entry import RELATIONS

if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Any, Protocol

    class Relating(Protocol):
        """An entry, its card or its abstract."""

        @property
        def id(self) -> str:
            """Its id."""
            ...

        @property
        def front_matter(self) -> Any:
            """What has the relations, each by the name that it has in the front matter."""
            ...


INVERSE = {
    "follows": "followed_by",
    "results_of": "results_in",
    "supersedes": "superseded_by",
    "invalidates": "invalidated_by",
    "related": "related_from",
}
"""What each relation is called from the other end."""


class Relations:
    """Who names whom.

    Args:
        entries: All entries, or their cards, newest first.
    """

    def __init__(self, entries: Iterable[Relating]) -> None:
        self._by: dict[tuple[str, str], dict[str, None]] = {}
        for entry in entries:
            for relation in RELATIONS:
                for target in getattr(entry.front_matter, relation):
                    self._by.setdefault((relation, target), {})[entry.id] = None

    def by(self, relation: str, target: str) -> tuple[str, ...]:
        """Ids of the entries whose field `relation` names `target`, newest first.

        Args:
            relation: One of `RELATIONS`.
            target: An entry's id.
        """
        return tuple(self._by.get((relation, target), ()))

    def inverse(self, target: str) -> dict[str, tuple[str, ...]]:
        """The entries that name `target`, by the inverse relation's name; all of `INVERSE` are there."""
        return {name: self.by(relation, target) for relation, name in INVERSE.items()}
