"""Links of an entry: runs, commits and relations are added to its front matter; only this one end is written."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from journal.authoring import found_runs
from journal.authoring.change import Change
from journal.changes.wording import HIDDEN
from journal.document.quoting import made_holdable
from journal.errors import RunNotFound, SourceError, SourceUnavailable, UsageError
from journal.index.circles import closed_circle
from journal.model.secrets import hidden

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from journal.index.journal import Journal
    from journal.model.entry import Entry, RunRef
    from journal.revisions import Repository
    from journal.sources.registry import Sources

MOST_SHOWN = 5
"""Entries of a circle that an error names."""

_ID = re.compile(r"[\w-]+(?:/[\w .-]+)*")


@dataclass(frozen=True)
class Wanted:
    """What the author asked for.

    Attributes:
        runs: Run references, each optionally with its role in front, as in `baseline:fej59g91`.
        commits: Revisions.
        relations: For fields of the front matter such as `follows` the entries to name there, by any reference.
        unseen: Take a run that no source holds by the id that is given.
    """

    runs: Sequence[str] = ()
    commits: Sequence[str] = ()
    relations: Mapping[str, Sequence[str]] = field(default_factory=dict)
    unseen: bool = False


@dataclass(frozen=True)
class Link:
    """One thing that an entry was to name.

    Attributes:
        field: The field of the front matter.
        target: The run, the commit or the entry, as it stands there.
        added: Whether it was added; else it stood there already.
    """

    field: str
    target: str
    added: bool


@dataclass(frozen=True)
class Linked:
    """What `link` did.

    Attributes:
        entry: The entry as it stands now.
        links: What was asked for, in order.
    """

    entry: Entry
    links: tuple[Link, ...]


def link(journal: Journal, sources: Sources, repository: Repository | None, reference: str, wanted: Wanted) -> Linked:
    """Add runs, commits and relations to an entry; what it names already stays as it is.

    Args:
        journal: The journal.
        sources: Where runs are looked up.
        repository: Where commits are looked up; may be None when none is asked for.
        reference: The entry.
        wanted: What to add.

    Raises:
        UsageError: Nothing was asked for, or an entry would name itself or lead back to itself.
        EntryError: An entry is not there, or its front matter cannot be edited.
        SourceError: A run does not resolve.
        RevisionError: A commit does not resolve.
        NotWritable: The disk refuses.
    """
    if not (wanted.runs or wanted.commits or any(wanted.relations.values())):
        raise UsageError("nothing to link", hint="give --run, --commit, --follows, --results-of or --related")
    linking = _Linking(journal, Change.begin(journal, reference))
    for run in wanted.runs:
        linking.run(sources, run, unseen=wanted.unseen)
    for revision in wanted.commits:
        linking.commit(repository, revision)
    for relation, targets in wanted.relations.items():
        for target in targets:
            linking.relation(relation, target)
    return Linked(linking.change.write(journal.config), tuple(linking.links))


class _Linking:
    """The change so far, and what was done."""

    def __init__(self, journal: Journal, change: Change) -> None:
        self._journal = journal
        self.change = change
        self.links: list[Link] = []

    def run(self, sources: Sources, reference: str, *, unseen: bool) -> None:
        """Add a run, unless one of the entry's references means it."""
        role, rest = found_runs.split_role(reference)
        refs = self.change.entry.front_matter.runs
        try:
            head = sources.find(rest)
        except (RunNotFound, SourceUnavailable) as error:
            found_runs.refuse_unknown_role(sources, reference)
            if not unseen or not _ID.fullmatch(rest):
                raise _unseen(error, rest) from error
            known, item = any(ref.id == rest for ref in refs), {"id": rest, "role": role}
        else:
            known = any(_means(sources, ref) == head for ref in refs)
            alias = found_runs.alias(head, {ref.handle for ref in refs})
            label = made_holdable(head.name) if head.name and alias is None else None
            item = {"id": found_runs.shortest(sources, head), "as": alias, "role": role, "label": label}
        self._add("runs", str(item["id"]), item, known=known)

    def commit(self, repository: Repository | None, revision: str) -> None:
        """Add a commit with its subject, unless the entry names it."""
        if repository is None:
            raise UsageError("--commit needs a git repository", hint="run it inside one")
        commit = repository.commit(revision)
        known = any(commit.sha.startswith(ref.sha.lower()) for ref in self.change.entry.front_matter.commits)
        note = made_holdable(hidden(commit.subject, HIDDEN))
        self._add("commits", commit.short, {"sha": commit.short, "note": note}, known=known)

    def relation(self, relation: str, reference: str) -> None:
        """Add the id of another entry, unless it stands there."""
        target, own = _id(self._journal.find(reference)), self.change.entry.id
        if target == own:
            raise UsageError(f"entry {own!r} cannot name itself", hint="name another entry")
        known = target in getattr(self.change.entry.front_matter, relation)
        if not known:
            self._refuse_circle(relation, own, target)
        self._add(relation, target, target, known=known)

    def _add(self, key: str, target: str, item: str | Mapping[str, str | None], *, known: bool) -> None:
        if not known:
            if not isinstance(item, str):
                item = {name: str(text) for name, text in item.items() if text}
            self.change = self.change.append(key, item)
        self.links.append(Link(key, target, added=not known))

    def _refuse_circle(self, relation: str, own: str, target: str) -> None:
        """Refuse a relation through which the entry would come before itself."""
        circle = closed_circle(self._journal, own, relation, target)
        if circle:
            ways = [f"{id_} {name}" for id_, name in circle]
            shown = ways if len(ways) <= MOST_SHOWN else [*ways[: MOST_SHOWN - 1], "…", ways[-1]]
            said = f"that would be a circle: {' '.join([*shown, own])}"
            raise UsageError(said, hint="take one of these relations away first, if the new one is right")


def _id(path: str) -> str:
    return PurePosixPath(path).stem


def _means(sources: Sources, ref: RunRef) -> object:
    """The run behind a reference of the entry, or nothing."""
    try:
        return sources.find(ref.id)
    except SourceError:
        return None


def _unseen(error: SourceError, reference: str) -> SourceError:
    """The same error; where the reference may be the id of a run elsewhere, it says how to take it."""
    if _ID.fullmatch(reference):
        hint = f"{error.hint}; " if error.hint else ""
        error.hint = f"{hint}--unseen takes the id of a run that is on another machine"
    return error
