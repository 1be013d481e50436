"""Relations that lead an entry back to itself: those that stand there, and the one that a relation more would close."""

from __future__ import annotations

from functools import partial
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from journal.errors import JournalError
from journal.model.entry import BUILDING, REPLACING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from journal.index.journal import Journal
    from journal.model.entry import FrontMatter

ORDERS = (REPLACING, (*BUILDING, "supersedes"))
"""Relations that cannot lead in a circle, also not several of one order together: those by which one entry takes
the place of another, and those that lead back in time. An old entry may invalidate one that was built on it."""


def above(matter: FrontMatter, order: Iterable[str]) -> dict[str, str]:
    """The entries that a front matter names by relations of an order, each with the first relation that says so."""
    return {target: relation for relation in reversed(tuple(order)) for target in getattr(matter, relation)}


def circles_in(starts: Iterable[str], above: Callable[[str], Mapping[str, str]]) -> Iterator[tuple[str, ...]]:
    """Circles that are reached from some entries: one for each relation that closes one.

    Args:
        starts: Ids of the entries; each is walked from once.
        above: What an entry names, by its id.
    """
    done: set[str] = set()
    for start in starts:
        path: dict[str, None] = {}
        walk = [] if start in done else [(start, iter(above(start)))]
        path |= dict.fromkeys(id_ for id_, _ in walk)
        while walk:
            node, targets = walk[-1]
            target = next((each for each in targets if each not in done), None)
            if target is None:
                walk.pop()
                done.add(node)
                del path[node]
            elif target in path:
                ids = tuple(path)
                yield ids[ids.index(target) :]
            else:
                path[target] = None
                walk.append((target, iter(above(target))))


def closed_circle(journal: Journal, own: str, relation: str, target: str) -> tuple[tuple[str, str], ...]:
    """The circle that one relation more would close; empty where it closes none.

    Entries that cannot be read lead nowhere.

    Args:
        journal: The journal.
        own: Id of the entry that would name the other.
        relation: One of `RELATIONS`.
        target: Id of the other.

    Returns:
        Each entry with the relation that leads from it to the next one, from `own` on; the last leads back to it.
    """
    paths = {PurePosixPath(path).stem: path for path in reversed(journal.paths)}

    def named(order: Iterable[str], id_: str) -> Mapping[str, str]:
        if id_ == own:
            return {target: relation}  # what it names already is not asked about
        try:
            return above(journal.document(paths[id_]).entry.front_matter, order) if id_ in paths else {}
        except JournalError:
            return {}

    for order in (each for each in ORDERS if relation in each):
        names = partial(named, order)
        for circle in circles_in([own], names):
            if circle[0] == own:
                return tuple((id_, names(id_)[next_]) for id_, next_ in zip(circle, (*circle[1:], own), strict=True))
    return ()
