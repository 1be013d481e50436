"""Asking a server, through an SDK in a process of its own: bounded in time, and clear where it fails."""

from __future__ import annotations

import itertools
import os
import time
from contextlib import contextmanager
from threading import RLock
from typing import TYPE_CHECKING, Any

from journal.errors import SourceUnavailable
from journal.sources.sdk_child.failures import Failure, Refusal, plain, scrubbed

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from journal.sources.sdk_child.failures import Wording
    from journal.sources.sdk_child.session import Session

_STARTING = 60.0
"""Seconds that an SDK may take to start: nothing of it depends on a server."""
_CRASHES = 3
"""How often an SDK is started again after it ended by itself."""
_WORDS = 2000


class LastWords(Exception):  # no error of ours: what `--debug` shows as the cause of one
    """What the process that holds an SDK wrote before it ended."""


class Conversation:
    """Questions to one server, and its answers.

    Nothing is started before the first question. After a failure that would only be met again (no key, a server that
    hangs), all that is asked later fails at once with the same words. After Ctrl-C, and in a copy of this process (a
    fork), the next question starts anew.

    Args:
        start: Starts the process that holds the SDK, or raises OSError or `Refusal`; takes the host, None if only the
            SDK knows it yet.
        wording: How failures are told.
        host: The server; None if only the SDK knows.
        timeout: Seconds that one answer is waited for.
        deadline: Seconds that all answers together are waited for; that the SDK has to be started does not count.
    """

    def __init__(
        self,
        start: Callable[[str | None], Session],
        wording: Wording,
        *,
        host: str | None,
        timeout: float,
        deadline: float,
    ) -> None:
        self._start = start
        self._wording = wording
        self._host = host
        self._timeout = timeout
        self._deadline = deadline
        self._left = deadline
        self._crashes = 0
        self._failure: tuple[Failure, str] | None = None
        self._session: Session | None = None
        self._inherited: list[Session | None] = []
        self._pid = os.getpid()
        self._numbers = itertools.count(1)
        self._lock = RLock()

    @property
    def host(self) -> str:
        """The server; starts the SDK where it alone knows it.

        Raises:
            SourceUnavailable: There is no SDK to ask.
        """
        if self._host is None:
            self._notice_copy()
            with self._lock:
                self._opened()
        return str(self._host)

    def answers(self, ask: Mapping[str, Any]) -> Iterator[Any]:
        """Each value that answers a question; the next one is asked for before this one is given.

        Whoever stops early leaves the conversation fit for use.

        Args:
            ask: What whoever answers in the other process takes.

        Raises:
            SourceUnavailable: The server could not be asked, or broke off.
        """
        number, expected = next(self._numbers), False
        session = self._asked({"id": number, **ask})
        try:
            while "value" in (answer := self._answer(number, session)):
                missed = self._missed({"id": number, "next": True}, session)
                expected = missed is None
                yield answer["value"]
                expected = False
                if missed is not None:
                    raise missed
        finally:
            if expected:
                self._give_up(number, session)

    def close(self) -> None:
        """End the SDK's process; whatever is asked later fails."""
        self._notice_copy()
        with self._lock:
            self._break(Failure("closed"))

    def _asked(self, question: dict[str, Any]) -> Session:
        """Ask something; gives the session in which it is answered."""
        self._notice_copy()
        with self._lock:
            session = self._opened()
            self._send(question, session)
            return session

    def _send(self, frame: dict[str, Any], session: Session) -> None:
        self._notice_copy()
        with self._lock:
            self._check(session)
            with self._bounded() as seconds:
                session.send(frame, seconds)

    def _missed(self, frame: dict[str, Any], session: Session) -> SourceUnavailable | None:
        """Send a frame; gives what kept it from being sent."""
        try:
            self._send(frame, session)
        except SourceUnavailable as error:
            return error
        return None

    def _answer(self, number: int, session: Session) -> dict[str, Any]:
        """The frame that answers a question; those that come before it are laid aside for whoever asked."""
        self._notice_copy()
        with self._lock:
            while number not in session.come:
                self._check(session)
                with self._bounded() as seconds:
                    session.lay_aside(session.receive(seconds))
            answer: dict[str, Any] = session.come.pop(number)
            if "failed" in answer:
                raise self._failed(Failure(*answer["failed"]))
            return answer

    def _give_up(self, number: int, session: Session) -> None:
        """Nobody wants what else answers a question; one answer is still to come, or has come."""
        self._notice_copy()
        with self._lock:
            if self._session is session:
                if session.come.pop(number, None) is None:
                    session.unwanted.add(number)
                self._missed({"id": number, "drop": True}, session)

    def _check(self, session: Session) -> None:
        """Stop where a session has ended since a question was asked in it: another one knows nothing of it.

        Raises:
            SourceUnavailable: It has.
        """
        if self._failure is not None:
            raise self._error(*self._failure)
        if self._session is not session:
            raise self._error(Failure("crashed"), "")

    def _notice_copy(self) -> None:
        """In a copy of the process, begin anew: the first one goes on talking, so its session is not let go of here."""
        if self._pid != os.getpid():
            self._pid, self._lock = os.getpid(), RLock()
            self._inherited.append(self._session)
            self._session = None

    def _opened(self) -> Session:
        if self._failure is not None:
            raise self._error(*self._failure)
        return self._begun() if self._session is None else self._session

    def _begun(self) -> Session:
        try:
            session = self._session = self._start(self._host)
        except Refusal as refusal:
            raise self._failed(refusal.failure) from refusal
        except OSError as error:  # no room on the disk, no more processes
            raise self._failed(Failure("not-started", error.strerror or "")) from error
        with self._noticed(Failure("broken-sdk", f"it took more than {_STARTING:g} s")):
            hello = session.begin(_STARTING)
        if "failed" in hello:
            raise self._failed(Failure(*hello["failed"]))
        self._host = hello["host"]
        return session

    @contextmanager
    def _bounded(self) -> Iterator[float]:
        """Seconds that the other side may take for one frame; what it took is taken from what is left of all."""
        if self._left <= 0:
            raise self._failed(Failure("deadline"))
        begun, late = time.monotonic(), Failure("slow" if self._timeout < self._left else "deadline")
        try:
            with self._noticed(late):
                yield min(self._timeout, self._left)
        finally:
            self._left -= time.monotonic() - begun

    @contextmanager
    def _noticed(self, late: Failure) -> Iterator[None]:
        """Take note of what goes wrong with the other side."""
        try:
            yield
        except TimeoutError:
            error = self._failed(late)
            raise error from error.__cause__
        except (EOFError, OSError, ValueError):  # what is no frame was cut off
            error = self._failed(Failure("crashed"))
            raise error from error.__cause__
        except BaseException:  # Ctrl-C: a frame may be half written or half read
            self._end()
            raise

    def _failed(self, failure: Failure) -> SourceUnavailable:
        if failure.kind == "crashed" and self._crashes < _CRASHES:  # by one run's rows, perhaps: others may be had
            self._crashes += 1
            return self._error(failure, self._end())
        words = self._break(failure) if self._wording.lasts(failure) else ""
        return self._error(failure, words)

    def _break(self, failure: Failure) -> str:
        """From now on, fail with this; gives the last words of the SDK's process."""
        words = self._end()
        self._failure = self._failure or (failure, words)
        return words

    def _end(self) -> str:
        """End the SDK's process; gives its last words."""
        session, self._session = self._session, None
        return "" if session is None else session.end()

    def _error(self, failure: Failure, words: str) -> SourceUnavailable:
        host = None if self._host is None else plain(self._host)
        error = self._wording.error(failure, host, timeout=self._timeout, deadline=self._deadline)
        error.__cause__ = LastWords(scrubbed(words, longest=_WORDS)) if words else None
        return error
