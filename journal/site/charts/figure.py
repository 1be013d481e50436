"""A figure with its curves: what was asked for, and what the digests hold of it."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from journal.model.digest import MetricDigest, RunDigest
    from journal.site.charts.asked import Asked, Shown
    from journal.site.contents import Contents


_FEW = 8
_OUTER = 10  # of so many points one at either end does not count
_SQUEEZED = 0.05
_BETTER = 4


class Line(NamedTuple):
    """One run's curve.

    Attributes:
        shown: The run, as the page has it.
        id: The tracker's id of it, with entity and project where they are known.
        brief: What its digest holds of the metric: the curve, and numbers at full precision.
        is_other: Whether the digest was made of other bytes than the page's numbers: the run went on, say.
    """

    shown: Shown
    id: str
    brief: MetricDigest
    is_other: bool = False

    @property
    def steps(self) -> Sequence[int]:
        """Steps of the curve's points, ascending."""
        return self.brief.curve.steps

    @property
    def values(self) -> Sequence[float]:
        """The values at those steps."""
        return self.brief.curve.values


class Figure(NamedTuple):
    """One metric of some runs.

    Attributes:
        asked: What the page asks for.
        lines: The runs whose digest holds the metric.
        missing: The others.
    """

    asked: Asked
    lines: tuple[Line, ...]
    missing: tuple[Shown, ...]

    @property
    def is_empty(self) -> bool:
        """Whether there is no point to draw."""
        return not any(line.steps for line in self.lines)

    @property
    def span(self) -> tuple[int, int]:
        """The steps that it shows."""
        if self.asked.crop is not None:
            return self.asked.crop
        first = [line.brief.first_step for line in self.lines]
        return min(first), max(line.brief.last_step for line in self.lines)

    @property
    def shaded(self) -> tuple[tuple[int, int], ...]:
        """The windows that can be told from the rest: neither all that it shows, nor nothing or one end of it."""
        if not self.lines:
            return ()
        low, high = self.span
        reached = [(max(low, first), min(high, last), (first, last)) for first, last in self.asked.windows]
        ends = {(low, high), (low, low), (high, high)}
        return tuple(window for first, last, window in reached if first <= last and (first, last) not in ends)


def known(metric: str, keys: Iterable[str | None], contents: Contents) -> bool:
    """Whether a digest holds the metric for some run, so that there is a picture of it."""
    runs = contents.runs
    return any(key in runs and metric in runs[key].metrics for key in keys if key is not None)


def read(asked: Iterable[Asked], contents: Contents) -> tuple[Figure, ...]:
    """The figures with their curves; each digest is read once."""
    listed = tuple(asked)
    keys = dict.fromkeys(run.key for figure in listed for run in figure.runs if run.key is not None)
    digests = {key: contents.digest(key) for key in keys if key in contents.runs}
    return tuple(_read(each, digests) for each in listed)


def _read(asked: Asked, digests: dict[str, RunDigest | None]) -> Figure:
    lines, missing = [], []
    for run in asked.runs:
        digest = digests.get(run.key or "")
        if digest is None or asked.metric not in digest.metrics:
            missing.append(run)
            continue
        address = "/".join(part for part in (digest.entity, digest.project, digest.id) if part)
        is_other = run.sha256 not in {None, digest.origin.sha256}
        lines.append(Line(run, address, digest.metrics[asked.metric], is_other))
    if asked.block is None and _is_squeezed([value for line in lines for value in line.values]):
        asked = asked._replace(scale="log")  # nobody chose the other
    return Figure(asked, tuple(lines), tuple(missing))


def _is_squeezed(values: Sequence[float]) -> bool:
    """Whether a linear axis shows next to nothing of most points, and a log one much more of them.

    A loss that begins a hundred times as high as it goes on is like that.
    """
    found = sorted(values)
    if len(found) < _FEW or found[0] <= 0 or found[0] == found[-1]:
        return False
    outer = len(found) // _OUTER + 1
    low, high = found[outer - 1], found[-outer]
    along = high / found[-1] - low / found[-1]
    above = (math.log(high) - math.log(low)) / (math.log(found[-1]) - math.log(found[0]))
    return along < _SQUEEZED and above > _BETTER * along
