"""What can go wrong between the client and the test server, to be switched on and off while it runs."""

from __future__ import annotations

import json
import threading
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

LONGEST = 120.0
"""Seconds after which even a hang ends, so that no test leaves a thread behind."""


@dataclass
class Fault:
    """Something that befalls requests.

    Attributes:
        operation: Of what kind; None for all. Fetches are called `parquet` and `file`.
        left: How often it still comes; None for always.
        status: The status answered instead of 200.
        headers: What the answer's head says besides.
        body: The text answered instead of the data.
        wait: Seconds before anything is said.
        hang: Whether nothing is ever said.
        keep: How many bytes of the answer come before the connection ends.
        errors: A sentence answered as GraphQL's `errors`.
        null: `project` or `run`: what is null in the data.
    """

    operation: str | None = None
    left: int | None = None
    status: int | None = None
    headers: dict[str, str] = field(default_factory=dict)
    body: str | None = None
    wait: float = 0.0
    hang: bool = False
    keep: int | None = None
    errors: str | None = None
    null: str | None = None


class Faults:
    """The faults that are switched on. Each takes `operation` (None: every request) and `times` (None: always).

    Attributes:
        page_cap: Most rows that one page of history gives, whatever is asked for; they are spread evenly.
        repeats: Whether pages of live history also give rows that lie in parquet files.
        stuck: Whether every page of runs is the first one, with another to follow.
        before: Called with the name of each operation before it is answered, so that a run can grow meanwhile.
    """

    def __init__(self) -> None:
        self.page_cap: int | None = None
        self.repeats = False
        self.stuck = False
        self.before: Callable[[str], None] = _nothing
        self.released = threading.Event()
        self._on: list[Fault] = []
        self._lock = threading.Lock()

    def clear(self) -> None:
        """Switch all off, and let go whoever hangs."""
        self.page_cap, self.repeats, self.stuck, self.before = None, False, False, _nothing
        with self._lock:
            self._on.clear()
        self.released.set()
        self.released = threading.Event()

    def status(
        self, code: int, operation: str | None = None, *, times: int | None = None, retry_after: float | None = None
    ) -> None:
        """Answer with a status: 401, 403, 404, 429, 500, 502 and so on."""
        headers = {} if retry_after is None else {"Retry-After": f"{retry_after:g}"}
        body = json.dumps({"errors": [{"message": _SAID.get(code, "something went wrong")}]})
        self._add(Fault(operation, times, status=code, headers=headers, body=body))

    def slow(self, seconds: float, operation: str | None = None, *, times: int | None = None) -> None:
        """Answer late."""
        self._add(Fault(operation, times, wait=seconds))

    def hang(self, operation: str | None = None, *, times: int | None = None) -> None:
        """Take the request and never answer."""
        self._add(Fault(operation, times, hang=True))

    def drop(self, operation: str | None = None, *, keep: int = 20, times: int | None = None) -> None:
        """End the connection after so many bytes of the answer's body; the head promised all of them."""
        self._add(Fault(operation, times, keep=keep))

    def garbage(self, operation: str | None = None, *, text: str = "<html>moved", times: int | None = None) -> None:
        """Answer 200 with something else than JSON."""
        self._add(Fault(operation, times, body=text))

    def errors(self, message: str, operation: str | None = None, *, times: int | None = None) -> None:
        """Answer 200 with GraphQL's `errors`."""
        self._add(Fault(operation, times, errors=message))

    def null(self, what: str, operation: str | None = None, *, times: int | None = None) -> None:
        """Answer as if there were no such `project` or `run`."""
        self._add(Fault(operation, times, null=what))

    def take(self, operation: str) -> Fault:
        """What befalls one request; each fault that does is one less."""
        both = Fault()
        with self._lock:
            for fault in self._on:
                if fault.operation in {None, operation} and fault.left != 0:
                    fault.left = None if fault.left is None else fault.left - 1
                    both = _joined(both, fault)
        return both

    def _add(self, fault: Fault) -> None:
        with self._lock:
            self._on.append(fault)


_SAID = {
    401: "user is not logged in",
    403: "permission denied",
    404: "project not found",
    429: "rate limit exceeded",
    500: "internal server error",
    502: "bad gateway",
}


def _nothing(_: str) -> None:
    """What happens before an answer as long as no test says otherwise."""


def _joined(one: Fault, other: Fault) -> Fault:
    """Two faults at once: of each part that of the first which has it."""
    plain = Fault()
    names = ("status", "headers", "body", "wait", "hang", "keep", "errors", "null")
    return Fault(
        **{name: getattr(other if getattr(one, name) == getattr(plain, name) else one, name) for name in names}
    )
