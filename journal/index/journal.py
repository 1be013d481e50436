"""A journal as a whole: its configuration and its entries."""

from __future__ import annotations

import os
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Self

from journal import config as configuration
from journal.document import store
from journal.document.document import Document, parse
from journal.errors import ConfigError, EntryError, EntryNotFound, JournalError
from journal.index.relations import Relations

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

    from journal.config import Config, Reach
    from journal.model.entry import Entry


class Journal:
    """All entries below one configuration.

    Args:
        config: The configuration.
    """

    def __init__(self, config: Config) -> None:
        self.config = config
        self._documents: dict[str, Document | JournalError] = {}

    @classmethod
    def open(cls, path: Path | str = ".", *, read_only: bool = False, reach: Reach = configuration.AS_SET) -> Self:
        """The journal that `path` lies in.

        Args:
            path: A folder of it.
            read_only: Whether nothing that is derived shall be kept.
            reach: Whether servers may be asked; as the settings say by default.

        Raises:
            ConfigError: There is none.
        """
        return cls(configuration.find(Path(path), read_only=read_only, reach=reach))

    @cached_property
    def _files(self) -> tuple[str, ...]:
        top = self.config.entries
        if not os.path.isdir(top):  # noqa: PTH112  (Path.is_dir fails where a folder above may not be entered)
            said, hint = f"the folder of entries, {self.config.settings.entries!r}, is not there", "make it, or mend"
            raise ConfigError(said, hint=f"{hint} `entries`", path=self.config.relative(self.config.source))
        found = []
        for folder, below, names in os.walk(top, onerror=self._unreadable):
            below[:] = [name for name in below if not name.startswith(".")]
            shown = Path(folder).relative_to(self.config.root).as_posix()
            above = "" if shown == "." else f"{shown}/"
            found += [f"{above}{name}" for name in names if configuration.is_entry(name)]
        return tuple(sorted(found, key=lambda path: path.split("/")))

    def _unreadable(self, error: OSError) -> None:
        path = self.config.relative(Path(str(error.filename)))
        raise EntryError(f"cannot be read: {error.strerror}", path=path, hint="give yourself permission to read it")

    @cached_property
    def paths(self) -> tuple[str, ...]:
        """Every entry file, relative to the journal, sorted; hidden files and folders are left out."""
        return tuple(path for path in self._files if _is_text(path))

    @property
    def unnamed(self) -> tuple[JournalError, ...]:
        """Files that can be no entries for their names."""
        return tuple(_unnamed(path) for path in self._files if not _is_text(path))

    def document(self, path: str) -> Document:
        """An entry's file, read once.

        Args:
            path: The file, relative to the journal.

        Raises:
            JournalError: It is no entry; the same error each time.
        """
        found = self._documents.get(path)
        if found is None:
            try:
                found = parse(store.read(self.config.root / path).raw, path)
            except JournalError as error:
                found = error.placed(path, error.line, error.column, anew=True)
            self._documents[path] = found
        if isinstance(found, JournalError):
            raise found
        return found

    def adopt(self, documents: Iterable[Document]) -> None:
        """Take entries' files as they were read elsewhere."""
        self._documents.update({document.entry.path: document for document in documents})

    @cached_property
    def _read(self) -> tuple[tuple[Entry, ...], tuple[JournalError, ...]]:
        entries: list[Entry] = []
        problems: list[JournalError] = [*self.unnamed]
        for path in self.paths:
            try:
                entries.append(self.document(path).entry)
            except JournalError as error:
                problems.append(error)
        problems.sort(key=lambda error: str(error.path))
        entries.sort(key=_age, reverse=True)
        return tuple(entries), tuple(problems)

    @property
    def entries(self) -> tuple[Entry, ...]:
        """Every entry that can be read, newest first."""
        return self._read[0]

    @property
    def problems(self) -> tuple[JournalError, ...]:
        """Why some files under the entries folder are no entries, in path order."""
        return self._read[1]

    @cached_property
    def relations(self) -> Relations:
        """Who names whom among its entries."""
        return Relations(self.entries)

    def find(self, reference: str) -> str:
        """The file of the entry that a reference means: an id, the beginning of one, or a path.

        Returns:
            Its path relative to the journal; the file need not be a valid entry.

        Raises:
            EntryNotFound: None or several answer.
        """
        for path in (Path(reference), self.config.root / reference):
            resolved = path.resolve()
            if self.config.relative(resolved) in self.paths:
                return self.config.relative(resolved)
        stems = {path: Path(path).stem for path in self.paths}
        exact = [path for path, stem in stems.items() if stem == reference]
        chosen = exact or [path for path, stem in stems.items() if reference and stem.startswith(reference)]
        if len(chosen) == 1:
            return chosen[0]
        raise _not_found(reference, chosen, sorted(stems.values()))


def _age(entry: Entry) -> tuple[datetime, str, str]:
    """What entries are ordered by: as by `created` and then by id, which would compare much more slowly."""
    created = entry.front_matter.created
    return created.moment, created.isoformat(), entry.id


def _stem(path: str) -> str:
    return Path(path).stem


def _is_text(path: str) -> bool:
    """Whether a file's name is UTF-8; other bytes come as halves of surrogate pairs."""
    return path == path.encode("utf-8", "replace").decode()


def _unnamed(path: str) -> JournalError:
    shown = path.encode("utf-8", "replace").decode()
    return EntryError("its name is not UTF-8", path=shown, hint="rename the file")


def _not_found(reference: str, chosen: Sequence[str], stems: Sequence[str]) -> EntryNotFound:
    from difflib import get_close_matches

    if chosen:
        return EntryNotFound(
            f"{reference!r} is the beginning of several entries",
            hint="say more of it: " + ", ".join(sorted(map(_stem, chosen))),
        )
    close = get_close_matches(reference, stems, n=3)
    hint = f"did you mean {', '.join(close)}?" if close else "`journal list` shows them all"
    return EntryNotFound(f"no entry {reference!r}", hint=hint)
