"""The process that holds the SDK: started, talked to, and always ended with all that it started."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
import weakref
from contextlib import suppress
from pathlib import Path
from typing import Any

from journal.sources.wandb_api.frames import Frames
from journal.sources.wandb_api.surroundings import clear_away, environment

_MODULE = "journal.sources.wandb_api.sdk"
_STDERR = "stderr"
_TAIL = 2000


class Session:
    """One such process. Nobody but the process that started it may use it, and it ends with that one.

    It lies in a session of its own, so Ctrl-C does not reach it; a folder of its own is all that it sees and writes,
    so no `wandb/settings` of a repository is read.

    Args:
        host: The server that it asks; the SDK's own if None.
        trusted: Whether any key of the user's may go there.
        timeout: Seconds that one answer is waited for.

    Attributes:
        come: Answers that came before they were asked for, by the number of their question.
        unwanted: Numbers of questions whose next answer nobody wants.
    """

    def __init__(self, host: str | None, *, trusted: bool, timeout: float) -> None:
        self._folder = Path(tempfile.mkdtemp(prefix="journal-"))
        try:
            self._process = self._start(trusted=trusted, timeout=timeout)
        except BaseException:
            clear_away(self._folder)
            raise
        self._frames = Frames(*(pipe.fileno() for pipe in (self._process.stdout, self._process.stdin) if pipe))
        self.come: dict[int, Any] = {}
        self.unwanted: set[int] = set()
        self._service: list[int] = []
        self._last_words = ""
        # Also called when the interpreter ends; not when this object is let go of in a copy of the process.
        self._finalizer = weakref.finalize(self, _end, os.getpid(), self._process, self._folder, self._service)
        self.send({"folder": str(self._folder), "host": host, "trusted": trusted, "timeout": timeout}, timeout)

    def _start(self, *, trusted: bool, timeout: float) -> subprocess.Popen[bytes]:
        with (self._folder / _STDERR).open("wb") as errors:
            return subprocess.Popen(  # noqa: S603  # nothing of the command is given from outside
                [sys.executable, "-P", "-m", _MODULE],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=errors,
                bufsize=0,
                cwd=self._folder,
                env=environment(os.environ, self._folder, trusted=trusted, timeout=timeout),
                start_new_session=True,
            )

    def send(self, frame: Any, seconds: float) -> None:
        """Write one frame; errors as those of `Frames.send`."""
        self._frames.send(frame, seconds)

    def receive(self, seconds: float) -> Any:
        """Read one frame; errors as those of `Frames.receive`."""
        return self._frames.receive(seconds)

    def lay_aside(self, answer: dict[str, Any]) -> None:
        """Keep an answer for whoever asked, if anybody still wants it."""
        if answer["id"] in self.unwanted:
            self.unwanted.discard(answer["id"])
        else:
            self.come[answer["id"]] = answer

    def adopt(self, service: int | None) -> None:
        """Be told of the service that the SDK started: it lies in a session of its own."""
        if service:
            self._service[:] = [service]

    def end(self) -> str:
        """Kill it and all that it started, and take its folder away; what it wrote last for whoever looks for a bug."""
        if self._finalizer.alive:
            with suppress(OSError):
                self._last_words = (self._folder / _STDERR).read_bytes()[-_TAIL:].decode(errors="replace").strip()
        self._finalizer()
        return self._last_words


def _end(owner: int, process: subprocess.Popen[bytes], folder: Path, service: list[int]) -> None:
    if os.getpid() != owner:
        return
    # The service first: as long as its parent is there, its number is not somebody else's.
    for leader in (*service, process.pid) if process.poll() is None else ():
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(leader, signal.SIGKILL)
    for pipe in (process.stdin, process.stdout):
        if pipe is not None:
            pipe.close()
    process.wait()
    clear_away(folder)
