"""The pages of the metrics that entries ask for or digests hold, and the tree of their names."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from journal.model.wording import counted
from journal.site.contents import METRICS, metric_page
from journal.site.here import Here
from journal.site.markup import UNKNOWN, code, page
from journal.site.sheet import Sheet
from journal.site.things import crossing, metric_history, name_tree
from journal.site.things.known_metrics import known_metrics
from journal.tables.markdown import plain

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from journal.site.abstract import RunAbstract
    from journal.site.contents import Contents
    from journal.site.things.known_metrics import KnownMetric

RUNS = ("run", "name", "started", "rows", "min", "max", "last", "entries")

MOST_RUNS = 150
"""Rows of the table of runs; each is read for it."""
OPEN = 120
"""Metrics that a group of the tree may hold to stand open."""


class Extremes(NamedTuple):
    """A metric of a run in brief."""

    n: int
    min: float | None
    max: float | None
    last: float | None


def sheets(contents: Contents) -> Iterator[Sheet]:
    """The page of each metric, and the list of their names."""
    base, marks = crossing.marks(contents)
    metrics = contents.once(known_metrics)
    extremes = _extremes(contents)
    cited = {key: len(found) for key, found in contents.citing.items()}
    told = {key: f"{run.sum} {cited.get(key, 0)}" for key, run in contents.runs.items()}
    for metric in metrics.values():
        runs = [told[run.key] for run in metric.runs[:MOST_RUNS]]
        made_of = (base, metric.name, [marks[each.path] for each in metric.entries], len(metric.runs), runs)
        yield Sheet(metric_page(metric.name), made_of, lambda metric=metric: render(metric, contents, extremes))  # type: ignore[misc]
    names = [(metric.name, len(metric.entries), len(metric.runs)) for metric in metrics.values()]
    yield Sheet(METRICS, (base, names), lambda: index(metrics, contents))


def _extremes(contents: Contents) -> Callable[[str], Mapping[str, Extremes]]:
    """Reads what the tables tell of the metrics of a run, once for all pages."""
    known: dict[str, Mapping[str, Extremes]] = {}

    def of(key: str) -> Mapping[str, Extremes]:
        if key not in known:
            digest = contents.digest(key)
            held = {} if digest is None else digest.metrics
            known[key] = {name: Extremes(each.n, each.min, each.max, each.last) for name, each in held.items()}
        return known[key]

    return of


def render(metric: KnownMetric, contents: Contents, extremes: Callable[[str], Mapping[str, Extremes]]) -> bytes:
    """The page of one metric.

    Args:
        metric: The metric.
        contents: The journal.
        extremes: Gives the metrics of a run in brief.
    """
    here = Here(metric_page(metric.name), contents)
    where = f"In {_counted(len(metric.entries), 'entry')} and {_counted(len(metric.runs), 'run')}."
    return page(
        metric.name,
        f'<p class="journal-left">{where}</p>',
        *metric_history.picture(metric, here, contents),
        *metric_history.numbers(metric, here, contents),
        *_runs(metric, here, contents, extremes),
        listing=True,
    )


def _counted(number: int, noun: str) -> str:
    return counted(number, noun) if number else f"no {noun}"


def _runs(
    metric: KnownMetric, here: Here, contents: Contents, extremes: Callable[[str], Mapping[str, Extremes]]
) -> list[str]:
    if not metric.runs:
        return []
    rows = [
        _run(run, extremes(run.key).get(metric.name, Extremes(0, None, None, None)), here, contents)
        for run in metric.runs[:MOST_RUNS]
    ]
    left = crossing.more(len(metric.runs) - MOST_RUNS, "runs", here, {"metric": metric.name})
    return ["## Runs", crossing.things("Runs", RUNS, rows, right=(3, 4, 5, 6, 7)), left]


def _run(run: RunAbstract, held: Extremes, here: Here, contents: Contents) -> list[str]:
    return [
        here.run(run.key, code(run.id)),
        plain(run.name or "") or UNKNOWN,
        crossing.time(run.started),
        f"{held.n:,}",
        *map(crossing.number, (held.min, held.max, held.last)),
        str(len(contents.citing.get(run.key, ()))),
    ]


def index(metrics: Mapping[str, KnownMetric], contents: Contents) -> bytes:
    """All names as a tree by their slashes, each with the entries and runs where it appears."""
    here = Here(METRICS, contents)

    def leaf(label: str, metric: KnownMetric) -> str:
        counts = f"{counted(len(metric.entries), 'entry')}, {counted(len(metric.runs), 'run')}"
        title = "" if label == metric.name else metric.name
        link = here.around(code(label), metric_page(metric.name), title=title)
        return f"{link} {crossing.aside(counts)}"

    def group(label: str, node: name_tree.Node[KnownMetric]) -> str:
        return f"{code(label)} <span>{counted(node.size, 'metric')}</span>"

    if not metrics:
        return page("Metrics", "No metrics yet: entries name them in their tables.", listing=True)
    root = name_tree.grown((name_tree.parts(metric.name, "/"), metric) for metric in metrics.values())
    return page("Metrics", "\n".join(name_tree.lines(root, "/", leaf, group, OPEN)), listing=True)
