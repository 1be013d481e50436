"""A change to an entry that stands: read once, edited step by step, written whole or not at all."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Self

from journal.document import body, edits, store
from journal.document.document import parse
from journal.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from journal.config import Config
    from journal.document.quoting import Value
    from journal.index.journal import Journal
    from journal.model.entry import Entry
    from journal.revisions import Repository


@dataclass(frozen=True)
class Change:
    """An entry's file as it was read, and as it shall be. Each edit gives a new change; `write` alone touches the disk.

    Attributes:
        path: The file, relative to the journal.
        stored: What was read.
        raw: What shall stand there.
    """

    path: str
    stored: store.Stored
    raw: bytes

    @classmethod
    def begin(cls, journal: Journal, reference: str) -> Self:
        """The file of the entry that a reference means, unchanged.

        Raises:
            EntryNotFound: None or several answer.
            EntryError: The file cannot be read, or is no entry.
        """
        path = journal.find(reference)
        stored = store.read(journal.config.root / path)
        begun = cls(path, stored, stored.raw)
        _ = begun.entry  # what is no entry is left alone
        return begun

    @cached_property
    def entry(self) -> Entry:
        """The entry as it shall be."""
        return parse(self.raw, self.path).entry

    def set(self, key: str, value: str | None) -> Change:
        """Another value of a front-matter field; None, and the value that stands there, change nothing."""
        if value is None or getattr(self.entry.front_matter, key) == value:
            return self
        return replace(self, raw=edits.set_value(self.raw, self.path, (key,), value))

    def append(self, key: str, item: str | Mapping[str, str | None]) -> Change:
        """One more item in a list of the front matter; keys without a value are left out."""
        value: Value = (
            item if isinstance(item, str) else {name: text for name, text in item.items() if text is not None}
        )
        return replace(self, raw=edits.append_item(self.raw, self.path, key, value))

    def section(self, heading: str, text: str) -> Change:
        """One more section at the end."""
        return replace(self, raw=body.with_section(self.raw, self.path, heading, text))

    def write(self, config: Config) -> Entry:
        """Write the file, unless somebody else did meanwhile; returns the entry as it stands then.

        Raises:
            ChangedOnDisk: The file is not what was read.
            NotWritable: The disk refuses.
        """
        store.replace(self.stored, self.raw, inside=config.root)
        return self.entry

    def undo(self, config: Config) -> bool:
        """Put back what was read, after this change was written; returns whether that could be done.

        What somebody else wrote since stays.

        Raises:
            EntryError: The file cannot be read or written any more.
        """
        now = store.read(self.stored.path)
        return now.raw == self.raw and store.replace(now, self.stored.raw, inside=config.root)


def signature(by: str | None, repository: Repository | None) -> str | None:
    """Who does it: the name that was given, or git's user; None where neither is known.

    Raises:
        UsageError: The name that was given is none.
    """
    if by is not None and not by.strip():
        raise UsageError("--by needs a name", hint="leave it out for git's user")
    return by or (repository.user_name() if repository is not None else None)
