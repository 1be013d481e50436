"""What a rule is, and what it may look at."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

from journal.checks.written import authored
from journal.document import front_matter, store
from journal.errors import JournalError, SourceUnavailable
from journal.model.finding import Finding, Severity
from journal.tables.fill import EntryFill, plan

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from journal.checks.written.reading import Writing
    from journal.document.front_matter import Places
    from journal.index.journal import Journal
    from journal.model.entry import Entry
    from journal.revisions import Repository
    from journal.sources.registry import Sources


@dataclass(frozen=True)
class Scene:
    """All that rules look at, read once.

    Attributes:
        journal: The journal.
        paths: The entry files to check, relative to the journal.
        sources: Where runs come from.
        repository: The git repository, or None outside one.
    """

    journal: Journal
    paths: frozenset[str]
    sources: Sources
    repository: Repository | None
    _raw: dict[str, bytes] = field(default_factory=dict)
    _places: dict[str, Places] = field(default_factory=dict)
    _writing: dict[str, Writing | None] = field(default_factory=dict)

    @cached_property
    def entries(self) -> tuple[Entry, ...]:
        """The entries to check that can be read, in path order."""
        chosen = [entry for entry in self.journal.entries if entry.path in self.paths]
        return tuple(sorted(chosen, key=lambda entry: entry.path))

    @cached_property
    def fills(self) -> tuple[tuple[Entry, EntryFill | JournalError], ...]:
        """What filling each entry would do, or why it cannot be filled."""
        return tuple((entry, self._fill(entry)) for entry in self.entries)

    def _fill(self, entry: Entry) -> EntryFill | JournalError:
        try:
            return plan(self.journal.config, entry.path, self.sources, repository=self.repository)
        except JournalError as error:
            return error

    @property
    def unreached(self) -> bool:
        """Whether some run could not be looked at, so that not every number was checked."""
        fills = [fill for _, fill in self.fills]
        return any(
            isinstance(fill, SourceUnavailable)
            or (isinstance(fill, EntryFill) and any(block.unreached for block in fill.blocks))
            for fill in fills
        )

    def raw(self, entry: Entry) -> bytes:
        """An entry's bytes."""
        if entry.path not in self._raw:
            self._raw[entry.path] = store.read(self.journal.config.root / entry.path).raw
        return self._raw[entry.path]

    def writing(self, entry: Entry) -> Writing | None:
        """What an entry's author wrote by hand; None if it is too long to be looked at."""
        if entry.path not in self._writing:
            self._writing[entry.path] = authored.writing(self.raw(entry), entry.path)
        return self._writing[entry.path]

    def at(self, entry: Entry, *location: int | str) -> tuple[int, int]:
        """Line and column of a front-matter value."""
        if entry.path not in self._places:
            self._places[entry.path] = front_matter.places(self.raw(entry), entry.path)
        return self._places[entry.path](location)


@dataclass(frozen=True)
class Rule:
    """One thing that can be wrong.

    Attributes:
        code: Stable code: a family of three letters and a number.
        severity: How much it matters.
        summary: What it finds, in a few words.
        look: Finds it.
    """

    code: str
    severity: Severity
    summary: str
    look: Callable[[Rule, Scene], Iterable[Finding]]

    def finding(
        self, path: str, message: str, *, place: tuple[int, int] | None = None, hint: str | None = None
    ) -> Finding:
        """A finding of this rule; `place` is line and column, both from 1."""
        line, column = place or (None, None)
        return Finding(
            code=self.code, severity=self.severity, path=path, line=line, column=column, message=message, hint=hint
        )
