"""Which files of a repository are the journal's own: they are no code, so what is uncommitted in them proves nothing.

Entries, evidence, templates, `journal.toml` and the baseline, each known by its folder and by how its name ends: a
script beside the entries is code.
"""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

from journal import config
from journal.errors import JournalError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path


def journals(top: Path, *starts: Path) -> list[config.Config]:
    """The journals in a repository: the one that each folder lies in, and the one of its top. None is no error."""
    found: dict[Path, config.Config] = {}
    for start in (*starts, top):
        with suppress(JournalError, OSError):
            journal = config.find(start)
            if journal.root.is_relative_to(top):
                found[journal.root] = journal
    return list(found.values())


def own_files(top: Path, *starts: Path) -> Callable[[str], bool]:
    """What tells whether a file is a journal's own, by its path in the repository.

    Args:
        top: The repository's top.
        starts: Folders that a journal may be around, besides the top.
    """
    places = [place for journal in journals(top, *starts) for place in _places(journal)]
    folders = tuple((f"{place.relative_to(top).as_posix()}/", ending) for place, ending in places if ending)
    files = {place.relative_to(top).as_posix() for place, ending in places if not ending}

    def is_own(path: str) -> bool:
        return path in files or any(path.startswith(folder) and path.endswith(ending) for folder, ending in folders)

    return is_own


def _places(journal: config.Config) -> Iterator[tuple[Path, str]]:
    """The folders of a journal, each with the ending of what it holds, and its files, which have none.

    A folder that holds everything else of the journal holds more than what is its own.
    """
    kept = ((journal.entries, ".md"), (journal.evidence, ".json"), (journal.templates, ".md"))
    yield from ((folder, ending) for folder, ending in kept if folder != journal.root)
    yield journal.root / journal.settings.check.baseline, ""
    if journal.source.name == config.CONFIG_NAME:
        yield journal.source, ""
