"""Which curves a page shows, by what is known of entries and runs alone: cheap, no digest is read."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from journal.model.entry import Role

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from journal.site.abstract import Abstract, Number, Plot, RunAbstract

LIVE = 12
"""Figures of a page that have data of their own, and so may be live."""

MOST_ON_RUN = 60
MOST_WINDOWS = 4
MOST_LINES = 16

BASELINE_TONE = 0
TONES = 9
"""Colours: the baseline's, which nothing else has, and those of all other runs."""


class Shown(NamedTuple):
    """A run of a figure.

    Attributes:
        label: What the page calls it.
        key: Name of its digest's file without the suffix; None before the first fill.
        role: Its part in the comparison.
        tone: Number of its colour: the same for all figures of a page.
        dash: Number of its pattern of dashes; 0 is a solid line.
        sha256: Sum of the bytes that the page's numbers were taken from, where that is known.
    """

    label: str
    key: str | None
    role: str | None
    tone: int
    dash: int
    sha256: str | None = None


class Asked(NamedTuple):
    """A figure that a page shows: one metric of some runs.

    Attributes:
        number: Its place on the page, from 1.
        metric: The metric.
        title: What the page calls it.
        runs: The runs, in the order of the entry.
        windows: Steps that the entry's numbers used, to be shaded; empty where they used whole runs.
        crop: The steps to show; None for all.
        scale: `linear` or `log`.
        smooth: Weight of the exponential moving average; 0 without one.
        block: The plot block that asked for it.
        more_runs: Runs that there was no room for.
        more_windows: Windows that there was no room for.
    """

    number: int
    metric: str
    title: str
    runs: tuple[Shown, ...]
    windows: tuple[tuple[int, int], ...] = ()
    crop: tuple[int, int] | None = None
    scale: str = "linear"
    smooth: float = 0.0
    block: str | None = None
    more_runs: int = 0
    more_windows: int = 0


class Outline(NamedTuple):
    """A figure in brief: enough to know whether there is a picture of it."""

    metric: str
    keys: tuple[str | None, ...]


def is_dots(metric: str, keys: Iterable[str | None], runs: Mapping[str, RunAbstract]) -> bool:
    """Whether each run whose digest holds the metric logged one row of it, so that there is no curve to draw."""
    found = [runs[key] for key in keys if key is not None and key in runs and metric in runs[key].metrics]
    return bool(found) and all(metric in run.lone for run in found)


def outline(of: Abstract, known_runs: Mapping[str, RunAbstract]) -> tuple[Outline, ...]:
    """The figures of an entry in brief and in their order: what a build of thousands of entries asks of each."""
    if not of.numbers:
        return ()
    keys = {run.handle: run.key for run in of.runs}
    blocks = {plot.block for plot in of.plots}
    plotted = [Outline(metric, tuple(map(keys.get, plot.runs))) for plot in of.plots for metric in plot.metrics]
    known = {each.metric for each in plotted}
    found: dict[str, dict[str | None, None]] = {}
    for number in of.numbers:
        if number.metric not in known and not (blocks and _block_of(number.anchor) in blocks):
            found.setdefault(number.metric, {})[number.key] = None
    others = (Outline(metric, tuple(each)) for metric, each in found.items())
    return (*plotted, *(each for each in others if not is_dots(each.metric, each.keys, known_runs)))


def made_of(of: Abstract) -> tuple[object, ...]:
    """All that the figures of an entry come from, but for the digests: its words may change without them."""
    runs = [(run.handle, run.key, run.role, run.sha256) for run in of.runs]
    numbers = [(one.anchor, one.key, one.handle, one.metric, one.window, one.first, one.last) for one in of.numbers]
    return runs, numbers, of.plots


def of_entry(of: Abstract, known_runs: Mapping[str, RunAbstract]) -> tuple[Asked, ...]:
    """The figures of an entry: those of its plot blocks, then the other metrics of its numbers, in their order.

    Args:
        of: The entry.
        known_runs: What is known of runs, by key.
    """
    runs = _runs_of(of)
    own = chosen(of)
    figures = [each for plot in of.plots for each in _of_plot(plot, of, own, runs)]
    plotted = {each.metric for each in figures}
    others: dict[str, list[Number]] = {}
    for number in own:
        if number.metric not in plotted:
            others.setdefault(number.metric, []).append(number)
    for metric, numbers in others.items():
        if is_dots(metric, (number.key for number in numbers), known_runs):
            continue
        handles = {number.handle for number in numbers}
        shown = [run for handle, run in runs.items() if handle in handles]
        figures.append(_with_windows(_figure(metric, metric, shown), numbers))
    return tuple(each._replace(number=place) for place, each in enumerate(figures, 1))


def chosen(of: Abstract) -> list[Number]:
    """The numbers that an entry asks for itself: not those that every plot block has of its metrics."""
    blocks = {plot.block for plot in of.plots}
    return [number for number in of.numbers if _block_of(number.anchor) not in blocks]


