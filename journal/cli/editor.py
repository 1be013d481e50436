"""The user's editor: found before anything is written, opened when it is."""

from __future__ import annotations

import os
import shlex
import subprocess
from typing import TYPE_CHECKING

from journal.errors import UsageError

if TYPE_CHECKING:
    from pathlib import Path


def editor() -> list[str]:
    """The words of the user's editor command, `$VISUAL` or `$EDITOR`.

    Raises:
        UsageError: Neither is set, or it is no command.
    """
    command = os.environ.get("VISUAL") or os.environ.get("EDITOR") or ""
    try:
        words = shlex.split(command)
    except ValueError as error:
        raise UsageError(f"$EDITOR is {command!r}: {error}", hint="mend it, or leave out --edit") from error
    if not words:
        raise UsageError("--edit needs $EDITOR", hint="set it, or leave out --edit and open the entry yourself")
    return words


def edit(words: list[str], path: Path) -> None:
    """Open a file that is written already in the editor, and wait for it.

    Raises:
        UsageError: The editor failed; the file stands as it was written.
    """
    try:
        subprocess.run([*words, str(path)], check=True)  # noqa: S603  (the user's own editor)
    except (OSError, subprocess.CalledProcessError) as error:
        hint = "the entry is written: open it yourself"
        raise UsageError(f"the editor {shlex.join(words)!r} failed: {error}", path=path, hint=hint) from error
