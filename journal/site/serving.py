"""Serving the site while its author writes: pages follow the entries, and MkDocs' server follows the pages."""

from __future__ import annotations

import contextlib
import json
import signal
import socket
import subprocess
from queue import SimpleQueue
from threading import Thread
from time import perf_counter, sleep
from typing import TYPE_CHECKING, Any

from journal.document.published import site_of
from journal.errors import JournalError, SiteError
from journal.site import server
from journal.site.apart import stand_apart
from journal.site.generate import generate
from journal.site.running import environment, failure, python, require
from journal.site.settings_check import check
from journal.site.watch import Watch

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from journal.index.journal import Journal

    Report = Callable[[Sequence[JournalError], Sequence[JournalError]], None]

_PAUSE = 0.4  # seconds between two looks at the entries, at least
_REST = 9  # and so many times as long as a look takes, so that a large journal does not keep a processor busy
_LAST_PORT = 65535
_GRACE = 5.0  # seconds that the server gets to leave by itself
_HINT = "`mkdocs serve` tells it at length"


def serve(journal: Journal, address: str = "127.0.0.1:8000", *, report: Report | None = None) -> None:
    """Serve the site until interrupted; pages follow the entries, the evidence and the configuration.

    Args:
        journal: The journal.
        address: `host:port`.
        report: Called with all problems of the pages and of MkDocs, and with all that is questionable in `mkdocs.yml`,
            each time that they may be others.

    Raises:
        SiteError: MkDocs is not installed, `mkdocs.yml` is missing or broken, the address is taken, or the server died.
        NotWritable: The disk refuses.
    """
    config = journal.config
    config_file = require(config)
    _require_free(address)
    following = _Following(journal, report)
    partial = ["--dirty"] if stand_apart(config) else []
    command = python(server.__file__, str(config_file), address, *partial)
    child = subprocess.Popen(  # noqa: S603  (our own words)
        command, cwd=config.root, env=environment(), stdout=subprocess.PIPE, encoding="utf-8", errors="replace"
    )
    listener = Thread(target=following.listen, args=(child,), daemon=True)
    listener.start()
    try:
        following.until_the_end_of(child)
    except KeyboardInterrupt:
        return
    finally:
        _stop(child)
        listener.join(_GRACE)
    following.hear()
    raise failure(following.answers, _HINT) if following.answers else SiteError("the server ended", hint=_HINT)


class _Following:
    """Makes pages anew when what they are made from changes, and tells what is wrong.

    Args:
        journal: The journal; its pages are made.
        report: Takes what is wrong.
    """

    def __init__(self, journal: Journal, report: Report | None) -> None:
        self._config = journal.config
        self._report = report
        self._watch = Watch(journal.config)
        self._said: SimpleQueue[dict[str, Any]] = SimpleQueue()
        self._refused: list[JournalError] = []
        self.answers: list[dict[str, Any]] = []
        self._problems: Sequence[JournalError] = generate(journal).problems
        self._tell()

    def until_the_end_of(self, child: subprocess.Popen[str]) -> None:
        """Follow as long as the server runs."""
        took = 0.0
        while child.poll() is None:
            sleep(max(_PAUSE, _REST * took))
            began = perf_counter()
            changed = self._watch.changed()
            took = perf_counter() - began
            if changed:
                self._make()
            if self.hear() or changed:
                self._tell()

    def listen(self, child: subprocess.Popen[str]) -> None:
        """Take down what the server says, until it ends."""
        if child.stdout is not None:
            with child.stdout as lines:
                for line in lines:
                    self._said.put(json.loads(line))

    def hear(self) -> bool:
        """Take in what the server said; whether a build came to its end."""
        ended = False
        while not self._said.empty():
            answer = self._said.get()
            if "stands" not in answer:
                self.answers.append(answer)
                continue
            self._refused = [] if answer["stands"] else [failure(self.answers, _HINT)]
            self.answers.clear()
            ended = True
        return ended

    def _make(self) -> None:
        from journal.index.journal import Journal

        if self._settings():
            return
        try:
            self._problems = generate(Journal.open(self._config.root)).problems
        except JournalError as error:  # a configuration half written, say: the pages stay as they are
            self._problems = [error]

    def _settings(self) -> list[JournalError]:
        """Why `mkdocs.yml` cannot be read, if it cannot: MkDocs then says the same in more words."""
        try:
            site_of(self._config)
        except JournalError as error:
            return [error]
        return []

    def _tell(self) -> None:
        if self._report is not None:
            self._report([*self._problems, *(self._settings() or self._refused)], check(self._config))


def _require_free(address: str) -> None:
    host, _, port = address.rpartition(":")
    if not host or not port.isdecimal() or int(port) > _LAST_PORT:
        raise SiteError(f"{address!r} is no address", hint="write it like 127.0.0.1:8000")
    try:
        with socket.create_server((host.strip("[]"), int(port))):
            pass
    except OSError as error:
        hint = "choose another with --address"
        raise SiteError(f"{address} cannot be served: {error.strerror or error}", hint=hint) from error


def _stop(child: subprocess.Popen[str]) -> None:
    """End the server so that it can clean up: an interrupt at the terminal has reached it already."""
    for ending, patience in ((None, _GRACE / 5), (signal.SIGINT, _GRACE), (signal.SIGKILL, None)):
        if ending is not None:
            child.send_signal(ending)
        with contextlib.suppress(subprocess.TimeoutExpired):
            child.wait(patience)
            return
