"""The process that holds an SDK: it answers frames on a pipe until that ends.

The SDK may print, prompt, hang or crash: nothing of that reaches the journal, which sees frames alone, and kills this
process when they do not come.
"""

from __future__ import annotations

import os
import queue
import signal
import threading
from contextlib import suppress
from typing import TYPE_CHECKING, Any, Protocol

from journal.sources.sdk_child.failures import Failure, Refusal, scrubbed
from journal.sources.sdk_child.frames import Frames
from journal.sources.sdk_child.session import clear_away

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    FailureOf = Callable[[Exception], Failure]


class Answering(Protocol):
    """Whoever knows the answers.

    Attributes:
        host: Address of the server that is asked.
        service: Number of the process that it started, if any.
    """

    host: str
    service: int | None

    def answers(self, ask: dict[str, Any]) -> Iterator[Any]:
        """The values that answer a question."""
        ...


def serve(make: Callable[..., Answering], failure_of: FailureOf) -> None:
    """Answer until standard input ends, which ends the process.

    Args:
        make: Takes what the session is begun with, and gives whoever knows the answers, or raises `Refusal`.
        failure_of: What an exception of the SDK tells.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    frames = _private_pipes()
    try:
        begin = frames.receive()
    except EOFError:
        return
    asked: queue.SimpleQueue[dict[str, Any]] = queue.SimpleQueue()
    made: list[Answering] = []
    listener = threading.Thread(target=_listen, args=(frames, asked, begin.pop("folder"), made), daemon=True)
    listener.start()
    with suppress(BrokenPipeError):
        _begin(frames, asked, lambda: make(**begin), made, failure_of)
    listener.join()  # it ends the process


def _private_pipes() -> Frames:
    """Take the pipes away from where the SDK, and what it starts, would read and print."""
    incoming, outgoing = os.dup(0), os.dup(1)
    null = os.open(os.devnull, os.O_RDWR)
    for descriptor in (0, 1):
        os.dup2(null, descriptor)
    return Frames(incoming, outgoing)


def _listen(
    frames: Frames, asked: queue.SimpleQueue[dict[str, Any]], folder: Path | str, made: list[Answering]
) -> None:
    """Hand on what comes in. When nobody can ask any more, end at once, whatever is being waited for."""
    with suppress(EOFError, OSError):
        while True:
            asked.put(frames.receive())
    for desk in made:
        if desk.service is not None:
            with suppress(ProcessLookupError, PermissionError, ChildProcessError):
                os.killpg(desk.service, signal.SIGKILL)
                os.waitpid(desk.service, 0)
    clear_away(folder)
    os._exit(0)


def _begin(
    frames: Frames,
    asked: queue.SimpleQueue[dict[str, Any]],
    make: Callable[[], Answering],
    made: list[Answering],
    failure_of: FailureOf,
) -> None:
    """Start the SDK, and answer whatever is asked; only a failure to start comes to an end."""
    try:
        desk = make()
    except Refusal as refusal:
        return frames.send({"failed": refusal.failure})
    except Exception as error:  # noqa: BLE001  # the other side says what it was
        return frames.send({"failed": Failure("broken-sdk", scrubbed(str(error)))})
    made.append(desk)
    frames.send({"host": desk.host, "service": desk.service})
    begun: dict[int, Iterator[Any]] = {}
    while True:
        answer = _answer(desk, asked.get(), begun, failure_of)
        if answer is not None:
            frames.send(answer)


def _answer(
    desk: Answering, frame: dict[str, Any], begun: dict[int, Iterator[Any]], failure_of: FailureOf
) -> dict[str, Any] | None:
    """One question, or the wish for the next value of an answer, or for none any more."""
    number = frame["id"]
    if "drop" in frame:
        begun.pop(number, None)
        return None
    if "ask" in frame:
        begun[number] = desk.answers(frame)
    try:
        answer: dict[str, Any] = {"value": next(begun[number])} if number in begun else {}
    except StopIteration:
        answer = {}
    except Refusal as refusal:
        answer = {"failed": refusal.failure}
    except Exception as error:  # noqa: BLE001  # the other side says what it was
        answer = {"failed": failure_of(error)}
    if "value" not in answer:
        begun.pop(number, None)
    return {"id": number, **answer}
