"""Evidence files: one per entry, sorted, one value a line, so that diffs read well and merges rarely clash."""

from __future__ import annotations

import re
from functools import lru_cache
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from journal.document import store
from journal.errors import EntryError, EntryNotFound, EvidenceError
from journal.model.evidence import Evidence
from journal.model.revision import Judgement
from journal.tables.cited_text import agrees

if TYPE_CHECKING:
    from pathlib import Path

    from journal.config import Config
    from journal.model.entry import Entry


_CONFLICT = re.compile(rb"^(?:<{7} |={7}$|>{7} )", re.MULTILINE)

_VERDICTS = b'"verdicts"'

_RESTORE = "restore it from git; where every run is at hand you may delete it and fill again"

RUNS = "runs"
"""Folder inside the evidence that is kept for digests of runs."""

UNCITED = "uncited.json"
"""File inside the evidence that is kept for the list of runs that no entry cites."""


def path_of(entry: Entry, config: Config) -> Path:
    """The evidence file of an entry."""
    return path_at(entry.path, config)


def path_at(path: str, config: Config) -> Path:
    """The evidence file of the entry at a path relative to the journal.

    Raises:
        EvidenceError: It would lie among the digests of runs, or where the list of uncited runs does.
    """
    return _place(path, config.settings.entries, config.evidence)


@lru_cache(maxsize=65_536)  # a check asks three times for each entry
def _place(path: str, entries: str, evidence: Path) -> Path:
    inside = PurePosixPath(path).relative_to(entries).with_suffix(".json")
    if len(inside.parts) > 1 and inside.parts[0] == RUNS:
        hint = f"choose another name for the folder: evidence in {RUNS!r} is of runs"
        raise EvidenceError(f"no entry may lie in a folder called {RUNS!r}", hint=hint, path=path)
    if inside.parts == (UNCITED,):
        hint = "rename it to YYYY-MM-DD-slug.md"
        raise EvidenceError(
            f"no entry may be called {inside.stem!r}: its evidence would be a list of runs", hint=hint, path=path
        )
    return evidence / inside


def entry_at(file: Path, config: Config) -> str:
    """The file, relative to the journal, of the entry that an evidence file would be of."""
    inside = file.relative_to(config.evidence)
    return (PurePosixPath(config.settings.entries) / inside.with_suffix(".md")).as_posix()


def load(entry: Entry, config: Config) -> Evidence:
    """The evidence of an entry; empty before its first fill.

    Raises:
        EvidenceError: The file cannot be read or is not evidence of this entry.
    """
    return read(entry, config)[0]


def read(entry: Entry, config: Config) -> tuple[Evidence, store.Stored | None]:
    """The evidence of an entry, and the file as it was read; None for a file that is not there.

    Raises:
        EvidenceError: The file cannot be read or is not evidence of this entry.
    """
    path = path_of(entry, config)
    shown = config.relative(path)
    try:
        stored = store.read(path)
    except EntryNotFound:
        return Evidence(entry=entry.id), None
    except EntryError as error:
        raise EvidenceError(error.message, hint=error.hint or _RESTORE, path=shown) from error
    return parse(stored.raw, entry, shown), stored


def parse(raw: bytes, entry: Entry | str, path: str) -> Evidence:
    """The evidence that the bytes of a file hold.

    Args:
        raw: The bytes.
        entry: The entry that it should be of; its id alone where the entry itself cannot be read.
        path: The file, as it is told.

    Raises:
        EvidenceError: They are no evidence of this entry.
    """
    if _CONFLICT.search(raw):
        raise EvidenceError(
            "has a merge conflict", hint="take one side whole, then run `journal fill-results`", path=path
        )
    try:
        evidence = Evidence.model_validate_json(raw)
    except ValueError as error:
        raise EvidenceError("is not evidence that this version reads", hint=_RESTORE, path=path) from error
    name = entry if isinstance(entry, str) else entry.id
    if evidence.entry != name and not isinstance(entry, str) and _of_same_blocks(evidence, entry):
        evidence = evidence.model_copy(update={"entry": name})  # both were renamed
    if evidence.entry != name:
        raise EvidenceError(f"belongs to entry {evidence.entry!r}, not to {name!r}", hint=_RESTORE, path=path)
    return evidence


def verdicts(path: str, config: Config) -> dict[str, Judgement]:
    """Only the commit verdicts of the entry at a path, by run reference, for listings of many entries.

    Empty where nothing can be read: what is wrong with evidence is for `read` to tell.
    """
    try:
        raw = path_at(path, config).read_bytes()
    except (EvidenceError, OSError):
        return {}
    if _VERDICTS not in raw:
        return {}
    import orjson

    try:
        found = orjson.loads(raw)["verdicts"]
        return {reference: Judgement.model_validate(each) for reference, each in found.items()}
    except (ValueError, LookupError, TypeError, AttributeError):
        return {}


def _of_same_blocks(evidence: Evidence, entry: Entry) -> bool:
    """Whether some block of the entry carries the sum that the evidence has for it, or a cited value its number."""
    sums = {(block.kind, block.sum) for block in evidence.blocks.values()}
    cited = zip(entry.citations, map(evidence.citations.get, entry.citation_names), strict=True)
    numbers = ((value.text, cell.value) for value, found in cited if found is not None for cell in found.cells)
    return any((block.kind, block.recorded) in sums for block in entry.blocks) or any(
        value is not None and agrees(text, value) for text, value in numbers
    )


def dump(evidence: Evidence) -> bytes:
    """The bytes of an evidence file: the same evidence gives the same bytes, always."""
    import orjson

    options = orjson.OPT_INDENT_2 | orjson.OPT_SORT_KEYS | orjson.OPT_APPEND_NEWLINE
    return orjson.dumps(evidence.model_dump(mode="json", exclude_none=True), option=options)
