"""Evidence files: one per entry, sorted, one value a line, so that diffs read well and merges rarely clash."""

from __future__ import annotations

from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from journal.errors import EvidenceError
from journal.model.evidence import Evidence

if TYPE_CHECKING:
    from pathlib import Path

    from journal.config import Config
    from journal.model.entry import Entry


def path_of(entry: Entry, config: Config) -> Path:
    """The evidence file of an entry."""
    inside = PurePosixPath(entry.path).relative_to(PurePosixPath(config.settings.entries))
    return config.evidence / inside.with_suffix(".json")


def load(entry: Entry, config: Config) -> Evidence:
    """The evidence of an entry; empty before its first fill.

    Raises:
        EvidenceError: The file cannot be read or is not evidence of this entry.
    """
    path = path_of(entry, config)
    shown = config.relative(path)
    hint = "restore it from git, or delete it and run `journal fill-results`"
    try:
        raw = path.read_bytes()
    except FileNotFoundError:
        return Evidence(entry=entry.id)
    except OSError as error:
        raise EvidenceError(f"cannot be read: {error.strerror}", path=shown) from error
    try:
        evidence = Evidence.model_validate_json(raw)
    except ValueError as error:
        raise EvidenceError("is not evidence that this version reads", hint=hint, path=shown) from error
    if evidence.entry != entry.id:
        raise EvidenceError(f"belongs to entry {evidence.entry!r}, not to {entry.id!r}", hint=hint, path=shown)
    return evidence


def dump(evidence: Evidence) -> bytes:
    """The bytes of an evidence file: the same evidence gives the same bytes, always."""
    import orjson

    options = orjson.OPT_INDENT_2 | orjson.OPT_SORT_KEYS | orjson.OPT_APPEND_NEWLINE
    return orjson.dumps(evidence.model_dump(mode="json", exclude_none=True), option=options)
