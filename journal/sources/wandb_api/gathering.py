"""Pages of rows gathered into the whole of a history, and the arrays that it is kept as."""

from __future__ import annotations

import json
from collections import Counter
from hashlib import blake2b
from typing import TYPE_CHECKING, Any

import numpy as np

from journal.sources.wandb_api.rows import PageColumns
from journal.sources.wandb_log.history import Cells

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from numpy.typing import NDArray

    Arrays = dict[str, NDArray[Any]]
    Kept = Callable[[str], NDArray[Any] | None]


class Gathered:
    """All rows of a run up to some step, page by page.

    Attributes:
        rows: How many there are.
        next: The step behind them.
        numbers: The number of each metric, by which its arrays are named.
        inexact: How many whole numbers of each metric no float equals.
    """

    def __init__(self) -> None:
        self.rows = 0
        self.next = 0
        self.numbers: dict[str, int] = {}
        self.inexact: Counter[str] = Counter()
        self._pages: list[PageColumns] = []

    @classmethod
    def restored(cls, told: Mapping[str, Any], kept: Kept) -> Gathered | None:
        """What `told` and `arrays` gave, or None where they do not belong together.

        Args:
            told: As `told` gave it.
            kept: Gives an array by its name; None if it is gone.
        """
        steps, times = kept_rows(told, kept)
        cells = {name: kept_cells(told, name, kept) for name in told["numbers"]}
        known = {name: found for name, found in cells.items() if found is not None}
        if steps is None or times is None or len(known) < len(cells):
            return None
        made = cls()
        made.numbers = dict(told["numbers"])
        made.add(PageColumns(steps, times, known, Counter(told["inexact"]), 0), told["next"])
        return made

    @property
    def pieces(self) -> int:
        """How many pages they came in."""
        return len(self._pages)

    @property
    def told(self) -> dict[str, Any]:
        """What belongs to the arrays, in JSON's types."""
        return {"rows": self.rows, "next": self.next, "numbers": dict(self.numbers), "inexact": dict(self.inexact)}

    def add(self, page: PageColumns, stop: int) -> None:
        """Take a page in; `stop` is the first step that it does not reach."""
        shift = np.uint32(self.rows)
        cells = {name: Cells(found.rows + shift, found.values) for name, found in page.cells.items()}
        for name in cells:
            self.numbers.setdefault(name, len(self.numbers))
        self._pages.append(page._replace(cells=cells))
        self.inexact.update(page.inexact)
        self.rows += len(page.steps)
        self.next = stop

    def arrays(self, since: int = 0) -> Arrays:
        """The arrays of all rows, or of what came behind so many pages."""
        pages = self._pages[since:]
        found: Arrays = {
            "steps": _joined((page.steps for page in pages), np.int64),
            "times": _joined((page.times for page in pages), np.float64),
        }
        for name, number in self.numbers.items():
            cells = [page.cells[name] for page in pages if name in page.cells]
            if cells:
                found[f"rows {number}"] = _joined((each.rows for each in cells), np.uint32)
                found[f"values {number}"] = _joined((each.values for each in cells), np.float64)
        return found

    def end(self, size: int) -> dict[str, tuple[NDArray[Any], NDArray[Any]]]:
        """The last so many rows: steps and times, and the cells of each metric that has any there."""
        arrays, row = self.arrays(), max(self.rows - size, 0)
        found = {"_step": (arrays["steps"][row:], arrays["times"][row:])}
        for name, number in self.numbers.items():
            rows, values = arrays[f"rows {number}"], arrays[f"values {number}"]
            at = int(np.searchsorted(rows, row))
            if at < len(rows):
                found[name] = rows[at:] - np.uint32(row), values[at:]
        return found

    def ends_as(self, other: Gathered) -> bool:
        """Whether its last rows are those of another, each cell of them."""
        mine, theirs = self.end(other.rows), other.end(other.rows)
        return mine.keys() == theirs.keys() and all(
            np.array_equal(rows, theirs[name][0]) and np.array_equal(values, theirs[name][1], equal_nan=True)
            for name, (rows, values) in mine.items()
        )


def kept_rows(told: Mapping[str, Any], kept: Kept) -> tuple[NDArray[np.int64] | None, NDArray[np.float64] | None]:
    """The steps and times that are kept, each None where they are not as many as was told."""
    if not told["rows"]:
        return np.zeros(0, np.int64), np.zeros(0)
    steps, times = (None if (found := kept(name)) is None else found for name in ("steps", "times"))
    return _as_many(steps, told["rows"]), _as_many(times, told["rows"])


def kept_cells(told: Mapping[str, Any], metric: str, kept: Kept) -> Cells | None:
    """The cells of a metric that are kept; None where they are not whole, or lie in other rows than there are."""
    number = told["numbers"][metric]
    rows, values = kept(f"rows {number}"), kept(f"values {number}")
    if rows is None or values is None or len(rows) != len(values) or (len(rows) and rows[-1] >= told["rows"]):
        return None
    return Cells(rows, values)


def sum_of(numbers: Mapping[str, int], arrays: Mapping[str, NDArray[Any]]) -> str:
    """What stands for the very rows, so that two histories are the same if it is."""
    found = blake2b(json.dumps(sorted(numbers.items())).encode("utf-8", "surrogatepass"), digest_size=16)
    for name in sorted(arrays):
        found.update(f"\n{name} {len(arrays[name])}\n".encode())
        found.update(np.ascontiguousarray(arrays[name]).data)
    return found.hexdigest()


def _as_many(found: NDArray[Any] | None, size: int) -> NDArray[Any] | None:
    return found if found is not None and len(found) == size else None


def _joined(arrays: Iterable[NDArray[Any]], kind: type[np.generic]) -> NDArray[Any]:
    return np.concatenate([np.zeros(0, kind), *arrays])
