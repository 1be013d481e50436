"""The files to import: found below folders, read, and cut into the pieces that become entries."""

from __future__ import annotations

import hashlib
import os
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from journal.document import front_matter, store
from journal.errors import EntryError, JournalError, UsageError
from journal.imports.parts import pieces
from journal.imports.readers.page import Page

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from journal.config import Config
    from journal.imports.parts import Piece

SUFFIXES = (".md", ".markdown", ".mdown")
MAX_NOTE = 16 * 2**20
"""Largest note in bytes; nobody writes one by hand."""


@dataclass(frozen=True)
class Opened:
    """A file that was opened.

    Attributes:
        path: The file.
        source: What the entry calls it: its path relative to the journal, or its name alone if it lies elsewhere,
            since paths of a machine are nobody else's business.
        is_inside: Whether it lies in the journal's folder, so that `source` names it and no other.
        digest: Sum of its bytes.
        pieces: What becomes of it, piece by piece.
        error: Why it goes no further.
    """

    path: Path
    source: str
    is_inside: bool
    digest: str = ""
    pieces: Sequence[Piece] = ()
    error: JournalError | None = None

    @cached_property
    def pages(self) -> list[Page]:
        """The text of each piece."""
        return [Page(self.path.name, piece.text, piece.original) for piece in self.pieces]


def open_note(path: Path, config: Config, *, split: bool, repair: bool) -> Opened:
    """A file with its pieces, or with the reason why it cannot be taken in.

    Args:
        path: The file.
        config: The journal that it comes into.
        split: Whether a log is cut at its dated headings.
        repair: Whether text that is not sound UTF-8 is repaired.
    """
    shown = config.relative(path.resolve())
    is_inside = not Path(shown).is_absolute()
    source = shown if is_inside else path.name
    try:
        raw = _bytes(path)
        found = pieces(raw, path.name, split=split, repair=repair)
    except JournalError as error:
        return Opened(path, source, is_inside, error=error)
    return Opened(path, source, is_inside, hashlib.sha256(raw).hexdigest(), found)


def _bytes(path: Path) -> bytes:
    raw = store.read(path).raw
    if len(raw) > MAX_NOTE:
        raise EntryError(f"{len(raw):,} bytes are no note", hint=f"the limit is {MAX_NOTE:,}")
    if _is_entry(raw, path):
        raise EntryError("is an entry of a journal already", hint="put the file into the folder of entries")
    return raw


def _is_entry(raw: bytes, path: Path) -> bool:
    try:
        front_matter.read(raw, path)
    except EntryError:
        return False
    return True


def found(paths: Sequence[Path], config: Config) -> list[Path]:
    """The Markdown files among paths and below folders, each once, sorted; what the journal itself keeps is left out.

    Raises:
        UsageError: A path is not there, or names no Markdown.
    """
    files: dict[Path, None] = {}
    for path in paths:
        if path.is_dir():
            files |= dict.fromkeys(sorted(_below(path, config)))
        elif not path.is_file():
            raise UsageError(f"{path}: no such file or folder", hint="give Markdown files, or folders of them")
        elif not path.name.lower().endswith(SUFFIXES):
            raise UsageError(f"{path}: no Markdown", hint=f"the name of a note ends in {', '.join(SUFFIXES)}")
        else:
            files[path] = None
    return list({path.resolve(): path for path in files}.values())


def _below(folder: Path, config: Config) -> Iterator[Path]:
    own = {path.resolve() for path in (config.entries, config.evidence, config.templates, config.derived)}
    for place, folders, names in os.walk(folder):
        folders[:] = [name for name in folders if not name.startswith(".") and Path(place, name).resolve() not in own]
        named = (name for name in names if name.lower().endswith(SUFFIXES) and not name.startswith("."))
        yield from (Path(place, name) for name in named)
