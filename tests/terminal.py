"""A terminal to test with: what a process writes to it."""

from __future__ import annotations

import os
import pty
import subprocess
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path


def watched(*args: str, cwd: Path | None = None, **environment: str) -> tuple[str, str]:
    """Run Python with its messages going to a terminal.

    Returns:
        What it wrote to stdout, which is a pipe, and what the terminal at stderr was given.
    """
    ours, theirs = pty.openpty()
    surroundings = {**os.environ, "CI": "", "TERM": "xterm", **environment}
    with subprocess.Popen(
        [sys.executable, *args], cwd=cwd, env=surroundings, stdout=subprocess.PIPE, stderr=theirs
    ) as child:
        os.close(theirs)
        seen = _all_of(ours)
        out, _ = child.communicate()
    return out.decode(), seen.decode().replace("\r\n", "\n")


def _all_of(terminal: int) -> bytes:
    """What is written to a terminal until nobody is left to write."""
    parts = []
    with os.fdopen(terminal, "rb", buffering=0) as screen:
        while True:
            try:
                part = screen.read(4096)
            except OSError:  # so Linux says that it was closed
                break
            if not part:
                break
            parts.append(part)
    return b"".join(parts)
