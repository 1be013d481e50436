"""What rests on an entry that was superseded or found invalid, and has not been brought up to date."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from journal.index.named_runs import named_run, runs_by_name
from journal.model.entry import BUILDING, COMPARED_WITH, RELATIONS, REPLACING
from journal.model.life import CLOSED, Status

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from journal.index.journal import Journal
    from journal.model.entry import Entry

_UPWARDS = (*BUILDING, *REPLACING)


@dataclass(frozen=True)
class Resting:
    """An entry that rests on another.

    Attributes:
        entry_id: Its id.
        path: Its file, relative to the journal.
        why: Why it does, in words.
    """

    entry_id: str
    path: str
    why: str


def resting_on(journal: Journal, old_id: str) -> tuple[Resting, ...]:
    """The entries that rest on an entry or on its runs and have not dealt with its end, in path order.

    An entry rests on another that it follows or holds the results of, and on one whose run it cites, unless that run
    was only the other's baseline or reference. A run that it compares with, as its own baseline or reference, ties it
    only to an entry that was found invalid: one that was merely superseded leaves the run as good as it was.

    It has dealt with it if it is superseded, invalid or abandoned itself, if it takes the other's place, or if it names
    in any relation an entry that does. What the old entry was built on does not rest on it for sharing a run.

    Args:
        journal: The journal.
        old_id: Id of the entry; it need not be there any more.
    """
    return Rests(journal).on(old_id)


class Rests:
    """What rests on what, for asking about many entries of a journal.

    Args:
        journal: The journal.
    """

    def __init__(self, journal: Journal) -> None:
        self._journal = journal
        self._by_id = {entry.id: entry for entry in journal.entries}
        self._by_run: dict[str, dict[str, None]] = {}
        for entry in journal.entries:
            for run in runs_by_name(entry):
                self._by_run.setdefault(run, {})[entry.id] = None

    def on(self, old_id: str) -> tuple[Resting, ...]:
        """As `resting_on`."""
        by, old = self._journal.relations.by, self._by_id.get(old_id)
        replacing = replaced_by(self._journal, old_id)
        own = _own_runs(old) if old is not None else frozenset()
        citing = {id_ for run in own for id_ in self._by_run[run]} - {old_id}
        above = self._above(old_id) if citing else frozenset()
        invalid = bool(by("invalidates", old_id)) or (old is not None and old.front_matter.status is Status.INVALID)
        found = []
        for id_ in {*by("follows", old_id), *by("results_of", old_id), *citing} - {old_id}:
            entry = self._by_id[id_]
            if not _has_dealt_with_it(entry, replacing):
                shared = _cited(entry, own, even_to_compare=invalid) if id_ not in above else ()
                why = "; ".join([*_relations(entry, old_id), *shared])
                found += [Resting(id_, entry.path, why)] if why else []
        return tuple(sorted(found, key=lambda each: each.path))

    def _above(self, old_id: str) -> frozenset[str]:
        """All that an entry was built on."""
        by_id = self._by_id
        return _reached(old_id, lambda each: _named(by_id[each], _UPWARDS) if each in by_id else ())


def replaced_by(journal: Journal, old_id: str) -> frozenset[str]:
    """Ids of the entries that supersede or invalidate an entry, or one that does, and so on."""
    return _reached(old_id, lambda each: (id_ for name in REPLACING for id_ in journal.relations.by(name, each)))


def _reached(start: str, step: Callable[[str], Iterable[str]]) -> frozenset[str]:
    """Everything that steps lead to; the start too only if they lead back."""
    found: set[str] = set()
    open_ = [start]
    while open_:
        new = set(step(open_.pop())) - found
        found |= new
        open_ += new
    return frozenset(found)


def _named(entry: Entry, relations: Iterable[str]) -> Iterator[str]:
    return (target for relation in relations for target in getattr(entry.front_matter, relation))


def _own_runs(entry: Entry) -> frozenset[str]:
    """The runs that are the entry's matter, and not only what it compares with."""
    return frozenset(named_run(ref.id) for ref in entry.front_matter.runs if ref.role not in COMPARED_WITH)


def _has_dealt_with_it(entry: Entry, replacing: frozenset[str]) -> bool:
    named = replacing.intersection(_named(entry, RELATIONS))
    return entry.front_matter.status in CLOSED or entry.id in replacing or bool(named)


def _relations(entry: Entry, old_id: str) -> Iterator[str]:
    if old_id in entry.front_matter.follows:
        yield "follows it"
    if old_id in entry.front_matter.results_of:
        yield "holds its results"


def _cited(entry: Entry, runs: frozenset[str], *, even_to_compare: bool) -> Iterator[str]:
    """Which of the runs an entry cites, in words."""
    for name, ref in runs_by_name(entry).items():
        if name in runs and (even_to_compare or ref.role not in COMPARED_WITH):
            yield f"cites its run {name}" + (f" as {ref.role}" if ref.role is not None else "")
