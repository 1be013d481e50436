"""One metric for a run's digest: what tells the column from another, and a curve of few points that keeps its extremes.

Curves are thinned by M4: the rows are cut into stretches of as many rows each, and of each stretch the first, last,
smallest and largest stay. So the extremes are kept by rule, and a line drawn at as many pixels as there are stretches
is the line of all rows. Largest-triangle (LTTB) has no such rule; of many spikes it keeps more at as many points, in
three times the time (measured in this repository's own journal).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from journal.model.digest import Curve, MetricDigest

if TYPE_CHECKING:
    from collections.abc import Mapping

    import numpy as np
    import numpy.typing as npt

    from journal.model.run import Column

LEAST = 4
"""Points of the smallest curve: first, last, smallest and largest."""

_SHOWN_NONFINITE = 5
_MOST = 1000
_POINT_BYTES = 12
_FRAME_BYTES = 80


class Rows(NamedTuple):
    """The finite rows of a metric."""

    steps: npt.NDArray[np.int64]
    values: npt.NDArray[np.float64]


def brief(column: Column) -> tuple[MetricDigest, Rows]:
    """A column of at least one row without its curve, and the rows that a curve can be made of."""
    steps, values = column.steps.to_numpy(), column.values.to_numpy()
    finite = column.values.is_finite().to_numpy()
    rows = Rows(steps[finite], values[finite])
    known = rows.values.size > 0
    digest = MetricDigest(
        n=rows.values.size,
        nonfinite=values.size - rows.values.size,
        nonfinite_steps=tuple(steps[~finite][:_SHOWN_NONFINITE].tolist()),
        first_step=int(steps[0]),
        last_step=int(steps[-1]),
        min=float(rows.values.min()) if known else None,
        max=float(rows.values.max()) if known else None,
        last=float(rows.values[-1]) if known else None,
    )
    return digest, rows


def curve(rows: Rows, points: int) -> Curve:
    """A curve of no more points than asked for; none where those are too few for the rows.

    Args:
        rows: The finite rows.
        points: Most points there may be; those that fill no whole stretch of four are left over.

    Returns:
        All rows where they are so few, else those that M4 chooses; the first, last, smallest and largest are among
        them. Values are rounded to seven significant digits, which no picture tells from all of them.
    """
    steps, values = rows
    if values.size > points:
        if points < LEAST:
            return Curve()
        kept = _chosen(values, points - points % LEAST)
        steps, values = steps[kept], values[kept]
    return Curve(steps=tuple(steps.tolist()), values=tuple(float(f"{value:.7g}") for value in values.tolist()))


def curves_in(room: int, rows: Mapping[str, Rows]) -> dict[str, Curve]:
    """A curve of each metric, all of as many points as there is room for, and of no more than a thousand.

    Args:
        room: Bytes that they may take in the file of a digest, together.
        rows: The finite rows of each metric.

    Returns:
        The curves; none at all where there is not room for the smallest of each.
    """
    room -= _FRAME_BYTES * len(rows)
    points = _share([each.values.size for each in rows.values()], room // _POINT_BYTES)
    while points >= LEAST:
        curves = {name: curve(each, points) for name, each in rows.items()}
        taken = sum(_length(each) for each in curves.values())
        if taken <= room:
            return curves
        points = min(points - LEAST, points * room // taken)
    return {}


def _share(wanted: list[int], room: int) -> int:
    """The most points that each curve may have, where those that want fewer leave the rest to the others."""
    for place, number in enumerate(sorted(wanted)):
        share = room // (len(wanted) - place)
        if number > share:
            return min(share, _MOST)
        room -= number
    return _MOST


def _length(curve: Curve) -> int:
    """Bytes that the numbers of a curve take in the file."""
    import orjson

    return len(orjson.dumps(curve.steps)) + len(orjson.dumps(curve.values))


def _chosen(values: npt.NDArray[np.float64], points: int) -> npt.NDArray[np.uint64]:
    """The places of the values that M4 keeps, ascending, each once."""
    import numpy as np
    from tsdownsample import M4Downsampler

    sampler = M4Downsampler()  # type: ignore[no-untyped-call]
    places: npt.NDArray[np.uint64] = np.unique(sampler.downsample(np.ascontiguousarray(values), n_out=points))
    return places
