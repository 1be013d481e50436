"""The scalars of event files: all of them, none sampled, in the order they were written."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, NamedTuple

from journal.sources.tensorboard_files.events import DOUBLE, FLOAT, SCALARS, STEP, TIME, Event, Value, parse_event
from journal.sources.wire import ONE_BYTE, WireError

if TYPE_CHECKING:
    from collections.abc import Iterable

_STEP_AT = 1 + DOUBLE.size
_MOST_TEMPLATES = 1 << 14
_PROBES = (b"\x01\x02\x03\x04", b"\xfb\xfc\xfd\xfe")
_BITS = 64


class Point(NamedTuple):
    """One scalar: where its event begins in its file, its step, its wall time and its value."""

    at: int
    step: int
    time: float
    value: float


class Restart(NamedTuple):
    """A session that starts anew: where its event begins in its file, and the step from which on it counts."""

    at: int
    step: int


@dataclass
class Scalars:
    """What one event file holds.

    Attributes:
        points: The scalars of each tag, in file order.
        restarts: Where sessions start, in file order.
        hyperparameters: Those that the sessions began with, the later over the earlier.
        broken: Where events begin that match their sums and are no events all the same.
        refused: Where events begin that hold a scalar in a way that is not read.
        began: Wall time of the first event that has one.
    """

    points: dict[str, list[Point]] = field(default_factory=dict)
    restarts: list[Restart] = field(default_factory=list)
    hyperparameters: dict[str, Any] = field(default_factory=dict)
    broken: list[int] = field(default_factory=list)
    refused: list[int] = field(default_factory=list)
    began: float | None = None


def read_scalars(content: bytes, spans: Iterable[tuple[int, int]], plugins: dict[str, str]) -> Scalars:
    """The scalars of a file.

    Args:
        content: The file.
        spans: Where the events begin and end.
        plugins: The plugin that each tag is for, as the first event of the run that names one says; added to.
    """
    found = Scalars()
    templates = _Templates()
    time, number = DOUBLE.unpack_from, FLOAT.unpack_from
    for start, end in spans:
        behind, step = _leading_step(content, start, end)
        for cut, known in templates.of_length(end - behind):
            points = known.get(content[behind : behind + cut] + content[behind + cut + FLOAT.size : end])
            if points is not None:
                points.append(Point(start, step, time(content, start + 1)[0], number(content, behind + cut)[0]))
                break
        else:
            event = _take(found, content, start, end, plugins)
            if behind and event is not None and event.step == step:
                templates.learn(content[behind:end], event, _points_of(found, event, start))
    return found


class _Templates:
    """What was learnt of events, so that their like need not be parsed again.

    Most events of a training differ from an earlier one in time, step and the four bytes of one number alone. Where
    these bytes stand, and that nothing hangs on them, is tried when an event is parsed; then it holds for all events
    with the same other bytes.
    """

    def __init__(self) -> None:
        self._left = _MOST_TEMPLATES
        self._by_length: dict[int, list[tuple[int, dict[bytes, list[Point]]]]] = {}

    def of_length(self, length: int) -> Iterable[tuple[int, dict[bytes, list[Point]]]]:
        """For what stands behind the step: where its number can be, and the points by all the other bytes."""
        return self._by_length.get(length, ())

    def learn(self, rest: bytes, event: Event, points: list[Point] | None) -> None:
        """Learn from an event with one value, of which `rest` stands behind the step, and whose point was added."""
        cut = _place_of_number(rest, event)
        if cut is None or points is None or not self._left:
            return
        self._left -= 1
        places = self._by_length.setdefault(len(rest), [])
        known = next((known for place, known in places if place == cut), None)
        if known is None:
            known = {}
            places.append((cut, known))
        known[rest[:cut] + rest[cut + FLOAT.size :]] = points


def _points_of(found: Scalars, event: Event, start: int) -> list[Point] | None:
    """The points to which the one of an event was added."""
    points = found.points.get(event.values[0].tag) if len(event.values) == 1 else None
    return points if points and points[-1].at == start else None


def _place_of_number(rest: bytes, event: Event) -> int | None:
    """Where the four bytes stand that the one value of an event is, and on which nothing else hangs."""
    if len(event.values) != 1 or event.restarts or event.hyperparameters is not None:
        return None
    raw = event.values[0].raw
    if raw is None or len(raw) != FLOAT.size:
        return None
    cut = rest.rfind(raw)
    return cut if cut >= 0 and all(_says_only(rest, cut, event.values[0], probe) for probe in _PROBES) else None


def _says_only(rest: bytes, cut: int, value: Value, probe: bytes) -> bool:
    """Whether other bytes at this place change the number, and nothing else."""
    try:
        changed = parse_event(rest[:cut] + probe + rest[cut + len(probe) :])
    except WireError:
        return False
    return changed == Event(values=[replace(value, raw=probe)])


def _leading_step(content: bytes, start: int, end: int) -> tuple[int, int]:
    """Where the step ends in an event that begins with time and step, and the step; 0 twice if it begins otherwise."""
    at = start + _STEP_AT
    if end <= at or content[start] != TIME:
        return 0, 0
    if content[at] != STEP:
        return at, 0
    number = shift = 0
    while at + 1 < end and shift < _BITS - 1:
        at += 1
        number |= (content[at] & 0x7F) << shift
        if content[at] < ONE_BYTE:
            return at + 1, number
        shift += 7
    return 0, 0  # negative ones are left to the parser


def _take(found: Scalars, content: bytes, start: int, end: int, plugins: dict[str, str]) -> Event | None:
    """Add what an event says; None if it is none."""
    try:
        event = parse_event(content[start:end])
    except WireError:
        found.broken.append(start)
        return None
    if found.began is None and event.time > 0:
        found.began = event.time
    if event.restarts:
        found.restarts.append(Restart(start, event.step))
    found.hyperparameters |= event.hyperparameters or {}
    for value in event.values:
        if value.plugin:
            plugins.setdefault(value.tag, value.plugin)
        if value.raw is None:
            found.refused.append(start)
        elif value.is_simple or plugins.get(value.tag, SCALARS) == SCALARS:
            found.points.setdefault(value.tag, []).append(Point(start, event.step, event.time, value.number))
    return event
