"""From a number in an entry to the bytes it came from, and whether those are still here."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from journal.errors import BlockError
from journal.model.evidence import CellEvidence, CellState

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from journal.config import Config
    from journal.model.entry import Entry
    from journal.model.evidence import BlockEvidence, CallEvidence, Evidence, PredictionEvidence, RunEvidence
    from journal.model.revision import Judgement
    from journal.model.run import Origin

VALUES = "values"
"""What the values cited in running text go by, where a block's name is asked for."""

PREDICTIONS = "predictions"
"""What the predictions of the front matter go by."""

_CHUNK = 1 << 20
_MOST_LISTED = 20
_COMMA = re.compile(r"\s*,\s*")


class Now(StrEnum):
    """How a file on disk stands to the bytes that a number was read from; the worst first."""

    OTHER = "other bytes"
    """It does not begin with those bytes."""
    UNREADABLE = "cannot be read"
    ABSENT = "not here"
    UNKNOWN = "not looked for"
    """It lay outside the journal, and no folder of runs is known to hold it."""
    APART = "not compared"
    """A server gave it, or it is one run of a database: there is no file with just those bytes."""
    GROWN = "grown since"
    """It begins with those bytes, and goes on."""
    SAME = "the same bytes"


@dataclass(frozen=True)
class TracedFile:
    """A file that a run's numbers were read from.

    Attributes:
        origin: The bytes.
        now: How the file stands to them.
    """

    origin: Origin
    now: Now


@dataclass(frozen=True)
class TracedCall:
    """One call that a number is made of, followed to its bytes.

    Attributes:
        call: What was asked for, and what it came to.
        handle: What the entry calls the run; None if it does not name it any more.
        run: The run as it was then; None if the evidence does not hold it.
        files: What it was read from: one file, or one for each segment.
        filled_from: The sum of the bytes that the block was filled from, where the run was read anew since.
        judgement: Whether the run belongs to the entry's commits, as recorded; None where nothing is.
    """

    call: CallEvidence
    handle: str | None
    run: RunEvidence | None
    files: tuple[TracedFile, ...]
    filled_from: str | None = None
    judgement: Judgement | None = None

    @property
    def now(self) -> Now | None:
        """How its files stand, taken together: the worst of them; None where none is known."""
        found = {file.now for file in self.files}
        return next((now for now in Now if now in found), None)


@dataclass(frozen=True)
class TracedCell:
    """One number of an entry, followed to its bytes.

    Attributes:
        block: The block's name, `values` or `predictions`.
        name: `row, column`; a cited value's name; a prediction's claim.
        cell: The number; of a prediction, its left side.
        parts: The calls that it is made of.
        prediction: The prediction, where it is one.
    """

    block: str
    name: str
    cell: CellEvidence
    parts: tuple[TracedCall, ...]
    prediction: PredictionEvidence | None = None

    @property
    def alone(self) -> TracedCall | None:
        """The one call that the number is, as it stands; None for arithmetic, groups and predictions."""
        return self.parts[0] if self.cell.run is not None and len(self.parts) == 1 else None

    def answers(self, label: str) -> bool:
        """Whether a label means this cell: its row, its column, or both with a comma between."""
        wanted = _COMMA.sub(", ", label.strip())
        return wanted in {_COMMA.sub(", ", known) for known in (self.name, self.cell.row, self.cell.column) if known}


def trace(
    entry: Entry, evidence: Evidence, config: Config, block: str | None = None, cell: str | None = None
) -> tuple[TracedCell, ...]:
    """The numbers of an entry with everything they rest on, as its evidence tells; files are looked at.

    Args:
        entry: The entry.
        evidence: Its evidence.
        config: The journal.
        block: The block to follow; `values` for the cited values, `predictions` for the predictions; all by default.
        cell: A row's label, a column's, or both as `ROW, COLUMN`; all cells by default.

    Raises:
        BlockError: There is no such block or cell, or the block shows no numbers or has not been filled.
    """
    walk = _Walk(entry, evidence, config)
    names = walk.names if block is None else (block,)
    found = tuple(traced for name in names for traced in walk.cells(name))
    if block is not None and not found:
        raise _no_cells(block, entry, evidence, walk.names)
    if cell is None:
        return found
    chosen = tuple(traced for traced in found if traced.answers(cell))
    if not chosen:
        where = f"block {block!r}" if block is not None else f"entry {entry.id}"
        raise BlockError(f"{where} has no cell {cell!r}", hint=f"there are: {_listed(each.name for each in found)}")
    return chosen


