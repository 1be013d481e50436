"""The runs at hand that no entry cites, kept in the evidence where the settings ask for it: the site reads no run."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from journal.document import store
from journal.errors import EntryError, EntryNotFound, EvidenceError
from journal.index.run_list import RunFilter, list_runs
from journal.model.base import written
from journal.model.uncited import UncitedRun, UncitedRuns
from journal.tables.record import UNCITED

if TYPE_CHECKING:
    from journal.config import Config
    from journal.index.journal import Journal
    from journal.model.run import RunHead
    from journal.sources.registry import Sources


def keep(journal: Journal, sources: Sources) -> bool:
    """Write which runs no entry cites; no log is read.

    Where no run at all is at hand, or not every source could be reached, nobody could look, and the file stays.

    Args:
        journal: The journal.
        sources: Its runs.

    Returns:
        Whether anything was written.

    Raises:
        NotWritable: The disk refuses.
    """
    config, heads = journal.config, sources.heads()
    if not heads or sources.unreached:
        return False
    found = list_runs(journal, sources, RunFilter(cited=False), heads)
    runs = UncitedRuns(runs=tuple(_run(each.head, config) for each in reversed(found)))
    return store.save(config.evidence / UNCITED, dump(runs), inside=config.root)


def load(config: Config) -> UncitedRuns | None:
    """The runs that no entry cites, as they were last written; None where they never were.

    Raises:
        EvidenceError: The file cannot be read, or is no such list.
    """
    path = config.evidence / UNCITED
    try:
        return UncitedRuns.model_validate_json(store.read(path).raw)
    except EntryNotFound:
        return None
    except (EntryError, ValueError) as error:
        hint = "delete it, then run `journal fill-results`"
        raise EvidenceError(
            "is no list of runs that this version reads", hint=hint, path=config.relative(path)
        ) from error


def dump(runs: UncitedRuns) -> bytes:
    """The bytes of the file: the same runs give the same bytes, always."""
    import orjson

    options = orjson.OPT_INDENT_2 | orjson.OPT_SORT_KEYS | orjson.OPT_APPEND_NEWLINE
    return orjson.dumps(runs.model_dump(mode="json", exclude_none=True), option=options)


def _run(head: RunHead, config: Config) -> UncitedRun:
    said = {name: getattr(head, name) for name in ("id", "entity", "project", "name", "commit")}
    held = {name: None if text is None else written(text) for name, text in said.items()}
    return UncitedRun(**held, started=head.started, place=_place(head, config))


def _place(head: RunHead, config: Config) -> str | None:
    """Where it lies, if that is in the journal: a path of somebody's machine is nobody else's business."""
    path = config.root / head.place
    inside = not Path(head.place).is_absolute() and path.exists() and path.resolve().is_relative_to(config.root)
    return written(Path(head.place).as_posix()) if inside else None
