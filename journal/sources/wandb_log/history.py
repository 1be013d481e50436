"""Rows of history gathered into one column per metric, each row at its step."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from journal.sources.wandb_log.rows import Role, RowCells
from journal.sources.wandb_log.values import INTERNAL, RUNTIME, STEP, TIMESTAMP

if TYPE_CHECKING:
    from collections.abc import Iterable

    import numpy.typing as npt

    from journal.sources.wandb_log.buffers import Floats, Ints
    from journal.sources.wandb_log.records import KeyPath
    from journal.sources.wandb_log.rows import Rows, Unread


class Cells(NamedTuple):
    """The numbers of one metric.

    Attributes:
        rows: The run's rows that have one, ascending.
        values: The numbers.
    """

    rows: npt.NDArray[np.uint32]
    values: Floats


class Pieces:
    """An array that arrives piece by piece."""

    def __init__(self, kind: type[np.generic]) -> None:
        self._kind = kind
        self._pieces: list[npt.NDArray[Any]] = []

    def append(self, piece: npt.NDArray[Any]) -> None:
        """Put a piece behind those that are there."""
        self._pieces.append(piece)

    def whole(self) -> npt.NDArray[Any]:
        """All pieces as one array."""
        if len(self._pieces) != 1:
            self._pieces = [np.concatenate([np.zeros(0, self._kind), *self._pieces])]
        return self._pieces[0]


class _CellPieces(NamedTuple):
    rows: Pieces
    values: Pieces


@dataclass
class History:
    """The columns of a run while its rows arrive.

    Attributes:
        wanted: Which metrics are kept, by display name; None for all.
        rows: Rows so far.
        last_step: Step of the last row; None before the first.
        numbered: Whether every row so far came with a step.
        seen: The paths of the metrics that are kept.
        inexact: How many whole numbers of each path are too large for a float, and were rounded.
    """

    wanted: frozenset[str] | None = None
    rows: int = 0
    last_step: int | None = None
    numbered: bool = True
    seen: set[KeyPath] = field(default_factory=set)
    inexact: Counter[KeyPath] = field(default_factory=Counter)
    _steps: Pieces = field(default_factory=lambda: Pieces(np.int64))
    _times: Pieces = field(default_factory=lambda: Pieces(np.float64))
    _cells: dict[KeyPath, _CellPieces] = field(default_factory=dict)

    def add(self, rows: Rows) -> list[Unread]:
        """Take rows in. Returns what cannot be read in them."""
        stretch = RowCells(rows, self._role)
        if stretch.size:
            steps = self._take_steps(stretch.given_steps)
            self._steps.append(steps)
            self._times.append(stretch.times)
            self._take_cells(stretch)
            self.rows += stretch.size
            self.last_step = int(steps[-1])
        return stretch.unread

    @property
    def steps(self) -> Ints:
        """The step of each row that was added."""
        return self._steps.whole()

    @property
    def times(self) -> Floats:
        """The wall time of each row that was added, in seconds since 1970; NaN where there is none."""
        return self._times.whole()

    @property
    def kept(self) -> Iterable[KeyPath]:
        """The paths of the metrics that are kept, in the order in which they were met."""
        return self._cells.keys()

    def cells(self, path: KeyPath) -> Cells:
        """The numbers of one metric in the rows that were added."""
        pieces = self._cells[path]
        return Cells(pieces.rows.whole(), pieces.values.whole())

    def _role(self, path: KeyPath) -> Role:
        """What a path is: nothing of interest, what may have a metric in it, a metric that is kept, a step or time."""
        if path == STEP:
            return Role.STEP
        if path == TIMESTAMP:
            return Role.TIME
        if path == RUNTIME or path[0] == INTERNAL:
            return Role.NOTHING
        name = ".".join(path)
        if self.wanted is None or name in self.wanted:
            return Role.ASKED
        return Role.AROUND if any(wanted.startswith(f"{name}.") for wanted in self.wanted) else Role.NOTHING

    def _take_steps(self, given: Ints) -> Ints:
        """The rows' steps: as given, else one more than the last. Steps never go back, as in `wandb sync`."""
        following = 0 if self.last_step is None else self.last_step + 1
        self.numbered = self.numbered and bool((given >= 0).all())
        if given[0] >= following and (np.diff(given) > 0).all():
            return given
        steps = []
        for step in given.tolist():
            steps.append(max(step, following))
            following = steps[-1] + 1
        return np.array(steps, np.int64)

    def _take_cells(self, stretch: RowCells) -> None:
        self.inexact.update(stretch.inexact)
        for path, rows, values in stretch.columns():
            self.seen.add(path)
            cells = self._cells.get(path)
            if cells is None:
                cells = self._cells[path] = _CellPieces(Pieces(np.uint32), Pieces(np.float64))
            cells.rows.append((rows + self.rows).astype(np.uint32))
            cells.values.append(values)
