"""A journal as a whole: its configuration and its entries."""

from __future__ import annotations

from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Self

from journal import config as configuration
from journal.document import store
from journal.document.document import parse
from journal.errors import EntryNotFound, JournalError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from journal.config import Config
    from journal.model.entry import Entry


class Journal:
    """All entries below one configuration.

    Args:
        config: The configuration.
    """

    def __init__(self, config: Config) -> None:
        self.config = config

    @classmethod
    def open(cls, path: Path | str = ".") -> Self:
        """The journal that `path` lies in.

        Raises:
            ConfigError: There is none.
        """
        return cls(configuration.find(Path(path)))

    @cached_property
    def paths(self) -> tuple[str, ...]:
        """Every entry file, relative to the journal, sorted; hidden files and folders are left out."""
        found = []
        for path in sorted(self.config.entries.rglob("*.md")):
            parts = path.relative_to(self.config.entries).parts
            if path.is_file() and not any(part.startswith(".") for part in parts) and path.name != "README.md":
                found.append(path.relative_to(self.config.root).as_posix())
        return tuple(found)

    @cached_property
    def _read(self) -> tuple[tuple[Entry, ...], tuple[JournalError, ...]]:
        entries, problems = [], []
        for path in self.paths:
            try:
                entries.append(parse(store.read(self.config.root / path).raw, path).entry)
            except JournalError as error:
                error.path = path
                problems.append(error)
        entries.sort(key=lambda entry: (entry.front_matter.created, entry.id), reverse=True)
        return tuple(entries), tuple(problems)

    @property
    def entries(self) -> tuple[Entry, ...]:
        """Every entry that can be read, newest first."""
        return self._read[0]

    @property
    def problems(self) -> tuple[JournalError, ...]:
        """Why some files under the entries folder are no entries, in path order."""
        return self._read[1]

    def find(self, reference: str) -> str:
        """The file of the entry that a reference means: an id, the beginning of one, or a path.

        Returns:
            Its path relative to the journal; the file need not be a valid entry.

        Raises:
            EntryNotFound: None or several answer.
        """
        for path in (Path(reference), self.config.root / reference):
            resolved = path.resolve()
            if resolved.is_file() and self.config.relative(resolved) in self.paths:
                return self.config.relative(resolved)
        stems = {path: Path(path).stem for path in self.paths}
        exact = [path for path, stem in stems.items() if stem == reference]
        chosen = exact or [path for path, stem in stems.items() if reference and stem.startswith(reference)]
        if len(chosen) == 1:
            return chosen[0]
        raise _not_found(reference, chosen, sorted(stems.values()))


def _not_found(reference: str, chosen: Sequence[str], stems: Sequence[str]) -> EntryNotFound:
    from difflib import get_close_matches

    if chosen:
        return EntryNotFound(f"{reference!r} is the beginning of several entries", hint=", ".join(chosen))
    close = get_close_matches(reference, stems, n=3)
    hint = f"did you mean {', '.join(close)}?" if close else "`journal list` shows them all"
    return EntryNotFound(f"no entry {reference!r}", hint=hint)
