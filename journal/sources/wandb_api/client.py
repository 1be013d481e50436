"""Asking a W&B server, through the SDK in a process of its own: bounded in time, and clear where it fails."""

from __future__ import annotations

import itertools
import os
import time
from contextlib import contextmanager
from threading import RLock
from typing import TYPE_CHECKING, Any, NamedTuple

from journal.errors import SourceUnavailable
from journal.sources.wandb_api.failures import Failure, scrubbed
from journal.sources.wandb_api.session import Session
from journal.sources.wandb_api.surroundings import is_encrypted, plain

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

_STARTING = 60.0
"""Seconds that the SDK may take to start: nothing of it depends on a server."""
_CRASHES = 3
"""How often the SDK is started again after it ended by itself."""

_SLOW = Failure("slow")


class Page(NamedTuple):
    """Rows of a run.

    Attributes:
        first: The first step that the page covers.
        stop: The step after the last one that it covers; where the next page begins.
        rows: All rows of these steps, as the SDK gives them.
    """

    first: int
    stop: int
    rows: list[dict[str, Any]]


class LastWords(Exception):  # no error of ours: what `--debug` shows as the cause of one
    """What the process that holds the SDK wrote before it ended."""


class Client:
    """One server.

    Nothing is started before the first question. After a failure that would only be met again (no key, a server that
    hangs), all that is asked later fails at once with the same words. A copy of this process (a fork) starts anew.

    Args:
        host: Address of the server's API; the one of the SDK's own settings if None.
        timeout: Seconds that one answer is waited for.
        deadline: Seconds that all answers together are waited for.
        trusted: Whether the server is that of the user's own settings. To any other, only a key that netrc has for that
            very host is sent, and only over https.
    """

    def __init__(self, host: str | None, *, timeout: float, deadline: float, trusted: bool) -> None:
        self._host = host.rstrip("/") if host is not None else None
        self._trusted = trusted or host is None
        self._timeout = timeout
        self._deadline = deadline
        self._left = deadline
        self._entity: tuple[str | None] | None = None
        self._crashes = 0
        self._failure: tuple[Failure, str] | None = None
        self._session: Session | None = None
        self._inherited: list[Session | None] = []
        self._pid = os.getpid()
        self._numbers = itertools.count(1)
        self._lock = RLock()

    @property
    def host(self) -> str:
        """Address of the server's API, without a slash at its end; starts the SDK where it alone knows it.

        Raises:
            SourceUnavailable: There is no SDK to ask.
        """
        if self._host is None:
            self._notice_copy()
            with self._lock:
                self._opened()
        return str(self._host)

    @property
    def entity(self) -> str | None:
        """The SDK's default entity: of its settings, or else the user's on the server; it is asked once.

        Raises:
            SourceUnavailable: The server could not be asked.
        """
        if self._entity is None:
            (found,) = self._answers({"ask": "entity"})
            self._entity = (found,)
        return self._entity[0]

    def runs(
        self,
        entity: str,
        project: str,
        filters: Mapping[str, Any],
        *,
        most: int | None = None,
        order: str = "+created_at",
    ) -> Iterator[dict[str, Any]]:
        """The runs of a project that meet a filter, each with its config and summary; some 100 in one query.

        Args:
            entity: User or team.
            project: Name of the project.
            filters: In the server's own query language; `{}` for all.
            most: How many at most.
            order: What they are sorted by.

        Raises:
            SourceUnavailable: There is no such project, or the server could not be asked.
        """
        ask = {"entity": entity, "project": project, "filters": dict(filters), "most": most, "order": order}
        for page in self._answers({"ask": "runs", **ask}):
            yield from page

    def rows(
        self, entity: str, project: str, run_id: str, *, keys: Sequence[str] | None, first: int, last: int, page: int
    ) -> Iterator[Page]:
        """All rows of a run, page by page; the pages follow one another without a gap.

        The next page is on its way while one is used. Whoever stops early leaves the client fit for use.

        Args:
            entity: User or team.
            project: Name of the project.
            run_id: Id of the run.
            keys: Metrics; live rows that lack one of them are left out. All if None.
            first: First step.
            last: Last step, itself included; the server's own last step ends it earlier.
            page: How many steps a page covers.

        Raises:
            SourceUnavailable: There is no such run, or the server could not be asked, or broke off.
        """
        ask = {"entity": entity, "project": project, "run": run_id, "first": first, "last": last, "page": page}
        for begin, stop, rows in self._answers({"ask": "rows", "keys": None if keys is None else list(keys), **ask}):
            yield Page(begin, stop, rows)

    def set_notes(self, storage_id: str, notes: str) -> None:
        """Replace the notes of a run, and nothing else of it.

        Args:
            storage_id: The run's `storage_id`.
            notes: The new notes.

        Raises:
            SourceUnavailable: It could not be asked of the server, or the server refused.
        """
        list(self._answers({"ask": "notes", "storage_id": storage_id, "notes": notes}))

    def close(self) -> None:
        """End the SDK's process; whatever is asked later fails."""
        self._notice_copy()
        with self._lock:
            self._break(Failure("closed"))

    def _answers(self, ask: dict[str, Any]) -> Iterator[Any]:
        """Each value that answers a question; the next one is asked for before this one is given."""
        number, expected = next(self._numbers), False
        session = self._begin({"id": number, **ask})
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

    def _begin(self, question: dict[str, Any]) -> Session:
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

    def _answer(self, number: int, session: Session) -> Any:
        """The frame that answers a question; those that come before it are laid aside for whoever asked."""
        self._notice_copy()
        with self._lock:
            while number not in session.come:
                self._check(session)
                with self._bounded() as seconds:
                    session.lay_aside(session.receive(seconds))
            answer = session.come.pop(number)
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
        if self._session is None:
            if not self._trusted and not is_encrypted(str(self._host)):
                raise self._failed(Failure("in-clear"))
            try:
                self._session = Session(self._host, trusted=self._trusted, timeout=self._timeout)
            except OSError as error:  # no room on the disk, no more processes
                raise self._failed(Failure("not-started", error.strerror or "")) from error
            with self._bounded(_STARTING, Failure("broken-sdk", f"it took more than {_STARTING:g} s")) as seconds:
                hello = self._session.receive(seconds)
            if "failed" in hello:
                raise self._failed(Failure(*hello["failed"]))
            self._host = hello["host"]
            self._session.adopt(hello["service"])
        return self._session

    @contextmanager
    def _bounded(self, timeout: float | None = None, late: Failure = _SLOW) -> Iterator[float]:
        """Seconds that the other side may take for one frame; what it took is taken from what is left of all."""
        timeout = self._timeout if timeout is None else timeout
        if self._left <= 0:
            raise self._failed(Failure("deadline"))
        begun = time.monotonic()
        try:
            yield min(timeout, self._left)
        except TimeoutError:
            error = self._failed(late if timeout < self._left else Failure("deadline"))
            raise error from error.__cause__
        except (EOFError, OSError, ValueError):  # what is no frame was cut off
            error = self._failed(Failure("crashed"))
            raise error from error.__cause__
        except BaseException:  # Ctrl-C: what was on its way would be taken for the next answer
            self._break(Failure("closed"))
            raise
        finally:
            self._left -= time.monotonic() - begun

    def _failed(self, failure: Failure) -> SourceUnavailable:
        if failure.kind == "crashed" and self._crashes < _CRASHES:  # by one run's rows, perhaps: others may be had
            self._crashes += 1
            return self._error(failure, self._end())
        words = self._break(failure) if failure.lasts else ""
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
        error = failure.error(host, timeout=self._timeout, deadline=self._deadline)
        error.__cause__ = LastWords(scrubbed(words, longest=2000)) if words else None
        return error
