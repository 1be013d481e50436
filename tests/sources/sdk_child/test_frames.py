from __future__ import annotations

import math
import os
import threading
import time
from contextlib import suppress
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from journal.sources.sdk_child.frames import Frames

if TYPE_CHECKING:
    from collections.abc import Iterator

values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=8,
)


class Pair:
    """Two that talk, and the descriptors between them."""

    def __init__(self) -> None:
        here, to_there = os.pipe()
        there, to_here = os.pipe()
        self.one, self.other = Frames(here, to_here), Frames(there, to_there)
        self.to_one, self.to_other = to_there, to_here
        self.open = [here, to_there, there, to_here]


@pytest.fixture
def pair() -> Iterator[Pair]:
    pair = Pair()
    yield pair
    for descriptor in pair.open:
        with suppress(OSError):
            os.close(descriptor)


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(sent=st.lists(values, min_size=1, max_size=3))
def test_what_is_sent_comes_out_in_order(pair: Pair, sent: list[object]) -> None:
    for each in sent:
        pair.one.send(each)
    assert [pair.other.receive(1) for _ in sent] == sent


def test_numbers_that_are_none_stay_what_they_are(pair: Pair) -> None:
    pair.one.send([math.nan, math.inf, -math.inf])
    first, *rest = pair.other.receive(1)
    assert math.isnan(first)
    assert rest == [math.inf, -math.inf]


def test_a_frame_may_be_larger_than_the_pipe(pair: Pair) -> None:
    large = ["x" * 1000] * 3000
    sender = threading.Thread(target=pair.one.send, args=(large, 5))
    sender.start()
    assert pair.other.receive(5) == large
    sender.join()


def test_a_frame_that_comes_late_is_not_lost(pair: Pair) -> None:
    os.write(pair.to_other, b"\0\0\0\x04tr")
    with pytest.raises(TimeoutError):
        pair.other.receive(0.01)
    os.write(pair.to_other, b"ue")
    assert pair.other.receive(1) is True


def test_time_is_for_the_whole_frame(pair: Pair) -> None:
    stop = threading.Event()

    def trickle() -> None:
        os.write(pair.to_other, b"\0\0\x01\0")
        while not stop.wait(0.01):
            os.write(pair.to_other, b"1")

    feeder = threading.Thread(target=trickle)
    begun = time.monotonic()
    feeder.start()
    with pytest.raises(TimeoutError):
        pair.other.receive(0.1)
    assert time.monotonic() - begun < 1
    stop.set()
    feeder.join()


def test_nobody_waits_for_one_who_does_not_read(pair: Pair) -> None:
    with pytest.raises(TimeoutError):
        pair.one.send("x" * 10**6, 0.05)


def test_the_end_of_the_other_side_is_noticed(pair: Pair) -> None:
    os.close(pair.to_one)
    with pytest.raises(EOFError):
        pair.one.receive(1)
    os.close(pair.open[2])
    with pytest.raises(BrokenPipeError):
        pair.one.send("anybody?", 1)
