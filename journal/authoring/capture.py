"""What a training script calls when its run begins: keep the state of the code beside the run, whatever happens.

This module needs nothing but the standard library. What looks at the repository and reads what is there, Pydantic and
GitPython among it, is imported when something is to be captured, so that not even a broken installation gets out.
"""

from __future__ import annotations

import os
import platform
import sys
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from journal.errors import JournalError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from journal.model.capture import Capture

_GIVE = "give the run, or its folder"
_RANKS = ("RANK", "SLURM_PROCID", "OMPI_COMM_WORLD_RANK", "PMI_RANK")


class RunWithFolder(Protocol):
    """A run of a tracker that says where its files lie, as W&B's does."""

    @property
    def dir(self) -> str:
        """Its folder, or W&B's folder `files` in it."""


def capture(
    run: RunWithFolder | str | os.PathLike[str] | None = None,
    *,
    patch: bool = False,
    command: Sequence[str] | None = None,
    repository: str | os.PathLike[str] | None = None,
    patience: float | None = None,
) -> Capture | None:
    """Keep the state of the code beside a run: commit, uncommitted changes, lock files and command.

    Call it when the run begins. Whatever goes wrong while capturing, it raises nothing, prints nothing on standard
    output, and says in one line on standard error why nothing was captured. (An argument that it does not have is a
    `TypeError`, as with any function.) A run is captured once: what its folder already holds stays.

    Args:
        run: W&B's run object, or the run's folder; by default the run that W&B has under way in this process.
        patch: Whether to keep what differs from the commit too; without it, only its sum is kept.
        command: The command that was run; by default that of this process.
        repository: A folder in the repository; by default the working folder, or else the folder of the script.
        patience: How many seconds git may take; 20 by default.

    Returns:
        What the run's folder holds now; None where nothing was captured.
    """
    try:
        folder = _folder(run)
        return None if folder is None else _taken(folder, patch, command, repository, patience)
    except JournalError as error:
        _tell(f"{error.message} ({error.hint})" if error.hint else error.message)
    except Exception as error:  # noqa: BLE001 - training never stops for it
        _tell(f"{type(error).__name__}: {getattr(error, 'strerror', None) or error}")
    return None


def _taken(
    folder: Path,
    patch: bool,
    command: Sequence[str] | None,
    repository: str | os.PathLike[str] | None,
    patience: float | None,
) -> Capture:
    from journal.authoring.take_capture import take
    from journal.model.capture import PATIENCE

    taken = take(
        folder,
        [Path(repository)] if repository is not None else _starts(),
        keep_patch=patch,
        command=tuple(command) if command is not None else _command(),
        python=platform.python_version(),
        patience=PATIENCE if patience is None else patience,
    )
    if taken.differs:
        _tell("the run's folder holds what was captured at an earlier start, and the code has changed since")
    return taken.capture


def _folder(run: RunWithFolder | str | os.PathLike[str] | None) -> Path | None:
    """The folder of a run; None where there is nothing to capture beside, as in a worker or with W&B disabled.

    Raises:
        JournalError: No run is given, and none is under way.
    """
    if run is None:
        run = getattr(sys.modules.get("wandb"), "run", None)
        if run is None and _is_worker():
            return None
        if run is None:
            raise JournalError(f"no run is under way; {_GIVE}")
    if isinstance(run, str | os.PathLike):
        return run_folder(Path(run))
    if getattr(run, "disabled", False):
        return None
    if not isinstance(getattr(run, "dir", None), str | os.PathLike):
        raise JournalError(f"what was given is no run: a value of type {type(run).__name__}", hint=_GIVE)
    return run_folder(Path(run.dir))


def run_folder(path: Path) -> Path:
    """The folder of a run that a path stands for: W&B's own name for it is that of the `files` folder in it."""
    path = path.resolve()
    if path.is_file():
        path = path.parent
    return path.parent if path.name == "files" and any(path.parent.glob("*.wandb")) else path


def _is_worker() -> bool:
    """Whether this is one of several processes of one training, and not the first, which has the run."""
    return any(os.environ.get(name, "0") not in ("", "0") for name in _RANKS)


def _starts() -> list[Path]:
    """The folders that the repository may be around, the likeliest first."""
    script = getattr(sys.modules.get("__main__"), "__file__", None)
    return [Path.cwd(), *([Path(script).resolve().parent] if script else [])]


def _command() -> tuple[str, ...]:
    return tuple(sys.orig_argv) or (sys.executable, *sys.argv)


def _tell(why: str) -> None:
    line = " ".join(f"journal: nothing captured: {why}".split())
    with suppress(Exception):
        print(line, file=sys.stderr, flush=True)  # noqa: T201 - the one line that a script may get to see