class _Walk:
    """The way from the cells of one entry to their files; each file is read once."""

    def __init__(self, entry: Entry, evidence: Evidence, config: Config) -> None:
        self._evidence = evidence
        self._handles = {ref.id: ref.handle for ref in entry.front_matter.runs}
        self._look = cache(lambda path, size, sha256: look(config, path, size, sha256))

    @property
    def names(self) -> tuple[str, ...]:
        """The blocks that have evidence."""
        others = {VALUES: self._evidence.citations, PREDICTIONS: self._evidence.predictions}
        return tuple(dict.fromkeys([*self._evidence.blocks, *(name for name, held in others.items() if held)]))

    def cells(self, name: str) -> Iterator[TracedCell]:
        """The cells of a block, or of what goes by its name."""
        block = self._evidence.blocks.get(name)
        for cell in block.cells if block is not None else ():
            yield TracedCell(name, f"{cell.row}, {cell.column}", cell, self._calls(cell.calls, block))
        if name == VALUES:
            for label, cited in self._evidence.citations.items():
                for cell in cited.cells:
                    yield TracedCell(name, label, cell, self._calls(cell.calls, cited))
        if name == PREDICTIONS:
            for prediction in self._evidence.predictions:
                yield self._prediction(prediction)

    def _prediction(self, prediction: PredictionEvidence) -> TracedCell:
        state = CellState.PENDING if prediction.value is None else CellState.VALUE
        cell = CellEvidence(
            row=prediction.claim, column="", expression=prediction.expect, state=state, value=prediction.value
        )
        return TracedCell(PREDICTIONS, prediction.claim, cell, self._calls(prediction.parts, None), prediction)

    def _calls(self, calls: Sequence[CallEvidence], block: BlockEvidence | None) -> tuple[TracedCall, ...]:
        return tuple(self._call(call, {} if block is None else block.runs) for call in calls)

    def _call(self, call: CallEvidence, sums: Mapping[str, str]) -> TracedCall:
        run = self._evidence.runs.get(call.run) if call.run is not None else None
        handle = self._handles.get(call.run) if call.run is not None else None
        judgement = self._evidence.verdicts.get(call.run) if call.run is not None else None
        if run is None:
            return TracedCall(call, handle, None, (), judgement=judgement)
        origins = [part.origin for part in run.segments] if run.segments else [run.origin]
        files = (TracedFile(each, self._now(each)) for each in origins)
        then = sums.get(call.run or "", run.origin.sha256)
        filled_from = None if then == run.origin.sha256 else then
        return TracedCall(call, handle, run, tuple(files), filled_from, judgement)

    def _now(self, origin: Origin) -> Now:
        if origin.is_online or origin.extract:
            return Now.APART
        return self._look(origin.path, origin.bytes, origin.sha256)


def look(config: Config, path: str, size: int, sha256: str) -> Now:
    """How a file stands to the bytes that were read from it.

    Args:
        config: The journal.
        path: The file as evidence names it: relative to the journal, or a run folder's name and below.
        size: Bytes that were read.
        sha256: Their sum, in hexadecimal.
    """
    places = _places(config, path)
    for place in places:
        try:
            if place.is_file():
                return _compared(place, size, sha256)
        except OSError:
            return Now.UNREADABLE
    return Now.ABSENT if places and _is_ours(config, path) else Now.UNKNOWN


def _places(config: Config, path: str) -> list[Path]:
    """Where a file can lie; nowhere, if its path leads out of the folders that hold runs."""
    pure = PurePosixPath(path)
    if pure.is_absolute() or ".." in pure.parts:
        return []
    outside = [folder for folder in config.runs if not folder.resolve().is_relative_to(config.root)]
    return [config.root / pure, *(folder / pure for folder in outside)]


def _is_ours(config: Config, path: str) -> bool:
    """Whether a path begins like something in the journal, and not with the name of a run folder elsewhere."""
    first = PurePosixPath(path).parts[:1]
    inside = [PurePosixPath(folder).parts[:1] for folder in config.settings.runs]
    return first in inside or (config.root / path).parent.is_dir()


def _compared(file: Path, size: int, sha256: str) -> Now:
    """Whether a file begins with so many bytes of that sum."""
    total = hashlib.sha256()
    with file.open("rb") as stream:
        left = size
        while left and (chunk := stream.read(min(left, _CHUNK))):
            total.update(chunk)
            left -= len(chunk)
        more = bool(stream.read(1))
    if left or total.hexdigest() != sha256:
        return Now.OTHER
    return Now.GROWN if more else Now.SAME


def _no_cells(name: str, entry: Entry, evidence: Evidence, names: Sequence[str]) -> BlockError:
    """Why there is nothing to follow under a name."""
    if name in evidence.blocks:
        return BlockError(f"block {name!r} shows no numbers", hint=f"others: {_listed(names)}", path=entry.path)
    line = next((block.line for block in entry.blocks if block.name == name), None)
    if line is not None:
        hint = f"run `journal fill-results {entry.id}`"
        return BlockError(f"block {name!r} has not been filled", hint=hint, path=entry.path, line=line)
    hint = f"there are: {_listed(names)}" if names else f"none is filled yet: run `journal fill-results {entry.id}`"
    return BlockError(f"there is no block {name!r} with numbers", hint=hint, path=entry.path)


def _listed(names: Iterable[str]) -> str:
    each = list(dict.fromkeys(names))
    more = [f"and {len(each) - _MOST_LISTED} more"] if len(each) > _MOST_LISTED else []
    return "; ".join([*each[:_MOST_LISTED], *more]) or "none"
