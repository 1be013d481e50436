"""Frames over pipes: how the journal and the process that holds an SDK talk.

A frame is a JSON value, and before it its length in four bytes. NaN and Infinity stay what they are.
"""

from __future__ import annotations

import json
import os
import select
import struct
import time
from typing import Any

_LENGTH = struct.Struct(">I")
_PIECE = 1 << 20


class Frames:
    """Both directions of a conversation.

    Args:
        incoming: Descriptor of the pipe that is read.
        outgoing: Descriptor of the pipe that is written.
    """

    def __init__(self, incoming: int, outgoing: int) -> None:
        self._incoming = incoming
        self._outgoing = outgoing
        self._come = bytearray()
        os.set_blocking(outgoing, False)

    def send(self, frame: Any, seconds: float | None = None) -> None:
        """Write one value.

        Args:
            frame: What JSON can say.
            seconds: How long the other side may take to make room; for ever if None.

        Raises:
            OSError: The other side has gone.
            TimeoutError: It did not read in time.
        """
        body = json.dumps(frame).encode()
        rest = memoryview(_LENGTH.pack(len(body)) + body)
        until = _until(seconds)
        while rest:
            _wait(self._outgoing, select.POLLOUT, until)
            rest = rest[os.write(self._outgoing, rest[:_PIECE]) :]

    def receive(self, seconds: float | None = None) -> Any:
        """Read one value.

        Args:
            seconds: How long it is waited for; for ever if None.

        Raises:
            EOFError: The other side has gone.
            TimeoutError: It was not there, as a whole, in time.
        """
        until = _until(seconds)
        self._wait_for(_LENGTH.size, until)
        (length,) = _LENGTH.unpack_from(self._come)
        end = _LENGTH.size + length
        self._wait_for(end, until)
        body = bytes(self._come[_LENGTH.size : end])
        del self._come[:end]
        return json.loads(body)

    def _wait_for(self, count: int, until: float | None) -> None:
        """Have so many bytes in `_come`; where the time is over they stay there, so nothing is out of step."""
        while len(self._come) < count:
            _wait(self._incoming, select.POLLIN, until)
            piece = os.read(self._incoming, _PIECE)
            if not piece:
                raise EOFError
            self._come += piece


def _until(seconds: float | None) -> float | None:
    return None if seconds is None else time.monotonic() + seconds


def _wait(descriptor: int, event: int, until: float | None) -> None:
    """Wait until a descriptor is ready, or its other end is gone. `poll`, for it knows no highest descriptor."""
    poll = select.poll()
    poll.register(descriptor, event)
    left = None if until is None else max(0.0, until - time.monotonic()) * 1000
    if not poll.poll(left):
        raise TimeoutError