def of_run(run: RunAbstract) -> tuple[Asked, ...]:
    """The figures of a run: every curve that its digest holds, as far as a page can hold them."""
    shown = Shown(run.name or run.id, run.key, None, 1, 0)
    metrics = curved(run)[:MOST_ON_RUN]
    return tuple(Asked(number, metric, metric, (shown,)) for number, metric in enumerate(metrics, 1))


def curved(run: RunAbstract) -> list[str]:
    """The metrics of a run of which it logged more than one row."""
    lone = frozenset(run.lone)
    return [metric for metric in run.metrics if metric not in lone]


def dots(of: Abstract, known_runs: Mapping[str, RunAbstract]) -> list[str]:
    """The metrics of an entry's numbers that have no figure, since its runs logged each once."""
    keys: dict[str, dict[str | None, None]] = {}
    for number in chosen(of):
        keys.setdefault(number.metric, {})[number.key] = None
    plotted = {metric for plot in of.plots for metric in plot.metrics}
    return [each for each, of_runs in keys.items() if each not in plotted and is_dots(each, of_runs, known_runs)]


def _of_plot(plot: Plot, of: Abstract, own: Sequence[Number], runs: Mapping[str, Shown]) -> Iterator[Asked]:
    called = dict(zip(plot.runs, plot.run_labels, strict=True))
    unknown = Shown("", None, None, 1, 0)
    shown = [runs.get(handle, unknown)._replace(label=called[handle]) for handle in plot.runs]
    for metric, title in zip(plot.metrics, plot.metric_labels, strict=True):
        crop = _crop(plot, [each for each in of.numbers if each.metric == metric])
        figure = _figure(metric, title, shown)._replace(
            crop=crop, scale=plot.scale, smooth=plot.smooth, block=plot.block
        )
        yield _with_windows(figure, [each for each in own if each.metric == metric and each.handle in called])


def _crop(plot: Plot, numbers: Sequence[Number]) -> tuple[int, int] | None:
    """The steps that a plot's window came to, over all of its runs."""
    used = [each for each in numbers if _block_of(each.anchor) == plot.block]
    first = [each.first for each in used if each.first is not None]
    last = [each.last for each in used if each.last is not None]
    return (min(first), max(last)) if plot.window != "all" and first and last else None


def _figure(metric: str, title: str, runs: Sequence[Shown]) -> Asked:
    return Asked(0, metric, title, tuple(runs[:MOST_LINES]), more_runs=max(0, len(runs) - MOST_LINES))


def _with_windows(figure: Asked, numbers: Iterable[Number]) -> Asked:
    """The figure with the windows of some numbers shaded; of one window that runs reach differently, what it spans."""
    reached: dict[str, set[tuple[int, int]]] = {}
    for each in numbers:
        if each.window != "all" and each.first is not None and each.last is not None:
            reached.setdefault(each.window, set()).add((each.first, each.last))
    found = sorted({span for spans in reached.values() for span in _joined(spans)})
    return figure._replace(windows=tuple(found[:MOST_WINDOWS]), more_windows=max(0, len(found) - MOST_WINDOWS))


def _joined(spans: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    """What one window came to on several runs, as few stretches."""
    found: list[tuple[int, int]] = []
    for first, last in sorted(spans):
        near = next((place for place, each in enumerate(found) if _alike(each, (first, last))), None)
        if near is None:
            found.append((first, last))
        else:
            found[near] = (min(first, found[near][0]), max(last, found[near][1]))
    return found


def _alike(one: tuple[int, int], other: tuple[int, int]) -> bool:
    """Whether two windows differ only in where the runs have rows: by less than a tenth of their length."""
    length = max(one[1] - one[0], other[1] - other[0])
    return all(abs(a - b) * 10 <= length for a, b in zip(one, other, strict=True))


def _block_of(anchor: str) -> str | None:
    """The block that a number stands in, by its anchor `cell.NAME.3`; None for a cited value."""
    name, _, _ = anchor.removeprefix("cell.").rpartition(".")
    return name if anchor.startswith("cell.") else None


def _runs_of(of: Abstract) -> dict[str, Shown]:
    """Every run of an entry by its handle, those of its front matter first, each with its colour."""
    roles = {run.handle: (run.key, run.role) for run in of.runs}
    for number in of.numbers:
        if number.handle not in roles or roles[number.handle][0] is None:
            roles[number.handle] = (number.key, roles.get(number.handle, (None, None))[1])
    sums = {run.handle: run.sha256 for run in of.runs}
    found, baselines, others = {}, 0, 0
    for handle, (key, role) in roles.items():
        if role == Role.BASELINE.value:
            found[handle] = Shown(handle, key, role, BASELINE_TONE, baselines, sums.get(handle))
            baselines += 1
        else:
            found[handle] = Shown(handle, key, role, others % (TONES - 1) + 1, others, sums.get(handle))
            others += 1
    return found
