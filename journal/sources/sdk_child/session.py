"""The process that holds an SDK: started, talked to, and always ended with all that it started."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import weakref
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from journal.sources.sdk_child.frames import Frames

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

_STDERR = "stderr"
_TAIL = 2000
_SWEEPS = 50


class Session:
    """One such process. Nobody but the process that started it may use it, and it ends with that one.

    It lies in a session of its own, so Ctrl-C does not reach it; it begins in a folder of its own, so nothing is read
    that a repository holds.

    Args:
        module: What it runs; that calls `serving.serve`.
        environment: Gives its environment; takes that folder.
        begin: What it is told first, the arguments of whoever answers in it.

    Attributes:
        come: Answers that came before they were asked for, by the number of their question.
        unwanted: Numbers of questions whose next answer nobody wants.

    Raises:
        OSError: It could not be started.
    """

    def __init__(self, module: str, environment: Callable[[Path], Mapping[str, str]], begin: Mapping[str, Any]) -> None:
        self._begin = begin
        self._folder = Path(tempfile.mkdtemp(prefix="journal-"))
        try:
            self._process = self._start(module, environment(self._folder))
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

    def _start(self, module: str, environment: Mapping[str, str]) -> subprocess.Popen[bytes]:
        with (self._folder / _STDERR).open("wb") as errors:
            return subprocess.Popen(  # noqa: S603  # nothing of the command is given from outside
                [sys.executable, "-P", "-m", module],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=errors,
                bufsize=0,
                cwd=self._folder,
                env={**environment, "PYTHONPATH": _path(environment.get("PYTHONPATH", ""))},
                start_new_session=True,
            )

    def begin(self, seconds: float) -> dict[str, Any]:
        """Have the SDK started, and give what it says of itself; errors as those of `Frames`."""
        self.send({"folder": str(self._folder), **self._begin}, seconds)
        hello: dict[str, Any] = self.receive(seconds)
        if service := hello.get("service"):  # it lies in a session of its own
            self._service[:] = [service]
        return hello

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

    def end(self) -> str:
        """Kill it and all that it started, and take its folder away; what it wrote last for whoever looks for a bug."""
        if self._finalizer.alive:
            with suppress(OSError):
                self._last_words = (self._folder / _STDERR).read_bytes()[-_TAIL:].decode(errors="replace").strip()
        self._finalizer()
        return self._last_words


def clear_away(folder: Path | str) -> None:
    """Remove the folder of a process that has just been killed, or what that started: both may write a moment more."""
    for _ in range(_SWEEPS):
        shutil.rmtree(folder, ignore_errors=True)
        if not os.path.lexists(folder):
            break
        time.sleep(0.01)


def _path(given: str) -> str:
    """Where the process finds this very package, also from a checkout; site-packages is on its path anyway."""
    root = Path(__file__).resolve().parents[3]
    found = [str(Path(part).absolute()) for part in given.split(os.pathsep) if part]
    return os.pathsep.join([*([] if root.name in {"site-packages", "dist-packages"} else [str(root)]), *found])


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
