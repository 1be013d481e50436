"""The scalars of an event file are those that TensorBoard's own reader finds, whatever the events look like."""

from __future__ import annotations

import math
from struct import pack
from typing import TYPE_CHECKING, Any

from event_writer import record
from hypothesis import given, settings
from hypothesis import strategies as st

from journal.sources.tensorboard_files.events import parse_event
from journal.sources.tensorboard_files.records import read_records
from journal.sources.tensorboard_files.scalars import Scalars, read_scalars

if TYPE_CHECKING:
    import pytest

    from journal.sources.tensorboard_files.events import Event as ParsedEvent

STEPS = st.integers(-(1 << 63), (1 << 63) - 1) | st.integers(0, 300)
TIMES = st.floats(width=64) | st.just(0.0)
NUMBERS = st.floats(width=32)


def scalars_in(events: list[bytes]) -> Scalars:
    content = b"".join(map(record, events))
    return read_scalars(content, read_records(content).spans, {})


@st.composite
def events(draw: st.DrawFn) -> tuple[list[Any], list[tuple[str, int, float, float]]]:
    """Events as TensorBoard writes them, and the scalars in them."""
    from tensorboard.compat.proto.event_pb2 import Event
    from tensorboard.util import tensor_util

    made, expected = [], []
    for _ in range(draw(st.integers(1, 12))):
        event = Event(step=draw(STEPS), wall_time=draw(TIMES))
        for _ in range(draw(st.integers(0, 2)) or 1):
            tag, number = draw(st.sampled_from(["a", "b", "train/lösung"])), draw(NUMBERS)
            value = event.summary.value.add(tag=tag)
            if draw(st.booleans()):
                value.simple_value = number
            else:
                value.tensor.CopyFrom(tensor_util.make_tensor_proto(number, dtype="float32", shape=()))
                value.metadata.plugin_data.plugin_name = "scalars"
            expected.append((tag, event.step, event.wall_time, number))
        made.append(event)
    return made, expected


@given(events())
@settings(max_examples=40, deadline=None)
def test_every_scalar_is_found_with_its_step_time_and_value(case: tuple[list[Any], list[Any]]) -> None:
    made, expected = case
    found = scalars_in([event.SerializeToString() for event in made])
    for tag in {name for name, *_ in expected}:
        points = [(point.step, point.time, point.value) for point in found.points[tag]]
        assert repr(points) == repr([tuple(rest) for name, *rest in expected if name == tag])
    assert set(found.points) == {name for name, *_ in expected}


def test_numbers_that_look_like_one_another_are_not_mixed_up() -> None:
    """The bytes of a number may stand elsewhere in an event too; it is learnt where the number itself is."""
    from tensorboard.compat.proto.event_pb2 import Event

    twin = pack("<f", 12.0).decode("latin-1").replace("\x00", "A")
    made = []
    for number, tag in enumerate([twin, "b", twin, "b", "c"]):
        event = Event(step=number, wall_time=1.0)
        event.summary.value.add(tag=tag, simple_value=number)
        event.summary.value[0].metadata.display_name = "x"
        made.append(event.SerializeToString())
    found = scalars_in(made)
    assert {tag: [(p.step, p.value) for p in points] for tag, points in found.points.items()} == {
        twin: [(0, 0.0), (2, 2.0)],
        "b": [(1, 1.0), (3, 3.0)],
        "c": [(4, 4.0)],
    }


def test_events_that_differ_in_time_step_and_number_alone_are_parsed_once(monkeypatch: pytest.MonkeyPatch) -> None:
    from tensorboard.compat.proto.event_pb2 import Event

    from journal.sources.tensorboard_files import scalars

    parsed: list[bytes] = []

    def noted(message: bytes) -> ParsedEvent:
        parsed.append(message)
        return parse_event(message)

    monkeypatch.setattr(scalars, "parse_event", noted)
    made = []
    for step in range(1, 100):
        event = Event(step=step, wall_time=1.0 + step)
        event.summary.value.add(tag="a", simple_value=step)
        made.append(event.SerializeToString())
    found = scalars_in(made)
    assert [point.value for point in found.points["a"]] == list(range(1, 100))
    assert len(parsed) == 3  # the first, and twice with another number in it


def test_what_is_no_event_is_counted_and_the_rest_is_read() -> None:
    from tensorboard.compat.proto.event_pb2 import Event

    event = Event(step=1, wall_time=2.0)
    event.summary.value.add(tag="a", simple_value=0.5)
    whole = event.SerializeToString()
    found = scalars_in([b"\xff\xff\xff", whole, whole[:-2]])
    assert [point.step for point in found.points["a"]] == [1]
    assert len(found.broken) == 2


def test_an_event_says_its_step_and_time_in_any_order() -> None:
    whole = b"\x10\x07" + b"\x09" + pack("<d", 1.5)
    event = parse_event(whole)
    assert (event.step, event.time, event.values) == (7, 1.5, [])
    assert math.isclose(parse_event(b"\x09" + pack("<d", 2.5)).time, 2.5)
