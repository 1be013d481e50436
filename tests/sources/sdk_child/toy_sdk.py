"""A toy of an SDK: it counts, sleeps, prints, dies and fails as it is asked to."""

from __future__ import annotations

import os
import sys
import time
from typing import TYPE_CHECKING, Any

from journal.sources.sdk_child.failures import Failure, Refusal
from journal.sources.sdk_child.serving import serve

if TYPE_CHECKING:
    from collections.abc import Iterator


class Desk:
    """Whoever answers: `starting` are the seconds that it takes to start."""

    service: int | None = None

    def __init__(self, host: str | None, starting: float) -> None:
        time.sleep(starting)
        self.host = host or "https://ada:secret@toy"

    def answers(self, ask: dict[str, Any]) -> Iterator[Any]:
        sys.stdout.write("whatever an SDK prints is no answer")
        for value in range(ask.get("count", 1)):
            time.sleep(ask.get("seconds", 0))
            if ask["ask"] == "die":
                sys.stderr.write("panic at http://ada:secret@toy")
                sys.stderr.flush()
                os._exit(3)
            if ask["ask"] == "refuse":
                raise Refusal(Failure(ask["kind"], "as it was asked to"))
            if ask["ask"] == "fail":
                raise ValueError(ask["kind"])
            yield f"{ask['ask']} {value}"


if __name__ == "__main__":
    serve(Desk, lambda error: Failure("said", str(error)))
