"""How a run stands to the same run in another place: a folder and a server."""

from __future__ import annotations

from dataclasses import dataclass
from math import isnan
from typing import TYPE_CHECKING, Any, Protocol

from journal.model.run import RunState
from journal.model.wording import counted, listed
from journal.sources.stated import MEDIA_MARK, stated_number

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from journal.model.run import Metric

_SHOWN = 3
_HERE = "here"


@dataclass(frozen=True)
class Gist:
    """What of a run is compared with the same run elsewhere.

    Attributes:
        rows: Logged points.
        first_step: Step of the first row; None if there is none, or it is not known.
        last_step: Step of the last row; None likewise.
        state: How the run ended.
        counts: How many numeric rows each metric has, NaN and infinities counted; None if that is not known.
        summary: The tracker's own summary.
    """

    rows: int
    first_step: int | None
    last_step: int | None
    state: RunState
    counts: Mapping[str, int] | None
    summary: Mapping[str, Any]


class _Opened(Protocol):
    @property
    def gist(self) -> Gist | None: ...
    @property
    def rows(self) -> int: ...
    @property
    def first_step(self) -> int | None: ...
    @property
    def last_step(self) -> int | None: ...
    @property
    def state(self) -> RunState: ...
    @property
    def metrics(self) -> Sequence[Metric]: ...
    @property
    def summary(self) -> dict[str, Any]: ...


def gist_of(run: _Opened) -> Gist:
    """The gist of an opened run, read with all its metrics unless its source knows it without.

    Raises:
        CorruptLog: Nothing of the run can be read.
        SourceUnavailable: Its files are gone, or may not be read.
    """
    if run.gist is not None:
        return run.gist
    return Gist(
        rows=run.rows,
        first_step=run.first_step,
        last_step=run.last_step,
        state=run.state,
        counts={metric.name: metric.n + metric.nonfinite for metric in run.metrics},
        summary=run.summary,
    )


def differences(here: Gist, there: Gist, there_is: str) -> tuple[str, ...]:
    """In words, each thing that is otherwise there; nothing where all agree.

    What only one side knows is no difference: an unknown state or step, counts that are None, an empty summary.

    Args:
        here: The run whose numbers are used.
        there: The same run in the other place.
        there_is: Where that is, as the words end: `on the server`, `in the folder`, or just `there`.
    """
    return (
        *_states(here, there, there_is),
        *_row_counts(here, there, there_is),
        *_spans(here, there, there_is),
        *_metrics(here.counts, there.counts, there_is),
        *_summaries(here.summary, there.summary, there_is),
    )


def _states(here: Gist, there: Gist, there_is: str) -> Iterator[str]:
    if here.state != there.state and RunState.UNKNOWN not in (here.state, there.state):
        yield f"its state is {there.state} {there_is} and {here.state} {_HERE}"


def _row_counts(here: Gist, there: Gist, there_is: str) -> Iterator[str]:
    if here.rows != there.rows:
        most, few = max(here.rows, there.rows), min(here.rows, there.rows)
        verb = "is" if most - few == 1 else "are"
        yield f"{most - few:,} of {counted(most, 'row')} {verb} missing {there_is if there.rows == few else _HERE}"


def _spans(here: Gist, there: Gist, there_is: str) -> Iterator[str]:
    """The first and last steps, as far as both sides know them."""
    first, last = _shift(here.first_step, there.first_step), _shift(here.last_step, there.last_step)
    if here.rows == there.rows and first == last and first:
        way = "later" if first > 0 else "earlier"
        spans = f"{there.first_step} to {there.last_step}, not {here.first_step} to {here.last_step}"
        yield f"its rows are {counted(abs(first), 'step')} {way} {there_is}: {spans}"
        return
    if first:
        yield f"its first step is {there.first_step} {there_is} and {here.first_step} {_HERE}"
    if last:
        yield f"its last step is {there.last_step} {there_is} and {here.last_step} {_HERE}"


def _shift(here: int | None, there: int | None) -> int | None:
    return None if here is None or there is None else there - here


def _metrics(here: Mapping[str, int] | None, there: Mapping[str, int] | None, there_is: str) -> Iterator[str]:
    if here is None or there is None:
        return
    ours, theirs = ({name: rows for name, rows in counts.items() if rows} for counts in (here, there))
    yield from _absent("metric", ours.keys() - theirs.keys(), there_is)
    yield from _absent("metric", theirs.keys() - ours.keys(), _HERE)
    other = sorted(name for name in ours.keys() & theirs.keys() if ours[name] != theirs[name])
    for name in other[:_SHOWN]:
        yield f"metric {name} has {counted(theirs[name], 'row')} {there_is} and {ours[name]:,} {_HERE}"
    if rest := len(other[_SHOWN:]):
        yield f"{counted(rest, 'more metric')} {'has' if rest == 1 else 'have'} other row counts {there_is}"


def _summaries(here: Mapping[str, Any], there: Mapping[str, Any], there_is: str) -> Iterator[str]:
    ours, theirs = dict(_leaves(here)), dict(_leaves(there))
    if not ours or not theirs:
        return
    other = sorted(name for name in ours.keys() & theirs.keys() if not _same(ours[name], theirs[name]))
    for name in other[:_SHOWN]:
        yield f"summary {name} is {_spelt(theirs[name])} {there_is} and {_spelt(ours[name])} {_HERE}"
    if rest := len(other[_SHOWN:]):
        yield f"{counted(rest, 'more summary value')} {'differs' if rest == 1 else 'differ'} {there_is}"
    yield from _absent("summary", ours.keys() - theirs.keys(), there_is)
    yield from _absent("summary", theirs.keys() - ours.keys(), _HERE)


def _leaves(tree: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, float]]:
    """The numbers of a summary by dotted name, without the tracker's own keys and media."""
    if prefix and isinstance(tree.get(MEDIA_MARK), str):
        return
    for key, value in tree.items():
        if key.startswith("_"):
            continue
        if isinstance(value, dict):
            yield from _leaves(value, f"{prefix}{key}.")
        elif (found := stated_number(value)) is not None:
            yield f"{prefix}{key}", found


def _same(one: float, other: float) -> bool:
    return one == other or (isnan(one) and isnan(other))


def _spelt(value: float) -> str:
    """Every digit, and no `.0` behind a whole number."""
    return repr(value).removesuffix(".0")


def _absent(kind: str, names: set[str], where: str) -> Iterator[str]:
    """The things of a kind that are missing somewhere: the first by name, and how many more."""
    if names:
        plural = "" if len(names) == 1 or kind == "summary" else "s"
        yield f"{kind}{plural} {listed(sorted(names), _SHOWN)} {'is' if len(names) == 1 else 'are'} missing {where}"
